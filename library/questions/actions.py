"""The only writer of questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Clip
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.people.tables import Person
from library.questions import queries, rules
from library.questions.rules import QuestionState, QuestionStep
from library.questions.tables import Question


@dataclass(frozen=True)
class Asked:
    """What somebody asks at a second of a clip; `named`: others may read who it was."""

    at_s: float
    text: str
    named: bool = False


def ask(session: Session, viewer: Viewer, clip: Clip, asked: Asked, now: datetime) -> Question:
    """Ask the lecturer; the clip is one that the viewer may see.

    The lecturer is told once a day for a lesson, however many ask. Raises Invalid: empty, too_long,
    question_second; Conflict: not_published, question_again; Throttled: questions_open, questions_today,
    questions_lesson.
    """
    assert viewer.person_id is not None  # noqa: S101 - who asks is signed in
    lesson = catalog.lesson(session, clip.lesson_id)
    if lesson.state is not LessonState.PUBLISHED:
        raise Conflict("not_published")
    text = _required(asked.text, "text", rules.TEXT_MAX)
    if not 0.0 <= asked.at_s <= clip.end_s - clip.start_s + 1.0:
        raise Invalid("question_second", field="at")
    rules.check_room(*queries.lately(session, lesson.id, viewer.person_id, now - rules.DAY))
    if queries.is_repeated(session, lesson.id, viewer.person_id, text):
        raise Conflict("question_again", field="text")
    row = Question(
        id=new_id(),
        lesson_id=lesson.id,
        moment_s=round(min(clip.start_s + asked.at_s, clip.end_s - 0.01), 2),
        person_id=viewer.person_id,
        named=asked.named,
        text=text,
        state=QuestionState.OPEN,
        answer="",
        answer_s=None,
        reason="",
        version=1,
        asked_at=now,
        changed_at=now,
        answered_by=None,
    )
    session.add(row)
    session.flush()
    if lesson.owner_id != viewer.person_id:
        key = f"question-asked:{lesson.id}:{local_day(now)}"
        notices.tell(session, [lesson.owner_id], News(Kind.QUESTION_ASKED, lesson.id, key=key), now)
    return row


def withdraw(session: Session, viewer: Viewer, question_id: str) -> None:
    """Take a question of one's own back, with its answer, whatever became of it; raises NotFound."""
    row = session.get(Question, question_id, with_for_update=True)
    if row is None or viewer.person_id is None or row.person_id != viewer.person_id:
        raise NotFound
    session.delete(row)
    session.flush()


@dataclass(frozen=True)
class Answer:
    """What is answered; `at_s` is the second of the lecture where it is said, None for nowhere. `published`:
    for all who see the lesson, else for the asker alone."""

    text: str
    at_s: float | None = None
    published: bool = True


def answer(
    session: Session, viewer: Viewer, question_id: str, version: int, given: Answer, now: datetime
) -> Question:
    """Answer a question, or answer it better; raises NotFound, Conflict, Invalid."""
    row = _held(session, viewer, question_id, version)
    text = _required(given.text, "answer", rules.ANSWER_MAX)
    length_s = catalog.lesson(session, row.lesson_id).duration_s
    if given.at_s is not None and not 0.0 <= given.at_s <= (length_s or given.at_s):
        raise Invalid("question_second", field="at")
    row.answer, row.answer_s, row.reason = text, given.at_s, ""
    step = QuestionStep.PUBLISH if given.published else QuestionStep.ANSWER
    _move(session, row, step, viewer, now)
    return row


def decline(
    session: Session, viewer: Viewer, question_id: str, version: int, reason: str, now: datetime
) -> Question:
    """Do not answer a question, and say why; raises NotFound, Conflict, Invalid."""
    row = _held(session, viewer, question_id, version)
    row.reason = _required(reason, "reason", rules.REASON_MAX)
    _move(session, row, QuestionStep.DECLINE, viewer, now)
    return row


def _required(text: str, field: str, most: int) -> str:
    block = clean_block(text, field, most)
    if not block:
        raise Invalid("empty", field=field)
    return block


def _held(session: Session, viewer: Viewer, question_id: str, version: int) -> Question:
    row = queries.to_answer(session, viewer, question_id)
    if row.version != version:
        raise Conflict("question_changed")
    return row


def _move(session: Session, row: Question, step: QuestionStep, viewer: Viewer, now: datetime) -> None:
    before = row.state
    row.state = rules.following(before, step)
    row.version += 1
    row.changed_at, row.answered_by = now, viewer.writer_id
    told = changes({"state": before}, {"state": row.state})
    audit.note(session, Deed.QUESTION, viewer.writer_id, thing=row.id, changed=told, what=step.value)
    session.flush()
    if row.person_id != viewer.person_id:
        # An answer that is mended is no news: once for the answer, once for the refusal.
        key = f"question-answered:{row.id}:{'no' if step is QuestionStep.DECLINE else 'yes'}"
        notices.tell(session, [row.person_id], News(Kind.QUESTION_ANSWERED, row.id, key=key), now)


def erase(session: Session, person: Person) -> None:
    """Forget what a person asked; what is published with an answer stays, without their name."""
    theirs = Question.person_id == person.id
    session.execute(delete(Question).where(theirs, Question.state != QuestionState.PUBLISHED))
    session.execute(update(Question).where(theirs).values(person_id=None, named=False))
