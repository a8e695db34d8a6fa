"""Server time of pages with many lessons: `python -m bench.pages.loaded --lessons 20000 --plays 1000000`.

Each page is asked for as a member and as a guest, without a network, of three libraries in turn: of the
full one, of one with a single lesson (the page is as good as empty), and of one with LIKE_A_PAGE lessons,
whose pages show as many cards as those of the full one. What the full one costs over the last is what many
lessons and plays cost; over the first it is for the most part the cards. Times are those of the processor,
which other programs change little; the load of the machine is told all the same. It tells 95th
percentiles.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from bench.nil_page import requesting
from bench.pages.filled import BUSY, FIRST_LECTURER, FIRST_TOPIC, fill
from library.catalog.permits import Audience
from library.catalog.tables import Clip, Lecturer, Lesson, Topic
from library.core.clock import utc_now
from library.organisation import queries as organisation
from library.people import queries as people
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support.server import new_data
from tests.support.signing import token

LIKE_A_PAGE = 40
"""Lessons with which every page shows as many cards as it ever does: all of them are of the one lecturer and
topic that are asked for."""
WORDS = "课"
WARM = 5


def main() -> None:
    """Measure and print a line a page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lessons", type=int, default=20_000)
    asked.add_argument("--plays", type=int, default=1_000_000)
    asked.add_argument("--times", type=int, default=100)
    asked.add_argument("--only", default="", help="pages whose names begin so")
    asked.add_argument("--data", type=Path, help="libraries that an earlier run made, or will make, here")
    given = asked.parse_args()
    share = given.plays * LIKE_A_PAGE // given.lessons
    sizes = [(1, 0), (LIKE_A_PAGE, share), (given.lessons, given.plays)]
    with tempfile.TemporaryDirectory() as made, ExitStack() as open_ones:
        before = os.getloadavg()[0]
        folder = given.data or Path(made)
        libraries = [
            opened(open_ones, folder / f"{lessons}-{plays}", lessons, plays) for lessons, plays in sizes
        ]
        pages = [page for page in _paths("", "", "") if page.startswith(given.only)]
        found = {page: _in_turn(page, libraries, given.times) for page in pages}
        after = os.getloadavg()[0]
    print(
        f"{given.lessons} lessons, {given.plays} plays; load {before:.1f} to {after:.1f}; p95 in ms, ratios"
    )
    print(f"{'':28} {'1':>7} {LIKE_A_PAGE:7} {'full':>7} {'/ 1':>6} {f'/ {LIKE_A_PAGE}':>6}")
    for page, (one_ms, few_ms, full_ms) in found.items():
        ratios = f"{full_ms / one_ms:6.2f} {full_ms / few_ms:6.2f}"
        print(f"{page:28} {one_ms:7.1f} {few_ms:7.1f} {full_ms:7.1f} {ratios}")


@dataclass
class Library:
    """A library that is open, the member's secret, and the addresses that are asked for, by their names."""

    ports: Ports
    secret: str
    paths: dict[str, str]


def opened(open_ones: ExitStack, folder: Path, lessons: int, plays: int) -> Library:
    """Open the library of so many lessons and plays in the folder; it is made when it is not there."""
    new = not folder.exists()
    data = new_data(folder) if new else folder
    settings = Settings(data=data, worker=False, search="tantivy", _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    open_ones.callback(ports.close)
    who, secret = _member(ports)
    if new:
        fill(ports, lessons, plays, who, 1.0 if lessons <= LIKE_A_PAGE else BUSY)
        ports.indexer.catch_up()
    with ports.db.read() as session:
        lecturer = session.scalars(select(Lecturer.id).where(Lecturer.name == FIRST_LECTURER)).one()
        topic = session.scalars(select(Topic.id).where(Topic.name == FIRST_TOPIC)).one()
        shown = select(Clip.id).join(Lesson).where(Lesson.audience == Audience.EVERYONE)
        clip = session.scalars(shown.order_by(Clip.id.desc()).limit(1)).one()
    paths = _paths(lecturer, topic, clip)
    if lessons <= LIKE_A_PAGE:
        paths = {page: path.split("?page=")[0] for page, path in paths.items()}
    return Library(ports, secret, paths)


def _paths(lecturer: str, topic: str, clip: str) -> dict[str, str]:
    return {
        "home": "/",
        "home (guest)": "/",
        "clip": f"/clips/{clip}",
        "clip (guest)": f"/clips/{clip}",
        "search": f"/search?q={quote(WORDS)}",
        "search (guest)": f"/search?q={quote(WORDS)}",
        "topic": f"/topics/{topic}",
        "topic, most watched": f"/topics/{topic}?order=watched",
        "topic, last page": f"/topics/{topic}?page=50",
        "lecturer": f"/lecturers/{lecturer}",
        "lecturer (guest)": f"/lecturers/{lecturer}",
        "lecturer, most watched": f"/lecturers/{lecturer}?order=watched",
        "feed": "/feed",
        "feed (guest)": "/feed",
        "feed of the topic": f"/feed?topic={topic}",
    }


def _in_turn(page: str, libraries: Sequence[Library], times: int) -> list[float]:
    """Ask every library for a page again and again, one after the other; returns each one's time in ms."""
    took: list[list[float]] = [[] for _ in libraries]
    with ExitStack() as stack:
        asks = [
            stack.enter_context(requesting(one.ports, "" if "guest" in page else one.secret))
            for one in libraries
        ]
        for n in range(times + WARM):
            for its, ask, one in zip(took, asks, libraries, strict=True):
                began = time.process_time()
                ask(one.paths[page])
                if n >= WARM:
                    its.append(1000 * (time.process_time() - began))
    return [sorted(its)[int(0.95 * times) - 1] for its in took]


def _member(ports: Ports) -> tuple[str, str]:
    with ports.db.write() as session:
        organisation.root_node(session)
        person = people.person_by_username(session, "member")
        assert person is not None
        _row, secret = token(session, person.id, "bench", utc_now())
        return person.id, secret


if __name__ == "__main__":
    main()
