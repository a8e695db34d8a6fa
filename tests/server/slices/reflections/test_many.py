"""Many reflections on one page ask the database as often as few, and what is left out is said."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.core.database import Database
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.organisation import actions as organisation
from library.reflections import actions, queries
from library.reflections.actions import About, Draft, Wanted
from library.reflections.rules import ReflectionState
from library.reflections.tables import Reflection
from server.slices.reflections.shown import views
from tests.server.conftest import Shelf
from tests.server.slices.reflections.roles import put
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.server import Served


@pytest.fixture
def asked(db: Database) -> Iterator[list[str]]:
    """The statements that the database has been asked since."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def one_each(session: Session, writer: Viewer, count: int) -> None:
    """Reflections that were sent, each about a lesson of its own which it quotes."""
    for n in range(count):
        lesson = make.lesson(session, f"第{n}课", clips=1, spoken=(f"这是第{n}课的第一句话。",))
        quoting = (Wanted(1, lesson.clips[0].id, 1.0),)
        row = actions.save(
            session, writer, new_id(), Draft("", "记住了。", quoting), About(lesson_id=lesson.id), None, NOW
        )
        actions.send(session, writer, row.id, NOW)


@pytest.mark.slow
def test_thirty_are_read_with_as_many_statements_as_two(db: Database, asked: list[str]) -> None:
    with db.write() as session:
        root = make.root(session)
        for name, count in (("甲", 2), ("乙", 30)):
            node = organisation.add_named(session, root, name, NOW)
            one_each(session, make.person(session, (Role.MEMBER, node), name=name), count)
        reader = make.person(session, (Role.SECRETARY, root))
    counted = {}
    for name in ("甲", "乙"):
        with db.read() as session:
            rows = session.scalars(select(Reflection)).all()
            told = [one for one in (queries.told(session, row) for row in rows) if one.writer == name]
            session.expire_all()
            for one in told:
                session.refresh(one.row)
            asked.clear()
            shown = views(session, reader, told)
            counted[len(shown)] = len(asked)
            assert all(any(part.quote for part in one.parts) for one in shown)
    assert counted[30] == counted[2]


@pytest.mark.slow
def test_the_desk_of_many_branches_asks_no_more(served: Served, shelf: Shelf) -> None:
    staff = served.person("staff")
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        # Threads beside the pages ask for other things.
        if (
            "FROM reflections_" in statement
            or "FROM organisation_node \nWHERE organisation_node.id" in statement
        ):
            found.append(statement)

    def looked() -> int:
        found.clear()
        assert staff.http.get("/reflections/desk").status_code == 200
        return len(found)

    put(shelf, ReflectionState.SENT)
    engine = served.ports.db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        few = looked()
        nodes = [shelf.node() for _ in range(4)]
        with served.ports.db.write() as session:
            row = session.scalars(select(Reflection)).one()
            session.add_all(_at(node_id, row) for node_id in nodes)
        assert looked() == few
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _at(node_id: str, row: Reflection) -> Reflection:
    """The same as if it had been sent at another node."""
    values = {column.key: getattr(row, column.key) for column in Reflection.__table__.columns}
    return Reflection(**{**values, "id": new_id(), "number": secrets.randbits(62), "node_id": node_id})


@pytest.mark.slow
def test_no_feed_is_offered_where_everybody_is_told_nothing(served: Served, shelf: Shelf) -> None:
    staff, nobody = served.person("staff"), served.person("nobody")
    public, draft = shelf.lesson(LessonState.PUBLISHED).lesson, shelf.lesson(LessonState.DRAFT).lesson
    offered = {
        query: "/feeds/public/reflections.rss" in staff.http.get(f"/reflections{query}").text
        for query in ("", f"?lesson={public}", f"?lesson={draft}", f"?node={shelf.root()}", "?week=2026-W40")
    }
    for query, is_offered in offered.items():
        answers = nobody.http.get(f"/feeds/public/reflections.rss{query}").status_code == 200
        assert is_offered == answers, query
    assert not all(offered.values())
