"""What counting costs: `python -m bench.beats [--json]`.

A real server in a process of its own is asked by wrk in turns: beats that are counted durably (SQLite with
synchronous=FULL, PostgreSQL with fsync), an empty FastAPI route behind the same middleware, and an empty bare
ASGI route. Then the server is killed again and again under load, and every beat that it had acknowledged is
looked for.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from bench.beats_server import BARE, EMPTY
from bench.measure import machine, ratio
from bench.report import Figure, show
from library.core.clock import utc_now
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import beating
from tests.support.outside.postgres import running_server

ROUNDS, ROUND_S, WARM_S = 5, 6, 3
PLAYS, LESSONS, CLIPS = 4096, 16, 8
CONNECTIONS, EMPTY_CONNECTIONS = 512, 64
"""Beats wait for each other, so there must be as many as in earnest; an empty route is fastest with few."""

KILLS, KILL_PLAYS = 50, 64
READY_S = 120.0

_ASK = """
local plays, n = {}, 0
local lap = tonumber(os.getenv("LAP"))
for line in io.lines(os.getenv("PLAYS")) do plays[#plays + 1] = line end
local headers = {["Content-Type"] = "text/plain"}
function request()
  n = n + 1
  if n > #plays then n, lap = 1, lap + 1 end
  local path, key = plays[n]:match("(%S+) (%S+)")
  local body = string.format('{"seq":%d,"at_s":%d,"rate":1,"ranges":[[%d,%d]],"key":"%s"}',
    lap + 1, lap + 1, lap, lap + 1, key)
  return wrk.format("POST", path, headers, body)
end
"""
_TELL = """
function done(summary, latency, requests)
  io.stderr:write(string.format('{"per_s":%f,"p95_ms":%f,"failed":%d,"answered":%d}',
    summary.requests * 1e6 / summary.duration, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
      + summary.errors.timeout, summary.requests))
end
"""


@dataclass(frozen=True)
class Asked:
    """What wrk found: answers in a second, the latency that 95 of 100 stay below, how many there were."""

    per_s: float
    p95_ms: float
    failed: int
    answered: int


class Server:
    """A server process for the library behind `ports`."""

    def __init__(self, ports: Ports) -> None:
        self.ports, self.port = ports, _free_port()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "bench.beats_server", str(self.ports.settings.data), str(self.port)]
        command += ["--database", self.ports.settings.database_url]
        log = (self.ports.settings.data / "server.log").open("ab")
        self._child = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self._child.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{self.port}{BARE}")
                return
            time.sleep(0.02)
        raise SystemExit(f"bench.beats: the server does not start: {self.ports.settings.data}/server.log")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._child.kill()
        self._child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Load:
    """Asks a server with wrk. Beats go round all plays, and each lap reports the next second."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server, self._folder, self._lap = server, folder, 0
        clips = beating.add_clips(server.ports.db, LESSONS, CLIPS)
        self.players = beating.begin(server.ports.db, server.ports.secret, clips, PLAYS, utc_now())
        lines = [f"/api/v1/plays/{p.play_id}/beats {p.key}" for p in self.players]
        (folder / "plays").write_text("\n".join(lines))
        (folder / "beats.lua").write_text(_ASK + _TELL)
        (folder / "empty.lua").write_text(_TELL)

    def beats(self, seconds: int) -> Asked:
        """Beats, each of which is a new second of its play; stops the bench when they were not counted."""
        before_s = self._credited_s()
        asked = self._wrk("beats", "/", seconds, CONNECTIONS)
        # What waits for its answer when wrk ends is credited and not among the answers.
        new_s = self._credited_s() - before_s
        if asked.failed or not asked.answered <= new_s <= asked.answered + CONNECTIONS:
            raise SystemExit(f"bench.beats: {asked}, and {new_s} s were credited")
        self._lap += -(-(asked.answered + CONNECTIONS) // PLAYS)
        return asked

    def empty(self, path: str, seconds: int) -> Asked:
        """A route that does nothing."""
        return self._wrk("empty", path, seconds, EMPTY_CONNECTIONS)

    def _credited_s(self) -> float:
        """Return what is credited, once nothing more is on its way."""
        last, now = -2.0, -1.0
        while last != now:
            time.sleep(0.5)
            with self._server.ports.db.read() as session:
                last, now = now, round(beating.all_credited_s(session))
        return now

    def _wrk(self, script: str, path: str, seconds: int, connections: int) -> Asked:
        address = f"http://127.0.0.1:{self._server.port}{path}"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
        command += ["-s", str(self._folder / f"{script}.lua"), address]
        environment = os.environ | {"PLAYS": str(self._folder / "plays"), "LAP": str(self._lap)}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return Asked(**json.loads(run.stderr))


def measure(name: str, ports: Ports, folder: Path) -> list[Figure]:
    """Return the figures of one kind of database."""
    server = Server(ports)
    server.start()
    try:
        load = Load(server, folder)
        load.beats(WARM_S)
        load.empty(EMPTY, 1)
        beats, empty, bare = [], [], []
        for _ in range(ROUNDS):
            beats.append(load.beats(ROUND_S))
            empty.append(load.empty(EMPTY, ROUND_S))
            bare.append(load.empty(BARE, ROUND_S))
    finally:
        server.kill()
    rates = [[asked.per_s for asked in its] for its in (beats, empty, bare)]
    middle = [median(its) for its in rates]
    return [
        Figure(
            f"{name}_over_empty",
            f"{name}: beats / empty FastAPI route",
            ratio(rates[0], rates[1]),
            0.8,
            False,
        ),
        Figure(
            f"{name}_over_bare", f"{name}: beats / empty bare ASGI route", ratio(rates[0], rates[2]), None
        ),
        Figure(f"{name}_per_s", f"{name}: beats a second and worker", middle[0], None),
        Figure(f"{name}_empty_per_s", f"{name}: empty FastAPI answers a second", middle[1], None),
        Figure(
            f"{name}_p95_ms",
            f"{name}: 95 of 100 beats are answered within ms",
            median(b.p95_ms for b in beats),
            None,
        ),
    ]


def kill_again_and_again(ports: Ports, kills: int) -> tuple[int, int, int]:
    """Kill the server `kills` times under load; returns beats that were acknowledged, of these lost, and what
    was counted twice, also after all was sent once more."""
    clips, rule = beating.add_clips(ports.db, 2, 4), ports.settings.view_rule
    server, chance = Server(ports), random.Random(7)
    acknowledged = lost = twice = 0
    before: list[beating.Player] = []
    for _ in range(kills):
        players = beating.begin(ports.db, ports.secret, clips, KILL_PLAYS, utc_now())
        server.start()
        for player in before:  # those of the last time come back and begin again
            player.acknowledged = 0
        killing = threading.Timer(chance.uniform(0.2, 1.5), server.kill)
        killing.start()
        asyncio.run(beating.beat_all(server.port, players + before))
        killing.join()
        found = beating.look(ports.db, players + before, rule)
        acknowledged, lost, twice = acknowledged + found.acknowledged, lost + found.lost, twice + found.twice
        before = players
    return acknowledged, lost, twice


@contextlib.contextmanager
def _library(folder: Path, url: str = "") -> Iterator[Ports]:
    ports = open_ports(Settings(data=folder, database_url=url, worker=False, _env_file=None))  # type: ignore[call-arg]
    try:
        yield ports
    finally:
        ports.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("bench.beats: wrk is missing (Debian: apt-get install wrk)")
    about, figures = machine(), []
    kills = []
    with tempfile.TemporaryDirectory() as name, running_server(durable=True) as postgres:
        folder = Path(name)
        with _library(folder / "sqlite") as ports:
            figures += measure("sqlite", ports, folder)
        with _library(folder / "postgresql", postgres.url(postgres.create())) as ports:
            figures += measure("postgresql", ports, folder)
        with _library(folder / "sqlite-kill") as ports:
            kills.append(kill_again_and_again(ports, KILLS // 2))
        with _library(folder / "postgresql-kill", postgres.url(postgres.create())) as ports:
            kills.append(kill_again_and_again(ports, KILLS // 2))
    acknowledged, lost, twice = (sum(its) for its in zip(*kills, strict=True))
    words = f"acknowledged beats lost over {KILLS} kill -9 (of {acknowledged})"
    figures += [Figure("lost", words, lost, 0), Figure("twice", "counted twice", twice, 0)]
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
