"""What a crowd's requests cost, measured now: CPU of the web process, of nginx and of PostgreSQL per request.

The whole is as it is deployed: wrk asks nginx with deploy/nginx.conf, `weike serve` answers, PostgreSQL waits
for the disk. The time is that of the processes that serve, never wrk's. The kinds are asked for in turns.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
from sqlalchemy import Connection, delete, func, insert, select, text

from bench.delivery import PLAYLIST
from bench.extreme_hour.asking import Ask, Asking, cpu_s, memory_mb
from bench.extreme_hour.crowd import BATCH, KINDS, Costs, Crowd
from bench.measure import go_first
from library.access import actions as access
from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.rules import LessonKind
from library.catalog.tables import Clip
from library.core.clock import local_day, utc_now
from library.core.ids import new_id, new_secret
from library.core.permits import Role
from library.intake.files.objects import clip_prefix
from library.organisation import actions as organisation
from library.people import queries as people_queries
from library.plays import actions as plays
from library.plays import queries as counted
from library.plays.crediting import Beat
from library.plays.tables import DaySum, Play, View, Watcher
from server.settings import Settings
from server.slices.watching.beat_keys import BeatSigner
from server.web.forms.csrf import csrf_token
from server.web.who import SESSION_COOKIE, VISITOR_COOKIE
from server.wiring import Ports, open_ports
from tests.setup import nginx_server
from tests.support import factories
from tests.support.beating import all_credited_s
from tests.support.server import Process, process

MEMBERS, PLAYS = 512, 4096
CLIP_S, CUES = 600.0, 120
"""How long clips are, and how many lines of ten seconds two of them have together."""

CONNECTIONS, BEAT_CONNECTIONS = 32, 512
"""Beats wait for each other, so as many must be under way as in earnest."""

ROWS, SUMS = 50_000, 100
"""Branches whose rows a clip's day is given, and how often they are summed, to see what that costs."""

BATCHES, IDLE_LINES, FILES = 15, 1000, 40
SMALL, LARGE = "audio", "1080p"
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


@dataclass(frozen=True)
class Site:
    """A library and all that serves it."""

    ports: Ports
    web: Process
    nginx_port: int
    nginx_pid: int
    postmaster: int
    lesson: str
    clips: tuple[str, ...]
    asking: Mapping[str, Asking]

    def tiers(self) -> tuple[float, float, float]:
        """CPU seconds so far: web process, database, nginx."""
        return cpu_s([self.web.pid]), cpu_s([self.postmaster]), cpu_s([self.nginx_pid])


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


@contextmanager
def serving(work: Path, url: str, crowd: Crowd) -> Iterator[Site]:
    """Fill a library, start a web process on it and an nginx in front, for the block."""
    data = work / "data"
    settings = Settings(data=data, database_url=url, worker=False, _env_file=None)  # type: ignore[call-arg]
    with ExitStack() as stack:
        ports = open_ports(settings)
        stack.callback(ports.close)
        lesson, clips = add_clips(ports, 2, CUES)
        holding = _add_members(ports)
        media = _write_media(ports, data, clips[0], crowd)
        web = stack.enter_context(process(data, WEIKE_DATABASE_URL=url, WEIKE_WORKER="false"))
        rendered = nginx_server.render(work, web.port, data=data)
        config = rendered.config.read_text()
        rendered.config.write_text(config.replace("worker_processes auto;", "worker_processes 1;"))
        stack.enter_context(nginx_server.running(rendered))
        pid = int((work / "run" / "nginx.pid").read_text())
        asks = {
            "page": [Ask(f"/clips/{clips[0]}", cookie=cookie) for cookie, _ in holding],
            "static": [Ask(path) for path in scripts_of(web.base_url, clips[0])],
            "captions": [Ask(f"/clips/{clips[0]}/captions.vtt", cookie=cookie) for cookie, _ in holding],
            "start": [
                Ask(f"/api/v1/clips/{clips[0]}/plays", "POST", cookie, token, '{"source":"link"}')
                for cookie, token in holding
            ],
            "beat": begin_plays(ports, clips, members(PLAYS)),
            "playlist": [Ask(path) for path in media["playlist"]],
            "segment": [Ask(path) for path in media[SMALL]],
            "large": [Ask(path) for path in media[LARGE]],
        }
        asking = {kind: Asking(work, kind, its, laps=kind == "beat") for kind, its in asks.items()}
        yield Site(ports, web, rendered.port, pid, _postmaster(ports), lesson, clips, asking)


