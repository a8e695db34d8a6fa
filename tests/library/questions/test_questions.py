"""Questions at a second: who reads and answers them, how many are taken, who is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Conflict, NotFound, Throttled
from library.core.permits import NOBODY, Role, Viewer
from library.erasing import erase
from library.notices.rules import Kind
from library.notices.tables import Notice
from library.organisation import actions as organisation
from library.questions import actions, queries, rules
from library.questions.actions import Answer, Asked
from library.questions.rules import QuestionState
from library.questions.tables import Question
from tests.support import factories as make
from tests.support.databases import NOW

DAY = timedelta(days=1)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """One transaction for a test."""
    with db.write() as session:
        yield session


def asked(
    session: Session,
    viewer: Viewer,
    lesson: Lesson,
    text: str = "为什么？",
    *,
    at_s: float = 3.0,
    days: float = 0,
) -> Question:
    said = Asked(at_s, text, named=text.startswith("我是"))
    return actions.ask(session, viewer, lesson.clips[0], said, NOW + days * DAY)


def seen_by(session: Session, viewer: Viewer, lesson: Lesson) -> list[str]:
    return [one.row.text for one in queries.of_clip(session, viewer, lesson.clips[0]).items]


def test_who_reads_a_question_before_and_after_it_is_published(session: Session) -> None:
    root = make.root(session)
    north, south = (organisation.add_named(session, root, name, NOW) for name in ("北", "南"))
    lecturer = make.person(session, (Role.LECTURER, north))
    asker, another = (make.person(session, (Role.MEMBER, north)) for _ in range(2))
    staff, elsewhere = (
        make.person(session, (Role.STAFF, north)),
        make.person(session, (Role.STAFF, south)),
    )
    other_lecturer = make.person(session, (Role.LECTURER, north))
    lesson = make.lesson(session, clips=2, owner=lecturer, branch=north)
    row = asked(session, asker, lesson)
    readers = {
        name: seen_by(session, viewer, lesson) == ["为什么？"]
        for name, viewer in {
            "asker": asker,
            "lecturer": lecturer,
            "staff": staff,
            "another": another,
            "other lecturer": other_lecturer,
            "elsewhere": elsewhere,
            "nobody": NOBODY,
        }.items()
    }
    assert {name for name, reads in readers.items() if reads} == {"asker", "lecturer", "staff"}
    for stranger in (asker, another, other_lecturer, elsewhere):
        with pytest.raises(NotFound):
            actions.answer(session, stranger, row.id, 1, Answer("因为。"), NOW)
        with pytest.raises(NotFound):
            actions.decline(session, stranger, row.id, 1, "不", NOW)
    actions.answer(session, lecturer, row.id, 1, Answer("因为。", 70.0, published=False), NOW)
    assert seen_by(session, another, lesson) == []
    actions.answer(session, staff, row.id, 2, Answer("因为竹林。", 70.0), NOW)
    assert seen_by(session, NOBODY, lesson) == ["为什么？"]
    with pytest.raises(Conflict):
        actions.answer(session, lecturer, row.id, 2, Answer("旧的页面"), NOW)
    for stranger in (another, lecturer, staff):
        with pytest.raises(NotFound):
            actions.withdraw(session, stranger, row.id)
    actions.withdraw(session, asker, row.id)
    assert seen_by(session, staff, lesson) == []


def test_an_asker_is_named_only_where_they_agree_also_to_whoever_answers(session: Session) -> None:
    staff = make.person(session, (Role.STAFF, make.root(session)))
    asker = make.person(session, name="李秀英")
    lesson = make.lesson(session, clips=1)
    for text in ("我是党员，想问账本。", "不说我是谁。"):
        asked(session, asker, lesson, text)
    for told in (
        queries.desk(session, staff, QuestionState.OPEN),
        queries.of_clip(session, staff, lesson.clips[0]),
    ):
        assert {one.row.text[:2]: one.asker for one in told.items} == {"我是": "李秀英", "不说": ""}


def test_a_lecturer_is_told_once_a_day_and_an_asker_when_answered(session: Session) -> None:
    lecturer = make.person(session, (Role.LECTURER, make.root(session)))
    askers = [make.person(session) for _ in range(3)]
    lesson = make.lesson(session, clips=1, owner=lecturer)
    rows = [asked(session, asker, lesson, f"第{n}问？") for n, asker in enumerate(askers)]
    asked(session, askers[0], lesson, "第二天？", days=1)
    actions.answer(session, lecturer, rows[0].id, 1, Answer("答。"), NOW)
    actions.answer(session, lecturer, rows[0].id, 2, Answer("答得更好。"), NOW)
    actions.decline(session, lecturer, rows[1].id, 1, "不在这一课。", NOW)
    session.flush()
    told = session.execute(select(Notice.kind, Notice.person_id).order_by(Notice.id)).all()
    assert sorted(map(tuple, told)) == sorted(
        [
            (Kind.QUESTION_ASKED, lecturer.person_id),
            (Kind.QUESTION_ASKED, lecturer.person_id),
            (Kind.QUESTION_ANSWERED, askers[0].person_id),
            (Kind.QUESTION_ANSWERED, askers[1].person_id),
        ]
    )
    assert queries.titles(session, askers[1], [rows[1].id])[rows[1].id][1] == "不在这一课。"
    assert queries.titles(session, askers[0], [rows[1].id]) == {}


def test_questions_are_limited_and_the_number_is_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker, another = make.person(session), make.person(session)
    lessons = [make.lesson(session, clips=1) for _ in range(rules.A_DAY // rules.OPEN_OF_ONE + 1)]
    for lesson in lessons[:-1]:
        for n in range(rules.OPEN_OF_ONE):
            asked(session, asker, lesson, f"第{n}问？")
    with pytest.raises(Throttled) as refused:
        asked(session, asker, lessons[0], "还有？")
    assert (refused.value.code, refused.value.values["most"]) == ("questions_open", rules.OPEN_OF_ONE)
    with pytest.raises(Throttled) as refused:
        asked(session, asker, lessons[-1], "还有？")
    assert refused.value.code == "questions_today"
    asked(session, asker, lessons[-1], "明天再问？", days=1.1)
    monkeypatch.setattr(rules, "OPEN_ON_LESSON", rules.OPEN_OF_ONE)
    with pytest.raises(Throttled) as refused:
        asked(session, another, lessons[0], "别人？")
    assert refused.value.code == "questions_lesson"


def test_nothing_is_asked_twice_or_about_what_is_not_published(session: Session) -> None:
    asker = make.person(session)
    lesson = make.lesson(session, clips=1)
    asked(session, asker, lesson)
    with pytest.raises(Conflict):
        asked(session, asker, lesson)
    owner = make.person(session, (Role.LECTURER, make.root(session)))
    draft = make.lesson(session, clips=1, owner=owner, state=LessonState.DRAFT)
    with pytest.raises(Conflict):
        asked(session, owner, draft)


def test_the_desk_and_its_number_have_what_waits_for_whoever_answers(session: Session) -> None:
    root = make.root(session)
    north = organisation.add_named(session, root, "北", NOW)
    lecturer, stranger = (make.person(session, (Role.LECTURER, north)) for _ in range(2))
    above, member = make.person(session, (Role.STAFF, root)), make.person(session)
    lesson = make.lesson(session, clips=1, owner=lecturer, branch=north)
    row = asked(session, member, lesson, "等着的？")
    done = asked(session, member, lesson, "答过的？")
    actions.answer(session, above, done.id, 1, Answer("答。"), NOW)
    for viewer, waits in ((lecturer, 1), (above, 1), (stranger, 0)):
        number = queries.number_open(viewer)
        assert number is not None
        assert session.scalar(number) == waits
        assert [one.row.id for one in queries.desk(session, viewer, QuestionState.OPEN).items] == [
            row.id
        ] * waits
    assert queries.number_open(member) is None


def test_of_who_is_erased_only_a_published_question_stays_and_without_a_name(session: Session) -> None:
    staff, asker = (
        make.person(session, (Role.STAFF, make.root(session))),
        make.person(session, name="李秀英"),
    )
    lesson = make.lesson(session, clips=1)
    asked(session, asker, lesson, "等着的？")
    shown = asked(session, asker, lesson, "我是想问？")
    actions.answer(session, staff, shown.id, 1, Answer("答。"), NOW)
    erase(session, str(asker.person_id), None)
    session.expire_all()
    [left] = queries.of_clip(session, staff, lesson.clips[0]).items
    assert (left.row.text, left.row.person_id, left.row.named, left.asker) == (
        "我是想问？",
        None,
        False,
        "",
    )
