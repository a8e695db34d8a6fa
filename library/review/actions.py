"""The only writer of the log of decisions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog.permits import Action, Audience
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import short_line
from library.review import rules
from library.review.rules import Decided
from library.review.tables import Decision

NOTE_MAX = 500


def publish(session: Session, viewer: Viewer, lesson_id: str, note: str, now: datetime) -> Lesson:
    """Publish a lesson; raises NotFound, Forbidden, Conflict, and Invalid for a long note."""
    lesson = catalog_queries.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
    move(session, lesson, viewer.person_id, note, now)
    return lesson


def move(session: Session, lesson: Lesson, person_id: str | None, note: str, now: datetime) -> None:
    """Publish a lesson whose permit was decided elsewhere (the command line); raises Conflict."""
    catalog.touch(session, lesson)  # of two at once the second sees what the first did
    playable = any(clip.plan for clip in lesson.clips)
    has_words = lesson.transcript is not TranscriptQuality.NONE or bool(lesson.summary)
    state = rules.published(lesson.state, playable=playable, has_words=has_words)
    catalog.set_state(session, lesson, state, now)
    _log(session, lesson, person_id, Decided.PUBLISH, note, now)


def withdraw(session: Session, viewer: Viewer, lesson_id: str, note: str, now: datetime) -> Lesson:
    """Take a published lesson back; raises NotFound, Forbidden, Conflict, and Invalid for a long note."""
    lesson = catalog_queries.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
    catalog.touch(session, lesson)
    catalog.set_state(session, lesson, rules.withdrawn(lesson.state), now)
    _log(session, lesson, viewer.person_id, Decided.WITHDRAW, note, now)
    return lesson


def set_audience(
    session: Session, viewer: Viewer, lesson_id: str, audience: Audience, now: datetime
) -> Lesson:
    """Say for whom a lesson is; raises NotFound, Forbidden."""
    lesson = catalog_queries.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
    if lesson.audience is not audience:
        catalog.set_audience(session, lesson, audience, now)
        _log(session, lesson, viewer.person_id, Decided.AUDIENCE, str(audience), now)
    return lesson


def _log(
    session: Session, lesson: Lesson, person_id: str | None, what: Decided, note: str, now: datetime
) -> None:
    session.add(
        Decision(
            id=new_id(),
            lesson_id=lesson.id,
            person_id=person_id,
            what=what,
            note=short_line(note, "note", NOTE_MAX),
            at=now,
        )
    )
    session.flush()