def add_clips(ports: Ports, count: int, spoken: int = 0) -> tuple[str, tuple[str, ...]]:
    """Put a published lesson of clips of CLIP_S into the library, with so many cues; returns the ids."""
    now = utc_now()
    with ports.db.write() as session:
        made = factories.lesson(
            session,
            "新时代基层党建",
            lecturer="王老师",
            topics=("党建",),
            spoken=[f"第{n}句，党课里讲的一句话，大约有这么长。" for n in range(spoken)],
            state=LessonState.DRAFT,
            now=now,
        )
        cuts = [catalog.Cut(CLIP_S * n, CLIP_S * n + CLIP_S, "pause") for n in range(count)]
        clips = catalog.put_clips(session, made, cuts)
        for clip in clips:
            factories.ready(session, clip, now=now)
        catalog.set_media(session, made, kind=LessonKind.VIDEO, duration_s=CLIP_S * count)
        catalog.set_state(session, made, LessonState.PUBLISHED, now)
        return made.id, tuple(clip.id for clip in clips)


def _add_members(ports: Ports) -> list[tuple[str, str]]:
    """Put signed-in members into the library, each alone in a branch; returns their cookies and tokens."""
    holding, now = [], utc_now()
    with ports.db.write() as session:
        root = factories.root(session)
        for n in range(MEMBERS):
            branch = organisation.add_branch(session, root, f"第{n}党支部", now)
            viewer = factories.person(session, (Role.MEMBER, branch))
            person = people_queries.person(session, viewer.person_id or "")
            cookie = access.open_sign_in(session, person, "bench", now).cookie
            cookies = f"{SESSION_COOKIE}={cookie}; {VISITOR_COOKIE}={new_secret()}"
            holding.append((cookies, csrf_token(ports.secret, cookie)))
    return holding


def begin_plays(ports: Ports, clips: Sequence[str], viewers: Sequence[str]) -> list[Ask]:
    """Begin a play for each viewer an hour ago, so that the clock holds none of them back; returns their
    beats, each lap a second further. A member ("p:...") is the only one of their branch."""
    signer, began_at = BeatSigner(ports.secret), utc_now() - timedelta(hours=1)
    beats = []
    with ports.db.write() as session:
        its = [session.get_one(Clip, clip) for clip in clips]
        for n, viewer in enumerate(viewers):
            branch = new_id() if viewer.startswith("p:") else None
            play = plays.start(session, its[n % len(its)], viewer, began_at, branch_id=branch)
            body = f'{{"seq":1,"rate":1,"ranges":[[{{from}},{{to}}]],"key":"{signer.key(play.id)}"}}'
            beats.append(Ask(f"/api/v1/plays/{play.id}/beats", "POST", body=body))
    return beats


def members(count: int) -> list[str]:
    """Return that many viewers with an account."""
    return [f"p:{new_id()}" for _ in range(count)]


def visitors(count: int) -> list[str]:
    """Return that many viewers without one."""
    return [f"v:{new_id()}" for _ in range(count)]


def scripts_of(base_url: str, clip: str) -> list[str]:
    """Return the paths of all scripts and styles that a browser fetches for a clip's page and its player."""
    page = httpx.get(f"{base_url}/clips/{clip}").text
    waiting, found = re.findall(r'(?:src|href)="(/static/[^"]+)"', page), list[str]()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = httpx.get(f"{base_url}{path}").raise_for_status()
        found.append(path)
        if path.endswith(".js"):
            waiting += [f"/static/{name}" for name in re.findall(r'"\./([\w-]+\.js)"', answer.text)]
    return found


def _write_media(ports: Ports, data: Path, clip: str, crowd: Crowd) -> dict[str, list[str]]:
    """Write a clip's files, each segment with bytes of its own; returns their signed paths."""
    root = data / "objects" / clip_prefix(clip, factories.PLAN)
    expires = int(time.time()) + 24 * 3600
    sign = partial(ports.media_keys.signer.path, clip, factories.PLAN, audience="everyone", expires=expires)
    paths = {}
    for rung in crowd.rungs:
        if rung.name not in (SMALL, LARGE):
            continue
        (root / rung.name).mkdir(parents=True)
        names = [f"{rung.name}/{n:05}.m4s" for n in range(1, FILES + 1)]
        for name in names:
            (root / name).write_bytes(os.urandom(round(rung.bps * crowd.segment_s / 8)))
        paths[rung.name] = [sign(file=name) for name in names]
    (root / LARGE / "index.m3u8").write_text(PLAYLIST)
    return {**paths, "playlist": [sign(file=f"{LARGE}/index.m3u8")]}


# ---------------------------------------------------------------------- looks into the database


def _value(ports: Ports, statement: str) -> Any:
    with ports.db.read() as session:
        return session.scalar(text(statement))


def _postmaster(ports: Ports) -> int:
    folder = Path(_value(ports, "SHOW data_directory"))
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def _written(ports: Ports) -> float:
    """Bytes of the database's log so far."""
    return float(_value(ports, "SELECT pg_current_wal_insert_lsn() - '0/0'"))


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
        session.execute(insert(DaySum), [{**row, "branch_id": new_id()} for _ in range(ROWS)])
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
    row = select(DaySum.clip_id).where(DaySum.clip_id == site.clips[0], DaySum.branch_id == "")
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
