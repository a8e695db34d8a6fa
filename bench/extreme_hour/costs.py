"""What a crowd's requests cost, measured now: CPU of the web process, of nginx and of PostgreSQL per request.

The whole is as it is deployed: wrk asks nginx with deploy/nginx.conf, `weike serve` answers, PostgreSQL waits
for the disk. The time is that of the processes that serve, never wrk's. The kinds are asked for in turns.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy import Connection, delete, func, insert, select, text

from bench.extreme_hour.asking import memory_mb
from bench.extreme_hour.crowd import BATCH, KINDS, Costs, Crowd
from bench.extreme_hour.site import (
    Site,
    begin_plays,
    members,
    serving,
    value_of,
    visitors,
)
from bench.measure import go_first
from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.plays import actions as plays
from library.plays import queries as counted
from library.plays.crediting import Beat
from library.plays.tables import DaySum, Play, View, Watcher
from server.wiring import Ports
from tests.support.beating import all_credited_s

CONNECTIONS, BEAT_CONNECTIONS = 32, 512
"""Beats wait for each other, so as many must be under way as in earnest."""

ROWS, SUMS = 50_000, 100
"""Branches whose rows a clip's day is given, and how often they are summed, to see what that costs."""

BATCHES, IDLE_LINES = 15, 1000
GUESTS = 100
"""How many of BATCH beats are visitors': these share one row of the day, members of other branches none."""

WRITES = ("start", "beat")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """The costs, and what was found beside them: figures by name."""

    costs: Costs
    beside: Mapping[str, float]


@dataclass(frozen=True)
class Turn:
    """One turn of one kind: CPU seconds per request of web process, database and nginx; answers per second;
    bytes of an answer; bytes of the database's log per request."""

    web_s: float
    db_s: float
    nginx_s: float
    per_s: float
    answer_bytes: float
    log_bytes: float


def measure(
    work: Path, url: str, crowd: Crowd, say: Say, *, seconds: float, rounds: int, first: bool
) -> Measured:
    """Return what requests cost; `url` is an empty PostgreSQL database that nobody else uses. `first`: before
    everything else on this machine."""
    with serving(work, url, crowd) as site:
        if first:
            go_first([site.web.pid, site.nginx_pid])
        turns: dict[str, list[Turn]] = {kind: [] for kind in site.asking}
        for n in range(rounds + 1):  # the first turn warms everything and does not count
            for kind in site.asking:
                turn = _turn(site, kind, seconds)
                if n:
                    turns[kind].append(turn)
                    say(f"{kind}: {_words(turn)}")
        of = {kind: _middle(its) for kind, its in turns.items()}
        files = float(len(site.asking["static"]))
        small, large = of["segment"], of["large"]
        per_byte = (large.nginx_s - small.nginx_s) / (large.answer_bytes - small.answer_bytes)
        own_s = max(0.0, small.nginx_s - per_byte * small.answer_bytes)
        memory = _memory(site)
        held_s, batch_s = _held(site)
        per_row = _per_row(site)
        play_bytes, view_bytes = _sizes(site.ports)
    costs = Costs(
        web_s={kind: of[kind].web_s for kind in KINDS},
        db_s={kind: of[kind].db_s for kind in KINDS},
        nginx_s={kind: of[kind].nginx_s for kind in KINDS} | {"segment": own_s},
        nginx_s_per_byte=per_byte,
        db_s_per_row=per_row,
        held_s=held_s,
        page_bytes=of["page"].answer_bytes,
        static_bytes=of["static"].answer_bytes,
        wal_bytes={kind: of[kind].log_bytes for kind in WRITES},
        play_bytes=play_bytes,
        view_bytes=view_bytes,
        web_mb=memory["web_mb"],
        line_kb=memory["nginx_kb"],
    )
    rates = {f"{kind}_per_s": its.per_s for kind, its in of.items()}
    return Measured(costs, {**rates, **memory, "batch_s": batch_s, "files": files})


def _turn(site: Site, kind: str, seconds: float) -> Turn:
    beats = kind == "beat"
    connections = BEAT_CONNECTIONS if beats else CONNECTIONS
    credited = _credited_s(site.ports) if beats else 0.0
    before, written = site.tiers(), _written(site.ports)
    said = site.asking[kind].run(site.nginx_port, seconds, connections)
    after, written_then = site.tiers(), _written(site.ports)
    if beats:
        _all_credited(site.ports, credited, said.answered, connections)
    web, db, nginx = ((b - a) / said.answered for a, b in zip(before, after, strict=True))
    log_bytes = (written_then - written) / said.answered
    return Turn(web, db, nginx, said.per_s, said.sent_bytes / said.answered, log_bytes)


def _words(turn: Turn) -> str:
    web, db, nginx = (1e3 * cpu for cpu in (turn.web_s, turn.db_s, turn.nginx_s))
    return f"{turn.per_s:,.0f}/s; CPU ms: web {web:.3f}, database {db:.3f}, nginx {nginx:.3f}"


def _middle(turns: Sequence[Turn]) -> Turn:
    return Turn(*(median(its) for its in zip(*(astuple(turn) for turn in turns), strict=True)))


# ---------------------------------------------------------------------- what is served


# ---------------------------------------------------------------------- looks into the database


def _written(ports: Ports) -> float:
    """Bytes of the database's log so far."""
    return float(value_of(ports, "SELECT pg_current_wal_insert_lsn() - '0/0'"))


