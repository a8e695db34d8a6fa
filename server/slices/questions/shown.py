"""Questions as pages and the API show them: each with where its second plays by now."""

from __future__ import annotations

from collections.abc import Sequence

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.permits import Viewer
from library.questions.queries import Told
from library.questions.rules import QuestionState
from server.slices.questions.contexts import QuestionRow


def question_rows(
    told: Sequence[Told], viewer: Viewer, lesson: Lesson | None = None
) -> tuple[QuestionRow, ...]:
    """Return questions as rows; `lesson` is that of all of them where they do not bring their own."""
    return tuple(question_row(one, viewer, one.lesson or lesson) for one in told)


def question_row(one: Told, viewer: Viewer, lesson: Lesson | None) -> QuestionRow:
    """Return a question as a row."""
    row = one.row
    at = _place(lesson, row.moment_s)
    said = _place(lesson, row.answer_s) if row.answer_s is not None else None
    return QuestionRow(
        id=row.id,
        version=row.version,
        state=row.state,
        text=row.text,
        asked_at=row.asked_at,
        own=viewer.person_id is not None and row.person_id == viewer.person_id,
        asker=one.asker,
        answer=row.answer,
        reason=row.reason,
        answered_at=row.changed_at if row.state is not QuestionState.OPEN else None,
        lesson_id=lesson.id if lesson is not None else "",
        lesson=lesson.title if lesson is not None else "",
        url=f"/clips/{at[0].id}?t={at[1]:g}" if at else "",
        n=at[0].n if at else None,
        at_s=at[1] if at else None,
        said_url=f"/clips/{said[0].id}?t={said[1]:g}" if said else "",
        said_n=said[0].n if said else None,
        said_s=said[1] if said else None,
    )


def _place(lesson: Lesson | None, moment_s: float) -> tuple[Clip, float] | None:
    clip = catalog.clip_at(lesson, moment_s) if lesson is not None else None
    return (clip, round(max(0.0, moment_s - clip.start_s), 2)) if clip is not None else None
