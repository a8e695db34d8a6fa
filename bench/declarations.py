"""What 50,000 open declarations cost a reviewer beside a nearly empty queue: `python -m bench.declarations`.

Two libraries, one with a handful of declarations and one with 50,000 at the same node. Pages and the API of
the queue are asked in turns, as a reviewer of the county, by a program's token, without a network.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.measure import in_turns, machine, p95, p95_ratio
from bench.nil_page import requesting
from bench.report import Figure, show
from library.access.rules import TokenScope
from library.catalog.permits import LessonState
from library.catalog.tables import Clip, Lesson
from library.core.clock import utc_now
from library.core.ids import new_id
from library.core.permits import Role
from library.declaring import actions, queries, rules
from library.declaring.queries import Wanted
from library.declaring.states import State
from library.declaring.tables import Declaration
from library.organisation import actions as organisation
from library.organisation.tables import Node
from server.settings import Settings
from server.slices.declaring.queue import place_text
from server.wiring import Ports, open_ports
from tests.support import factories
from tests.support.server import new_data
from tests.support.signing import token

FEW, TOWNS, ROUNDS, AT_ONCE = 5, 50, 120, 5_000
PAGES = {
    "queue": "/declarations",
    "middle": "/declarations?after={middle}",
    "late": "/declarations?late=1",
    "api": "/api/v1/declarations",
    "one": "/declarations/{declaration}",
    "home": "/",
}


def fill(session: Session, count: int) -> str:
    """Put a county with towns in, and `count` of their lessons declared to it; returns a reviewer's token."""
    county, now = factories.root(session), utc_now()
    towns = [organisation.add_named(session, county, f"第{n}镇党委", now) for n in range(TOWNS)]
    lecturer = factories.person(session, (Role.LECTURER, county))
    reviewer = factories.person(session, (Role.REVIEWER, county))
    name = factories.catalog.lecturer(session, "王芳芳")
    route = rules.levels_json(actions.route_of(session, towns[0]))
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        ids = [new_id() for _ in numbers]
        session.execute(
            insert(Lesson),
            [
                _lesson(its, n, towns[n % TOWNS], name.id, lecturer.person_id)
                for its, n in zip(ids, numbers, strict=True)
            ],
        )
        session.execute(insert(Clip), [_clip(its) for its in ids])
        session.execute(
            insert(Declaration),
            [
                {
                    "id": new_id(),
                    "lesson_id": its,
                    "node_id": towns[n % TOWNS].id,
                    "round": 1,
                    "moves": 1,
                    "owner_id": lecturer.person_id,
                    "declared_by": lecturer.person_id,
                    "level": 0,
                    "state": State.DECLARED,
                    "route": route,
                    "level_node_id": county.id,
                    "declared_at": now,
                    "due_at": now + timedelta(minutes=n - count // 2),
                }
                for its, n in zip(ids, numbers, strict=True)
            ],
        )
    return token(session, str(reviewer.person_id), "bench", now, TokenScope.PEOPLE)[1]


def _lesson(its: str, n: int, town: Node, lecturer_id: str, owner_id: str | None) -> dict[str, object]:
    return {
        "id": its,
        "title": f"党课第{n}讲",
        "node_id": town.id,
        "state": LessonState.DRAFT,
        "lecturer_id": lecturer_id,
        "owner_id": owner_id,
        "created_at": utc_now(),
        "duration_s": 600.0,
    }


def _clip(lesson_id: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "lesson_id": lesson_id,
        "n": 1,
        "start_s": 0.0,
        "end_s": 600.0,
        "plan": factories.PLAN,
        "duration_s": 600.0,
        "ready_at": utc_now(),
    }


def open_library(stack: ExitStack, folder: Path, count: int) -> tuple[Ports, Callable[[str], None]]:
    """Open a new library with so many open declarations."""
    settings = Settings(data=new_data(folder), worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    stack.callback(ports.close)
    with ports.db.write() as session:
        secret = fill(session, count)
    with ports.db.read() as session:
        one = session.scalars(select(Declaration.id).order_by(Declaration.due_at).limit(1)).one()
        node = factories.root(session).id
        rows, _place = queries.queue(session, Wanted((node,)), max(1, count // 2))
        middle = place_text(queries.Place(rows[-1].due_at, rows[-1].id))
    send = stack.enter_context(requesting(ports, secret))
    return ports, lambda path: send(path.format(declaration=one, middle=middle))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=50_000, help="open ones of the large library")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    about = machine()
    figures = []
    with tempfile.TemporaryDirectory(prefix="weike-declarations-") as name, ExitStack() as stack:
        _small, ask_small = open_library(stack, Path(name) / "small", FEW)
        _large, ask_large = open_library(stack, Path(name) / "large", chosen.declarations)
        for page, address in PAGES.items():
            times = in_turns([address] * ROUNDS, {"large": ask_large, "small": ask_small})
            words = f"{page}: p95 with {chosen.declarations} open / {FEW}"
            figures.append(Figure(page, words, p95_ratio(times, "large", "small"), 1.5))
            milliseconds = p95(times["large"]) * 1000
            figures.append(Figure(f"{page}_ms", f"{page}: p95 with the many, CPU ms", milliseconds, None))
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