def _credited_s(ports: Ports) -> float:
    """What is credited, once nothing more is on its way."""
    last, now = -2.0, -1.0
    while last != now:
        time.sleep(0.3)
        with ports.db.read() as session:
            last, now = now, all_credited_s(session)
    return now


def _all_credited(ports: Ports, before_s: float, answered: int, connections: int) -> None:
    new_s = _credited_s(ports) - before_s
    # What waits for its answer when wrk ends is credited and not among the answers.
    if not answered - 1 <= new_s <= answered + connections + 1:
        raise SystemExit(f"bench: {answered} beats were answered, and {new_s:.0f} s credited")


# ---------------------------------------------------------------------- what stands beside


def _memory(site: Site) -> dict[str, float]:
    """Memory of the processes, and what a viewer's open line adds."""
    children = psutil.Process(site.postmaster).children()
    backends = [one for one in children if "postgres weike_" in " ".join(one.cmdline())]
    found = {
        "web_mb": memory_mb([site.web.pid]),
        "db_mb": median(one.memory_full_info().uss for one in backends) / 1e6,
    }
    below = psutil.Process(
        site.nginx_pid
    ).children()  # among them what watches the secret, which comes and goes
    nginx = [site.nginx_pid, *(one.pid for one in below if one.name() == "nginx")]
    for key, port, pids in (("nginx_kb", site.nginx_port, nginx), ("web_kb", site.web.port, [site.web.pid])):
        before = memory_mb(pids)
        with ExitStack() as stack:
            for _ in range(IDLE_LINES):
                line = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                line.recv(4096)
            found[key] = max(0.0, memory_mb(pids) - before) * 1000 / IDLE_LINES
    return found


def _per_row(site: Site) -> float:
    """What each branch's row of a clip's day takes of the database's CPU when the clip's views are summed."""
    row = {"clip_id": site.clips[0], "day": local_day(utc_now()), "lesson_id": site.lesson, "member_views": 1}

    def sums_s() -> float:
        _maintain(site.ports, "VACUUM ANALYZE plays_day")
        before = site.tiers()[1]
        for _ in range(SUMS):
            with site.ports.db.read() as session:
                counted.clip_views(session, site.lesson)
        return (site.tiers()[1] - before) / SUMS

    without_s = sums_s()
    with site.ports.db.write() as session:
        session.execute(insert(DaySum), [{**row, "node_id": new_id()} for _ in range(ROWS)])
    with_s = sums_s()
    with site.ports.db.write() as session:
        session.execute(delete(DaySum).where(DaySum.watched_s == 0))
    return max(0.0, with_s - without_s) / ROWS


def _held(site: Site) -> tuple[float, float]:
    """How long a batch of BATCH beats keeps the row that all batches write, and how long it takes."""
    asks = begin_plays(site.ports, site.clips[:1], [*members(BATCH - GUESTS), *visitors(GUESTS)])
    ids = [ask.path.split("/")[4] for ask in asks]
    whole, held = [], []
    for second in range(BATCHES):
        with _looking_at_the_row(site) as looks:
            now, start = utc_now(), time.perf_counter()
            with site.ports.db.write() as session:
                beats = [Beat(play, [[second, second + 1]], 1.0, now) for play in ids]
                plays.credit_beats(session, beats, site.ports.settings.view_rule)
            whole.append(time.perf_counter() - start)
        if second:  # the first batch makes the row
            held.append(looks.locked_s())
    return median(held), median(whole)


class _Looks:
    """When a row was seen, and whether it was locked."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, bool]] = []

    def locked_s(self) -> float:
        """From the look before it was locked to the last while it was: rather too long than too short."""
        locked = [n for n, (_, its) in enumerate(self.seen) if its]
        if not locked:
            return 0.0
        return self.seen[locked[-1]][0] - self.seen[max(0, locked[0] - 1)][0]


@contextmanager
def _looking_at_the_row(site: Site) -> Iterator[_Looks]:
    """Look again and again, during the block, whether the visitors' row of the first clip's day is locked."""
    looks, over = _Looks(), threading.Event()
    row = select(DaySum.clip_id).where(DaySum.clip_id == site.clips[0], DaySum.node_id == "")
    free = row.with_for_update(skip_locked=True)
    engine = site.ports.db.engine.execution_options(isolation_level="AUTOCOMMIT")

    def look(connection: Connection) -> None:
        while not over.is_set():
            locked = connection.scalar(free) is None and connection.scalar(row) is not None
            looks.seen.append((time.perf_counter(), locked))

    with engine.connect() as connection:
        thread = threading.Thread(target=look, args=(connection,))
        thread.start()
        try:
            yield looks
        finally:
            over.set()
            thread.join()


def _sizes(ports: Ports) -> tuple[float, float]:
    """Bytes that stay of a play (with what its viewer has seen of the clip), and of a view."""
    each = {}
    for table in (Play, Watcher, View):
        name = table.__tablename__
        _maintain(ports, f"VACUUM FULL {name}")
        with ports.db.read() as session:
            rows = session.scalar(select(func.count()).select_from(table)) or 1
            each[table] = (session.scalar(select(func.pg_total_relation_size(name))) or 0) / rows
    return each[Play] + each[Watcher], each[View]


def _maintain(ports: Ports, statement: str) -> None:
    with ports.db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(statement))
