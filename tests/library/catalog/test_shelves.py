"""Shelves of a page, and which clips may stay on a device: by hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from library.catalog import actions, queries, shelves
from library.catalog.offline_rules import may_keep
from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.permits import NOBODY
from tests.support import factories as make

names = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@pytest.mark.slow
@given(names, names, st.sets(st.sampled_from("abcdefgh")), st.integers(0, 5))
def test_no_lesson_stands_on_two_shelves_or_where_it_was_shown(
    first: list[str], second: list[str], shown: set[str], most: int
) -> None:
    told = shelves.only_once(first, second, shown=shown, most=most)
    all_told = [one for shelf in told for one in shelf]
    assert len(all_told) == len(set(all_told))
    assert not set(all_told) & shown
    assert all(len(shelf) <= most for shelf in told)
    for shelf, wanted in zip(told, (first, second), strict=True):
        assert shelf == [one for one in dict.fromkeys(wanted) if one in shelf], "in its order"


@given(st.sampled_from(LessonState), st.sampled_from(Audience))
def test_only_published_lessons_that_are_not_for_chosen_people_may_stay(
    state: LessonState, audience: Audience
) -> None:
    assert may_keep(state, audience) == (
        state == "published" and audience in ("everyone", "signed_in", "organisation")
    )


def test_the_newest_are_those_that_one_may_see_and_are_counted_no_further_than_asked(db: Database) -> None:
    with db.write() as session:
        ids = [
            make.lesson(session, f"第{n}课", lecturer="王芳", now=datetime(2026, 1, n, tzinfo=UTC)).id
            for n in (1, 2, 3)
        ]
        make.lesson(session, "内部", audience=Audience.SIGNED_IN)
        make.lesson(session, "草稿", state=LessonState.DRAFT)
    with db.read() as session:
        assert list(shelves.newest_ids(session, NOBODY, 2)) == [ids[2], ids[1]]
        assert shelves.count_published(session, NOBODY) == 3
        assert shelves.count_published(session, NOBODY, 2) == 2


@pytest.mark.parametrize("what", ["lecturer", "topic"])
def test_the_newest_of_a_lecturer_or_a_topic_stay_in_the_order_in_which_they_came_out(
    db: Database, what: Literal["lecturer", "topic"]
) -> None:
    with db.write() as session:
        late, early, other, _, gone = (
            make.lesson(
                session, title, lecturer=name, topics=[name, "党史"], state=LessonState.DRAFT, now=_day(1)
            )
            for title, name in (
                ("迟", "王芳"),
                ("早", "王芳"),
                ("别", "李明"),
                ("稿", "王芳"),
                ("撤", "王芳"),
            )
        )
        for one, day in ((early, 2), (late, 3), (other, 4), (gone, 5)):
            actions.set_state(session, one, LessonState.PUBLISHED, _day(day))
        actions.set_state(session, gone, LessonState.DRAFT, _day(6))
        actions.set_state(session, early, LessonState.DRAFT, _day(7))
        actions.set_state(session, early, LessonState.PUBLISHED, _day(8))
        actions.edit(session, late, actions.Details("迟", lecturer="王芳", topics=["王芳", "新专题"]))
        assert late.lecturer is not None
        ids = {"lecturer": late.lecturer.id, "topic": actions.topic(session, "王芳").id}
        shown = [late.id, early.id]
    of = shelves.Of(what, ids[what])
    with db.read() as session:
        assert list(shelves.newest_ids(session, NOBODY, 9, of)) == shown
        assert [line.id for line in shelves.lines(session, NOBODY, of)] == shown
        assert list(shelves.page_ids(session, NOBODY, of, 1, 1)) == shown[1:]
        assert shelves.count_published(session, NOBODY, 9, of) == 2
        same = select(Lesson.id).where(of.condition, shelves.published(NOBODY))
        assert set(session.scalars(same)) == set(shown), "the same by their condition"


def _day(n: int) -> datetime:
    return datetime(2026, 1, n, tzinfo=UTC)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # PostgreSQL counts what stands in its columns
def test_no_lesson_is_looked_up_by_its_being_published(db: Database) -> None:
    """SQLite has no statistics: without being told it reads all that is published for two dozen ids."""
    with db.write() as session:
        member = make.person(session)
        make.lesson(session, "一课", lecturer="王芳", topics=["党史"])
    lecturer, topic = shelves.Of("lecturer", "l"), shelves.Of("topic", "t")
    with db.read() as session:
        assert "state" not in _plan(session, lambda: queries.lessons_by_ids(session, member, ["a", "b"]))
        assert "state" not in _plan(session, lambda: shelves.clips_that_play(session, member, ["a", "b"]))
        for of in (lecturer, topic):
            read = _plan(session, lambda: shelves.lines(session, member, of))  # noqa: B023
            assert "published_at" in read
            assert "state" not in read
            assert "TEMP B-TREE FOR ORDER BY" not in read, "the order is that of the index"
        assert "state_published_at" in _plan(session, lambda: shelves.newest_ids(session, member, 9))


def _plan(session: Session, ask: Callable[[], object]) -> str:
    """How SQLite would answer the first statement of a question."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append((statement, values))

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    statement, values = sent[0]
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    return "\n".join(str(row[3]) for row in rows)
