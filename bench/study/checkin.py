"""Forty people check in by QR through one process, all at once: `python -m bench.study.checkin`.

A real server in a process of its own, each person at a connection of their own: the page behind the QR, then
the button. Said: from the first request to the last answer, the slowest single one, and whether anybody is on
the roll twice or was told so and is not. With `--kills N` the server is ended by SIGKILL so often while they
come, and they scan again: is anybody lost, on the roll twice, or twice in the ledger?
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from bench.measure import machine
from server.settings import Settings
from server.wiring import open_ports
from tests.support import arriving
from tests.support.server import Process

REACH_S = 5.0
ROUNDS = 5


def measure(folder: Path, people: int, url: str = "") -> dict[str, object]:
    """Return the figures of some rounds, each with people of its own."""
    ports = open_ports(Settings(data=folder / "data", database_url=url, _env_file=None))  # type: ignore[call-arg]
    server = Process(folder / "data", WEIKE_DATABASE_URL=url, WEIKE_WORKER="false")
    whole, slowest, lost, twice, there = [], [], 0, 0, 0
    try:
        server.start()
        with ThreadPoolExecutor(people) as pool:
            for _ in range(ROUNDS):
                evening = arriving.begin(ports, people)
                shown = arriving.code(ports, evening)

                def come(cookie: str, evening: arriving.Evening = evening, shown: str = shown) -> float:
                    began = time.perf_counter()
                    done = arriving.arrive(server.base_url, evening, cookie, shown)
                    return time.perf_counter() - began if done else -1.0

                began = time.perf_counter()
                took = list(pool.map(come, evening.cookies))
                whole.append(time.perf_counter() - began)
                slowest.append(max(took))
                found = arriving.look(ports, evening, [one >= 0 for one in took])
                lost, twice, there = lost + found.lost, twice + found.twice, there + found.there
    finally:
        server.stop()
        ports.close()
    return {
        "people": people,
        "rounds": ROUNDS,
        "whole_s": round(median(whole), 3),
        "worst_whole_s": round(max(whole), 3),
        "slowest_one_s": round(max(slowest), 3),
        "there": there,
        "lost": lost,
        "twice": twice,
        "reached": max(whole) <= REACH_S and lost == twice == 0 and there == people * ROUNDS,
        "machine": machine(),
    }


def killed(folder: Path, people: int, times: int, url: str = "") -> dict[str, object]:
    """End the server at random moments while people check in; return what was lost, and what doubled."""
    random = Random(5)
    ports = open_ports(Settings(data=folder / "data", database_url=url, _env_file=None))  # type: ignore[call-arg]
    server = Process(folder / "data", WEIKE_DATABASE_URL=url, WEIKE_WORKER="false")
    cut = lost = twice = done = 0
    try:
        server.start()
        with ThreadPoolExecutor(people) as pool:
            for _ in range(times):
                evening = arriving.begin(ports, people)
                come = partial(arriving.arrive, server.base_url, evening, shown=arriving.code(ports, evening))
                killing = threading.Timer(random.uniform(0.05, 0.8), server.kill)
                killing.start()
                told = list(pool.map(come, evening.cookies))
                killing.join()
                found = arriving.look(ports, evening, told)
                lost, twice, cut = lost + found.lost, twice + found.twice, cut + (found.there < people)
                server.start()
                code = arriving.code(ports, evening)
                come = partial(arriving.arrive, server.base_url, evening, shown=code)
                again = list(pool.map(come, evening.cookies))
                found = arriving.look(ports, evening, again)
                lost, twice = lost + found.lost + people - found.there, twice + found.twice
                # Each is one piece of evidence, or something was lost or doubled on the way into the ledger.
                lost += abs(people - arriving.end(ports, evening))
                done += 1
    finally:
        server.kill()
        ports.close()
    return {
        "people": people,
        "kills": done,
        "in_the_middle": cut,
        "lost": lost,
        "twice": twice,
        "reached": lost == twice == 0 and cut > 0,
        "machine": machine(),
    }


def main() -> int:
    """Run, say the figures, and return 1 where they do not reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, from the wheel")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--kills", type=int, default=0, help="end the server so often while they come")
    chosen = parser.parse_args()
    ask = partial(killed, times=chosen.kills) if chosen.kills else measure
    with tempfile.TemporaryDirectory() as folder:
        if chosen.postgres:
            from tests.support.outside.postgres import running_server

            with running_server(durable=True) as server:
                figures = ask(Path(folder), chosen.people, url=server.url(server.create()))
        else:
            figures = ask(Path(folder), chosen.people)
    if chosen.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    return 0 if figures["reached"] else 1


if __name__ == "__main__":
    sys.exit(main())
