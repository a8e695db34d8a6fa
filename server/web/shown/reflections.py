"""Published reflections as lists show them: on their own page, on a lesson's, in feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.reflections import queries
from library.reflections.queries import Told
from library.reflections.rules import without_marks
from server.web.parts import LessonRef

EXCERPT_MAX = 120
ON_LESSON = 3
"""Reflections on a lesson's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionLine:
    """A published reflection in a list. `excerpt` is its beginning; `lesson` None where it is about none, or
    the viewer may not see it; `week` is 2026-W49 or ""."""

    id: str
    title: str
    writer: str
    node: str
    at: datetime
    excerpt: str
    lesson: LessonRef | None = None
    week: str = ""
    has_sound: bool = False


def excerpt(text: str) -> str:
    """Return the beginning of a text in one line."""
    words = " ".join(without_marks(text).split())
    return words if len(words) <= EXCERPT_MAX else f"{words[: EXCERPT_MAX - 1]}…"


def reflection_lines(session: Session, viewer: Viewer, told: Sequence[Told]) -> tuple[ReflectionLine, ...]:
    """Return published reflections as lines: two statements, however many they are."""
    if not told:
        return ()
    lessons = queries.lessons_seen(session, viewer, {one.row.lesson_id for one in told})
    sounds = queries.with_sound(session, [one.row.id for one in told])
    return tuple(
        _line(
            one,
            lessons[one.row.lesson_id].title if one.row.lesson_id in lessons else "",
            one.row.id in sounds,
        )
        for one in told
    )


def lesson_reflections(session: Session, viewer: Viewer, lesson_id: str) -> tuple[ReflectionLine, ...]:
    """Return the newest published reflections about a lesson that the viewer is looking at: one statement."""
    newest = queries.newest_of_lesson(session, viewer, lesson_id, ON_LESSON)
    return tuple(_line(one, "", has_sound=False) for one in newest)


def _line(one: Told, lesson_title: str, has_sound: bool) -> ReflectionLine:
    row = one.row
    return ReflectionLine(
        id=row.id,
        title=row.title,
        writer=one.writer,
        node=one.node,
        at=row.published_at or row.changed_at,
        excerpt=excerpt(row.text),
        lesson=LessonRef(id=row.lesson_id, title=lesson_title) if row.lesson_id and lesson_title else None,
        week=row.week or "",
        has_sound=has_sound,
    )
