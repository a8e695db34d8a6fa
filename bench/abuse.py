"""What attacks cost others: `python -m bench.abuse [--only NAME] [--seconds N] [--json]`.

Each attack (bench.attacks) is run against a fresh `weike serve` from four connections, while /healthz and a
page are asked for again and again: there, and on an idle server beside it, which meets the same weather.
Printed are the p95 of both and how much memory the attacked process took more; and of attacks on what people
see of each other, how much of it anybody got to see.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bench import attacks
from bench.measure import go_first, machine, p95
from bench.report import Figure, show
from library.core.clock import utc_now
from library.plays.tables import DaySum, View
from library.searches.tables import DayQuery
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import beating, server
from tests.support.client import PLAIN

SECONDS = 20.0
LONGER_S = {"views": 90.0, "made_up": 60.0, "screening": 150.0}
MOST_MS, MOST_MB, MOST_VIEWS = 250.0, 300.0, 10
_ASK_EVERY_S = 0.05
_PATIENCE_S, _REFUSED_S = 60.0, 1.0
_CLIPS = 11
PAGES = ("/healthz", "/lessons")


@dataclass
class Watch:
    """What was measured of one server: seconds by path."""

    base_url: str
    times_s: dict[str, list[float]] = field(default_factory=lambda: {path: [] for path in PAGES})

    def ask(self, over: threading.Event, path: str) -> None:
        """Ask for a path again and again; what is not answered counts as waited for, and no less than 1 s."""
        fresh = {"Connection": "close"}  # as somebody who has just come
        with httpx.Client(base_url=self.base_url, timeout=_PATIENCE_S, verify=PLAIN, headers=fresh) as http:
            while not over.is_set():
                began, least_s = time.monotonic(), 0.0
                try:
                    http.get(path)
                except httpx.HTTPError:
                    least_s = _REFUSED_S
                self.times_s[path].append(max(time.monotonic() - began, least_s))
                over.wait(_ASK_EVERY_S)

    def p95_ms(self, path: str) -> float:
        """The milliseconds that 95 of 100 stay below."""
        times = self.times_s[path]
        return 1000 * (p95(times) if times else _PATIENCE_S)


def rss_mb(pid: int) -> float:
    """The memory that a process holds, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def _served(folder: Path, *, first: bool) -> Iterator[tuple[server.Process, Ports, list[str]]]:
    """A fresh `weike serve` with people and lessons in it."""
    data = server.new_data(folder)
    settings = Settings(data=data, worker=False, _env_file=None)  # type: ignore[call-arg]
    with ExitStack() as stack:
        ports = open_ports(settings)
        stack.callback(ports.close)
        clips = beating.add_clips(ports.db, 1, _CLIPS)
        running = stack.enter_context(server.process(data, WEIKE_WORKER="false"))
        if first:
            go_first([running.pid])
        yield running, ports, clips


def measure(name: str, folder: Path, idle: str, seconds: float, *, first: bool) -> list[Figure]:
    """Run one attack; returns its figures."""
    began = utc_now()
    with _served(folder / name, first=first) as (running, ports, clips):
        attacked, beside = Watch(running.base_url), Watch(idle)
        over = threading.Event()
        asking = [
            threading.Thread(target=watch.ask, args=(over, path), daemon=True)
            for watch in (attacked, beside)
            for path in PAGES
        ]
        httpx.get(running.base_url + PAGES[1], timeout=_PATIENCE_S, verify=PLAIN)
        before_mb = most_mb = rss_mb(running.pid)
        who = "member" if name == "screening" else "lecturer"
        target = attacks.Target(running.port, time.monotonic() + seconds, clips, (who, server.password(who)))
        attacking = attacks.run(name, target)
        for thread in asking:
            thread.start()
        while time.monotonic() < target.until:
            time.sleep(0.1)
            most_mb = max(most_mb, rss_mb(running.pid))
        over.set()
        for thread in asking:
            thread.join(_PATIENCE_S + 1)
        most_mb = max(most_mb, rss_mb(running.pid))
        attacking.kill()
        attacking.wait()
        figures = [
            Figure(f"{name}_healthz_ms", f"{name}: /healthz p95 ms", attacked.p95_ms(PAGES[0]), MOST_MS),
            Figure(f"{name}_page_ms", f"{name}: a page p95 ms", attacked.p95_ms(PAGES[1]), MOST_MS),
            Figure(f"{name}_idle_page_ms", f"{name}: an idle server's", beside.p95_ms(PAGES[1]), None),
            Figure(f"{name}_mb", f"{name}: memory + MB", most_mb - before_mb, MOST_MB),
        ]
        if name in attacks.SEEN:
            figures += _seen(name, running, ports, began)
    return figures


def _seen(name: str, running: server.Process, ports: Ports, began: datetime) -> list[Figure]:
    """Return what an attack made others see."""
    if name in ("views", "made_up"):
        most = _most_a_minute(ports, began)
        return [Figure(f"{name}_a_minute", f"{name}: fake views counted a minute", most, MOST_VIEWS)]
    if name == "screening":
        with ports.db.read() as session:
            people = session.scalar(select(func.sum(DaySum.group_people))) or 0
        rule = ports.settings.view_rule
        most = rule.group_member_most * rule.group_hour
        return [Figure("screening_people", "screening: people of one member in an hour", people, most)]
    running.stop()  # it writes what it has noted
    with ports.db.read() as session:
        shown = session.scalar(select(func.count()).select_from(DayQuery)) or 0
    return [Figure("searching_shown", "searching: anonymous texts kept to be offered", shown, 0)]


def _most_a_minute(ports: Ports, began: datetime) -> int:
    """Return how many views counted in the fullest minute."""
    with ports.db.read() as session:
        at = sorted(one.timestamp() for one in session.scalars(select(View.at).where(View.at >= began)))
    return max((sum(1 for other in at if one <= other < one + 60) for one in at), default=0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--only", action="append", choices=list(attacks.ATTACKS), help="these attacks alone")
    parser.add_argument("--seconds", type=float, help=f"of each attack; {SECONDS:g}, of some longer")
    parser.add_argument("--first", action="store_true", help="put the servers before all else here (root)")
    chosen = parser.parse_args()
    about, figures = machine(), []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        idle, _ports, _clips = stack.enter_context(_served(folder / "idle", first=chosen.first))
        for attack in chosen.only or attacks.ATTACKS:
            seconds = chosen.seconds or LONGER_S.get(attack, SECONDS)
            figures += measure(attack, folder, idle.base_url, seconds, first=chosen.first)
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
