"""Lessons on lists of work: where each is between uploaded and published."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.intake import queries
from server.web.parts import Reason, WorkRow
from server.web.shown.lesson_cards import LessonCards


def work_rows(cards: LessonCards, session: Session, lessons: list[Lesson]) -> tuple[WorkRow, ...]:
    """Return lessons as lists of work show them."""
    works = queries.works(session, [lesson.id for lesson in lessons])
    rows = []
    for lesson, card in zip(lessons, cards.of(session, lessons), strict=True):
        recording, work = works.get(lesson.id, (None, None))
        rows.append(
            WorkRow(
                lesson=card,
                recording_state=work.state if work else "none",
                percent=work.percent if work else 0.0,
                reason=Reason(code=work.reason, args=work.reason_args) if work and work.reason else None,
                uploaded_by=lesson.owner.name if lesson.owner else None,
                uploaded_at=recording.created_at if recording else lesson.created_at,
            )
        )
    return tuple(rows)
