"""Publishing, withdrawing, and the log of who did it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from library.catalog import queries as catalog
from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, NotFound
from library.core.permits import NOBODY, Role
from library.review import actions, queries
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

LATER = NOW + timedelta(hours=1)


def test_staff_publish_and_withdraw_and_the_log_says_who_when_and_why(db: Database) -> None:
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)), name="审核员")
        lesson_id = make.lesson(session, state=LessonState.DRAFT, clips=1).id
    with db.write() as session:
        assert actions.publish(session, staff, lesson_id, " 讲得\n好 ", NOW).published_at == NOW
        actions.withdraw(session, staff, lesson_id, "有误", LATER)
        again = actions.publish(session, staff, lesson_id, "", LATER + timedelta(hours=1))
        assert again.published_at == NOW  # when it first came out
        actions.set_audience(session, staff, lesson_id, Audience.SIGNED_IN, LATER + timedelta(hours=2))
        actions.set_audience(session, staff, lesson_id, Audience.SIGNED_IN, LATER + timedelta(hours=3))
    with db.read() as session:
        lines = [(h.at, h.who, h.what, h.note) for h in queries.history(session, lesson_id)][::-1]
        assert lines == [
            (NOW, "审核员", "publish", "讲得 好"),
            (LATER, "审核员", "withdraw", "有误"),
            (LATER + timedelta(hours=1), "审核员", "publish", ""),
            (LATER + timedelta(hours=2), "审核员", "audience", "signed_in"),
        ]


def test_two_clicks_on_publish_at_once_are_one_decision(db: Database) -> None:
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        lesson_id = make.lesson(session, state=LessonState.DRAFT, clips=1).id

    def publish() -> str:
        with db.write() as session:
            return actions.publish(session, staff, lesson_id, "", NOW).state

    results = together([publish, publish, publish])
    assert [r for r in results if not isinstance(r, Conflict)] == ["published"]
    with db.read() as session:
        assert len(queries.history(session, lesson_id)) == 1


def test_nothing_to_watch_or_read_is_not_published_and_a_text_is(db: Database) -> None:
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        empty = make.lesson(session, state=LessonState.DRAFT)
        text = make.lesson(session, state=LessonState.DRAFT, spoken=["有文稿"])
        with pytest.raises(Conflict, match="nothing_to_publish"):
            actions.publish(session, staff, empty.id, "", NOW)
        assert actions.publish(session, staff, text.id, "", NOW).state == LessonState.PUBLISHED


def test_publishing_is_the_staffs(db: Database) -> None:
    with db.write() as session:
        owner = make.person(session, (Role.LECTURER, make.root(session)))
        lesson = make.lesson(session, owner=owner, state=LessonState.DRAFT, clips=1)
        for viewer, error in ((owner, Forbidden), (NOBODY, NotFound)):
            with pytest.raises(error):
                actions.publish(session, viewer, lesson.id, "", NOW)
        assert catalog.lesson(session, lesson.id).state == LessonState.DRAFT


def test_for_whom_a_lesson_is_says_its_owner_until_it_is_published_and_then_the_staff(db: Database) -> None:
    with db.write() as session:
        owner = make.person(session, (Role.LECTURER, make.root(session)))
        staff = make.person(session, (Role.STAFF, make.root(session)))
        lesson = make.lesson(session, owner=owner, state=LessonState.DRAFT, clips=1)
        with pytest.raises(NotFound):
            actions.set_audience(session, NOBODY, lesson.id, Audience.SIGNED_IN, NOW)
        actions.set_audience(session, owner, lesson.id, Audience.SIGNED_IN, NOW)
        actions.publish(session, staff, lesson.id, "", NOW)
        with pytest.raises(Forbidden):
            actions.set_audience(session, owner, lesson.id, Audience.EVERYONE, NOW)
        assert catalog.lesson(session, lesson.id).audience is Audience.SIGNED_IN


def test_a_withdrawn_lesson_is_gone_for_all_but_its_own(db: Database) -> None:
    with db.write() as session:
        staff = make.person(session, (Role.STAFF, make.root(session)))
        owner, member = make.person(session), make.person(session)
        lesson = make.lesson(session, owner=owner, clips=1)
        catalog.lesson_for(session, member, lesson.id)
        actions.withdraw(session, staff, lesson.id, "", NOW)
        for viewer in (owner, staff):
            catalog.lesson_for(session, viewer, lesson.id)
        for viewer in (member, NOBODY):
            with pytest.raises(NotFound):
                catalog.lesson_for(session, viewer, lesson.id)
