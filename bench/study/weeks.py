"""What five years of planned weeks cost the calendar: `python -m bench.study.weeks`.

Three libraries: one with a single planned week, one whose months that are shown are as full as those of the
third, and one with five years of weeks at the root and at a branch, two lessons each. Pages and the API are
asked in turns, as the branch's planner, by a program's token, without a network. Times are those of the
processor.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bench.measure import in_turns, machine, p95, p95_ratio
from bench.nil_page import requesting
from bench.report import Figure, show
from library.access.rules import TokenScope
from library.catalog.permits import LessonState
from library.core.clock import local_day, utc_now
from library.core.permits import Role
from library.organisation import actions as organisation
from library.programme import actions
from library.programme.actions import Desk
from library.programme.rules import Draft
from library.programme.weeks import week_of
from server.settings import Settings
from server.wiring import open_ports
from tests.support import factories
from tests.support.server import new_data
from tests.support.signing import token

A_PAGE, FIVE_YEARS, ROUNDS = 16, 261, 80
PAGES = {
    "calendar": "/programme?node={node}",
    "weeks": "/weeks",
    "week": "/weeks/{week}",
    "api": "/api/v1/weeks",
    "home": "/",
}


def fill(session: Session, weeks: int) -> tuple[str, str, str]:
    """Plan so many weeks around the present one; returns a planner's token, the branch, the present week."""
    now = utc_now()
    root = factories.root(session)
    branch = organisation.add_named(session, root, "余村党支部", now)
    staff = factories.person(session, (Role.STAFF, root))
    lessons = [
        factories.lesson(session, f"第{n}课", owner=staff, state=LessonState.PUBLISHED, clips=1).id
        for n in range(10)
    ]
    for n in range(weeks):
        at: datetime = now + timedelta(weeks=n - weeks // 2)
        week = week_of(local_day(at))
        for node in (root, branch):
            desk = Desk(staff, node.id, at - timedelta(days=7), person_id=staff.person_id)
            chosen = (lessons[n % 10], lessons[(n + 3) % 10])
            actions.put(session, desk, week, Draft(theme=f"主题{n}", text="读一读", lessons=chosen))
    secret = token(session, str(staff.person_id), "bench", now, TokenScope.PEOPLE)[1]
    return secret, branch.id, str(week_of(local_day(now)))


def open_library(stack: ExitStack, folder: Path, weeks: int) -> Callable[[str], None]:
    """Open a new library with so many planned weeks; returns what asks it for an address."""
    settings = Settings(data=new_data(folder), worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    stack.callback(ports.close)
    with ports.db.write() as session:
        secret, node, week = fill(session, weeks)
    send = stack.enter_context(requesting(ports, secret))
    return lambda path: send(path.format(node=node, week=week))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=FIVE_YEARS, help="planned in the large library")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    about, figures = machine(), []
    with tempfile.TemporaryDirectory(prefix="weike-weeks-") as name, ExitStack() as stack:
        asked = {
            "empty": open_library(stack, Path(name) / "empty", 1),
            "page": open_library(stack, Path(name) / "page", A_PAGE),
            "large": open_library(stack, Path(name) / "large", chosen.weeks),
        }
        for page, address in PAGES.items():
            times = in_turns([address] * chosen.rounds, asked)
            words = f"{page}: p95 with {chosen.weeks} weeks / {A_PAGE} around now"
            figures.append(Figure(page, words, p95_ratio(times, "large", "page"), 1.5))
            alone = p95_ratio(times, "large", "empty")
            figures.append(Figure(f"{page}_empty", f"{page}: / a single week", alone, None))
            milliseconds = p95(times["large"]) * 1000
            figures.append(Figure(f"{page}_ms", f"{page}: p95 with the many, CPU ms", milliseconds, None))
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
