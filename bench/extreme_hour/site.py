"""A site as a crowd finds it, in processes of its own: lessons, people, media, plays that have begun."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from bench.delivery import PLAYLIST
from bench.extreme_hour.asking import Ask, Asking, cpu_s
from bench.extreme_hour.crowd import Crowd
from library.access import actions as access
from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.rules import LessonKind
from library.catalog.tables import Clip
from library.core.clock import utc_now
from library.core.ids import new_id, new_secret
from library.core.permits import Role
from library.intake.files.objects import clip_prefix
from library.organisation import actions as organisation
from library.people import queries as people_queries
from library.plays import actions as plays
from server.settings import Settings
from server.slices.watching.beat_keys import BeatSigner
from server.web.forms.csrf import csrf_token
from server.web.who import SESSION_COOKIE, VISITOR_COOKIE
from server.wiring import Ports, open_ports
from tests.setup import nginx_server
from tests.support import factories
from tests.support.server import Process, process

MEMBERS, PLAYS = 512, 4096
CLIP_S, CUES = 600.0, 120
"""How long clips are, and how many lines of ten seconds two of them have together."""

FILES = 40
SMALL, LARGE = "audio", "1080p"


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
            branch = organisation.add_named(session, root, f"第{n}党支部", now)
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
            play = plays.start(session, its[n % len(its)], viewer, began_at, node_id=branch)
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


def value_of(ports: Ports, statement: str) -> Any:
    """What the database answers to a statement."""
    with ports.db.read() as session:
        return session.scalar(text(statement))


def _postmaster(ports: Ports) -> int:
    folder = Path(value_of(ports, "SHOW data_directory"))
    return int((folder / "postmaster.pid").read_text().splitlines()[0])
