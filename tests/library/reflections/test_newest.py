"""The newest about a lesson among thousands that are for others: a few are read, on both databases."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from sqlalchemy import Select, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.database import Database
from library.core.ids import new_id
from library.core.permits import NOBODY, Role, Viewer
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.people.belonging import memberships
from library.people.tables import Person
from library.reflections import queries
from library.reflections.queries import MOST_LISTED, Filters
from library.reflections.rules import Reach, ReflectionState
from library.reflections.tables import Reflection
from tests.support import factories as make
from tests.support.databases import NOW

MANY = 20_000
"""With 100,000 what is read is the same: nothing, or some rows; all of them before each way had its index."""
NODES = 200


def rows(session: Session, count: int, lesson_id: str, nodes: list[Node], writers: list[str]) -> None:
    """Reflections about a lesson, each published for its own branch."""
    dice, at = random.Random(4), NOW
    values = []
    for n in range(count):
        at += timedelta(seconds=1)
        node = dice.choice(nodes).id
        values.append(
            {
                "id": new_id(),
                "number": 2 * n,
                "person_id": dice.choice(writers),
                "node_id": node,
                "lesson_id": lesson_id,
                "week": "2026-W48",
                "gathering_id": None,
                "form": None,
                "title": "",
                "text": "听了很受教育。",
                "state": ReflectionState.PUBLISHED,
                "reach": Reach.BRANCH,
                "reach_node_id": node,
                "made_at": at,
                "changed_at": at,
                "sent_at": at,
                "published_at": at,
                "decided_by": None,
            }
        )
    for start in range(0, count, 2_000):
        session.execute(insert(Reflection), values[start : start + 2_000])


def member(session: Session, node: Node) -> Viewer:
    made = make.person(session)
    memberships.settle(session, str(made.person_id), node, local_day(NOW), NOW, None)
    return people.viewer_of(session, session.get_one(Person, made.person_id), local_day(NOW))


def rows_read(session: Session, wanted: Select[str, object]) -> int:
    """How many rows of reflections PostgreSQL reads for a statement, those that it throws away with them."""
    compiled = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    (plan,) = session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}")).scalars()
    return _read((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])


def _read(node: dict[str, object]) -> int:
    its = 0
    if node.get("Relation Name") == Reflection.__tablename__:
        thrown = node.get("Rows Removed by Filter", 0), node.get("Rows Removed by Index Recheck", 0)
        its = int(node["Actual Loops"]) * (int(node["Actual Rows"]) + sum(map(int, thrown)))  # type: ignore[call-overload]
    return its + sum(_read(one) for one in node.get("Plans", ()))  # type: ignore[attr-defined]


def steps(session: Session, wanted: Select[str, object]) -> int:
    """How many hundreds of steps SQLite's machine takes for a statement: some ten for each row that it looks
    at."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(step, 100)
    try:
        session.execute(wanted).all()
    finally:
        driver.set_progress_handler(None, 0)
    return taken


@pytest.mark.slow
def test_a_lesson_with_thousands_for_others_is_not_walked(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        nodes = [organisation.add_named(session, root, f"支部{n}", NOW) for n in range(NODES)]
        lonely = organisation.add_named(session, root, "新支部", NOW)
        lesson_id = make.lesson(session, clips=1).id
        writers = [str(make.person(session).person_id) for _ in range(NODES)]
        rows(session, MANY, lesson_id, nodes, writers)
        stranger, near = member(session, lonely), member(session, nodes[7])
        keeper = make.person(session, (Role.SECRETARY, lonely))
        others = {"nobody": NOBODY, "stranger": stranger, "near": near, "keeper": keeper}
        admin = make.person(session, (Role.ADMIN, root))
    with db.write() as session:
        session.execute(text("ANALYZE"))
    with db.read() as session:
        for name, viewer in others.items():
            its = [Reflection.lesson_id == lesson_id]
            few = queries._newest(viewer, its, 3, queries.LOOKED_AT)
            most = 3 * (3 + len(viewer.belongs) * 4) + (queries.LOOKED_AT * 2 if name == "keeper" else 0)
            read = steps(session, few) if db.is_sqlite else rows_read(session, few)
            assert read <= most, name
            found = queries.newest_of_lesson(session, viewer, lesson_id, 3)
            assert len(found) == (3 if name == "near" else 0), name
        for filters in (Filters(lesson_id=lesson_id), Filters(week="2026-W48"), Filters()):
            theirs = queries.published(session, near, filters)
            assert (theirs.more, 50 < theirs.total < 200) == (False, True)
            every = queries.published(session, admin, filters, 50)
            assert (every.total, every.more, len(every.items), every.last) == (MOST_LISTED, True, 20, 50)
            assert queries.published(session, admin, filters, 51).items == []
            assert queries.published(session, stranger, filters).total == 0
