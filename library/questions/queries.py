"""The only reader of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.core.rights import Act, role_at_node
from library.organisation import queries as organisation
from library.people.tables import Person
from library.questions.permits import may_answer
from library.questions.rules import COUNTED, QuestionState
from library.questions.tables import Question

PAGE_SIZE = 20


@dataclass(frozen=True)
class Told:
    """A question with its lesson, and the asker's name where whoever reads it may know it."""

    row: Question
    asker: str
    lesson: Lesson | None = None


def lately(session: Session, lesson_id: str, person_id: str, since: datetime) -> tuple[int, int, int]:
    """Return how many questions wait on a lesson: somebody's own, and all; between them how many they asked
    since a moment."""
    waits = (Question.lesson_id == lesson_id, Question.state == QuestionState.OPEN)
    counted = select(func.count()).select_from(Question)
    theirs = Question.person_id == person_id
    row = session.execute(
        select(
            counted.where(*waits, theirs).scalar_subquery(),
            counted.where(theirs, Question.asked_at > since).scalar_subquery(),
            counted.where(*waits).scalar_subquery(),
        )
    ).one()
    return row[0], row[1], row[2]


def is_repeated(session: Session, lesson_id: str, person_id: str, text: str) -> bool:
    """Tell whether somebody's same words wait on a lesson already."""
    same = (
        Question.lesson_id == lesson_id,
        Question.person_id == person_id,
        Question.text == text,
        Question.state == QuestionState.OPEN,
    )
    return session.scalar(select(Question.id).where(*same).limit(1)) is not None


def question(session: Session, question_id: str) -> Question:
    """Return a question whoever asks; raises NotFound."""
    row = session.get(Question, question_id)
    if row is None:
        raise NotFound
    return row


def to_answer(session: Session, viewer: Viewer, question_id: str, *, held: bool = True) -> Question:
    """Return a question that the viewer may answer; raises NotFound, also where they may not. `held`:
    until the transaction ends."""
    row = session.get(Question, question_id, with_for_update=held)
    if row is None or not may_answer(viewer, catalog.facts(catalog.lesson(session, row.lesson_id))):
        raise NotFound
    return row


def of_clip(session: Session, viewer: Viewer, clip: Clip, number: int = 1) -> Page[Told]:
    """Return a page of what is asked at the seconds of a clip, in their order: what is published, the
    viewer's own, and for whoever answers all. The clip is one that the viewer may see."""
    number = clean_number(number)
    lesson = catalog.lesson(session, clip.lesson_id)
    all_of_them = may_answer(viewer, catalog.facts(lesson))
    where: list[ColumnElement[bool]] = [
        Question.lesson_id == clip.lesson_id,
        Question.moment_s >= clip.start_s,
        Question.moment_s < clip.end_s,
    ]
    if not all_of_them:
        seen: list[ColumnElement[bool]] = [Question.state == QuestionState.PUBLISHED]
        if viewer.person_id is not None:
            seen.append(Question.person_id == viewer.person_id)
        where.append(or_(*seen))
    total = session.scalar(select(func.count()).select_from(Question).where(*where)) or 0
    wanted = select(Question, Person.name).where(*where).order_by(Question.moment_s, Question.id)
    rows = _page(session, wanted, number)
    return Page([Told(row, _name(row, name)) for row, name in rows], number, PAGE_SIZE, total)


def _page(
    session: Session, wanted: Select[Question, str], number: int
) -> Sequence[tuple[Question, str | None]]:
    named = wanted.outerjoin(Person, Person.id == Question.person_id)
    found = session.execute(named.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return [(row, name) for row, name in found]


def _name(row: Question, name: str | None) -> str:
    return (name or "") if row.named else ""


def told(session: Session, row: Question) -> Told:
    """Return a question with its lesson and, where they agreed, its asker's name."""
    asker = session.get(Person, row.person_id) if row.named and row.person_id else None
    return Told(row, asker.name if asker is not None else "", catalog.lesson(session, row.lesson_id))


def mine(session: Session, viewer: Viewer, number: int = 1) -> Page[Told]:
    """Return a page of what the viewer asked, the newest first."""
    number = clean_number(number)
    theirs = Question.person_id == viewer.person_id
    total = session.scalar(select(func.count()).select_from(Question).where(theirs)) or 0
    rows = (
        select(Question, Lesson)
        .outerjoin(Lesson, and_(Lesson.id == Question.lesson_id, catalog.visible(viewer)))
        .where(theirs)
        .order_by(Question.asked_at.desc(), Question.id.desc())
    )
    shown = session.execute(rows.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([Told(row, viewer.name, lesson) for row, lesson in shown], number, PAGE_SIZE, total)


def _to_answer(viewer: Viewer) -> Select[str]:
    """Return the ids of the lessons whose questions the viewer answers."""
    own = Lesson.owner_id == viewer.person_id
    ways = [own] if viewer.has(Role.LECTURER) else []
    held = organisation.outermost(viewer, role_at_node(Act.QUESTION_ANSWER))
    if held:
        ways.append(Lesson.node_id.in_(organisation.inside_of(held)))
    return select(Lesson.id).where(or_(*ways)) if ways else select(Lesson.id).where(Lesson.id.is_(None))


def desk(session: Session, viewer: Viewer, state: QuestionState, number: int = 1) -> Page[Told]:
    """Return a page of the questions that the viewer answers, of one state: what waits the oldest first."""
    number = clean_number(number)
    where = (Question.lesson_id.in_(_to_answer(viewer)), Question.state == state)
    total = session.scalar(select(func.count()).select_from(Question).where(*where)) or 0
    moment = Question.asked_at if state is QuestionState.OPEN else Question.changed_at.desc()
    rows = (
        select(Question, Person.name, Lesson)
        .join(Lesson, Lesson.id == Question.lesson_id)
        .outerjoin(Person, Person.id == Question.person_id)
        .where(*where)
        .order_by(moment, Question.id)
    )
    shown = session.execute(rows.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    found = [Told(row, _name(row, name), lesson) for row, name, lesson in shown]
    return Page(found, number, PAGE_SIZE, total)


def number_open(viewer: Viewer) -> Select[int] | None:
    """Return a count of what waits for the viewer's answer, no further than COUNTED; None for who answers
    nothing."""
    if not viewer.has(Role.LECTURER):
        return None
    where = (Question.state == QuestionState.OPEN, Question.lesson_id.in_(_to_answer(viewer)))
    some = select(Question.id).where(*where).limit(COUNTED).subquery()
    return select(func.count()).select_from(some)


def titles(session: Session, viewer: Viewer, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return of those among some questions that are the viewer's own the answer, or why there is none, and
    the title of the lesson where they still see it."""
    rows = (
        select(Question.id, Question.answer, Question.reason, Lesson.title)
        .outerjoin(Lesson, and_(Lesson.id == Question.lesson_id, catalog.visible(viewer)))
        .where(Question.person_id == viewer.person_id, Question.id.in_(ids))
    )
    return {one: (title or "", reason or answer) for one, answer, reason, title in session.execute(rows)}
