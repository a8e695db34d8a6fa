"""What 100,000 nodes and 1,000,000 members cost beside ten and fifty: `python -m bench.organisation`.

Two libraries with the same lessons. Their pages are asked in turns, as the staff of a town, by a program's
token, without a network; then ten thousand nodes are moved below another and it is looked who finds a draft.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bench import many_people
from bench.measure import in_turns, machine, p95_ratio
from bench.nil_page import requesting
from bench.report import Figure, show
from library.access.rules import TokenScope
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.core.permits import Role
from library.organisation import actions, importing, queries
from library.organisation.importing import Row
from library.people import queries as people
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories
from tests.support.server import new_data
from tests.support.signing import token

LESSONS = 60
ROUNDS = 120
MOVED = 10_000
PAGES = {
    "home": "/",
    "search": "/search?q=党课",
    "lessons": "/lessons",
    "lesson": "/lessons/{lesson}",
    "tree": "/organisation",
    "people": "/people",
}


@dataclass
class Library:
    """A library whose tree has towns below the root, and what asks it as the staff of the first town."""

    ports: Ports
    ask: Callable[[str], None]
    staff_id: str


def rows(nodes: int) -> list[Row]:
    """Return a list of organisations: counties, towns of a hundred branches, some `nodes` in all."""
    found = []
    for town in range(max(1, nodes // 100)):
        county = town // 100
        if town % 100 == 0:
            found.append(Row(0, f"第{county}县委", None, f"C{county}"))
        found.append(Row(0, f"第{town}镇党委", f"C{county}", f"T{town}"))
        found += [
            Row(0, f"第{town}镇{n}村党支部", f"T{town}", f"V{town}-{n}") for n in range(min(100, nodes) - 1)
        ]
    return found


def fill(ports: Ports, nodes: int) -> tuple[str, str, float]:
    """Put the tree and the lessons in; returns the staff's id, their token, and the import's seconds."""
    listed = [Row(n, *row) for n, row in enumerate((r.name, r.parent, r.code) for r in rows(nodes))]
    with ports.db.write() as session:
        began = time.process_time()
        actions.hold(session)
        planned = importing.plan(queries.known_nodes(session), listed, new_id)
        actions.apply(session, planned, utc_now(), None)
        took_s = time.process_time() - began
    with ports.db.write() as session:
        town, village = (queries.node_by_code(session, code) for code in ("T0", "V0-0"))
        assert town is not None
        assert village is not None
        staff = factories.person(session, (Role.STAFF, town))
        _made, secret = token(session, str(staff.person_id), "bench", utc_now(), TokenScope.PEOPLE)
        for n in range(LESSONS):
            state = LessonState.DRAFT if n % 10 == 0 else LessonState.PUBLISHED
            factories.lesson(
                session, f"党课第{n}讲", branch=village, spoken=["今天讲党课。"] * 20, clips=2, state=state
            )
    ports.indexer.catch_up()
    return str(staff.person_id), secret, took_s


def open_library(stack: ExitStack, folder: Path, nodes: int) -> tuple[Library, float]:
    """Open a new library with so many nodes; returns it and what importing them took."""
    settings = Settings(data=new_data(folder), worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    stack.callback(ports.close)
    staff_id, secret, took_s = fill(ports, nodes)
    with ports.db.read() as session:
        lesson = session.scalars(select(Lesson.id).where(Lesson.state == LessonState.PUBLISHED)).first()
    send = stack.enter_context(requesting(ports, secret))
    return Library(ports, lambda path: send(path.format(lesson=lesson)), staff_id), took_s


def moved(library: Library) -> tuple[float, float]:
    """Move a county of ten thousand below another; returns the seconds it took, and how many of the old and
    the new staff find what they should right after (1: both)."""
    ports = library.ports
    with ports.db.write() as session:
        county, there = (queries.node_by_code(session, code) for code in ("C0", "C1"))
        assert county is not None
        assert there is not None
        new = factories.person(session, (Role.STAFF, there)).person_id or ""
        old_id, new_id_ = county.id, there.id
    began = time.monotonic()
    with ports.db.write() as session:
        node, parent = queries.node(session, old_id), queries.node(session, new_id_)
        actions.move(session, node, parent, utc_now(), None)
    with ports.db.read() as session:
        viewers = [
            people.viewer_of(session, people.person(session, one), local_day(utc_now()))
            for one in (library.staff_id, new)
        ]
        found = [ports.finder.find(session, viewer, "党课").total for viewer in viewers]
    return time.monotonic() - began, float(found == [2 * LESSONS] * 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000, help="of the large tree")
    parser.add_argument("--members", type=int, default=1_000_000, help="of the large tree")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="weike-organisation-") as name, ExitStack() as stack:
        small, _small_s = open_library(stack, Path(name) / "small", 10)
        large, import_s = open_library(stack, Path(name) / "large", chosen.nodes)
        many_people.fill(large.ports, chosen.members)
        many_people.fill(small.ports, 50)
        figures = [
            Figure("import_cpu_s", f"{chosen.nodes} nodes imported, CPU seconds", import_s, None),
        ]
        for page, address in PAGES.items():
            times = in_turns([address] * ROUNDS, {"large": large.ask, "small": small.ask})
            reach = 1.5 if page == "tree" else 1.3
            figures.append(
                Figure(
                    page,
                    f"{page}: p95 with {chosen.nodes} nodes, {chosen.members} members / 10, 50",
                    p95_ratio(times, "large", "small"),
                    reach,
                )
            )
        took_s, right = moved(large)
        figures.append(
            Figure("moved_s", f"{MOVED} nodes moved and searched right after, seconds", took_s, 5.0)
        )
        figures.append(Figure("moved_right", "old and new staff find it", right, 1.0, at_most=False))
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
