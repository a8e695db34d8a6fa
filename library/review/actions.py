"""The only writer of the log of decisions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, Detail, Value, changes
from library.catalog import actions as catalog
from library.catalog import audiences
from library.catalog import queries as catalog_queries
from library.catalog.audience import OpenTo
from library.catalog.permits import Action, Audience
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import short_line
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.review import rules
from library.review.rules import Decided
from library.review.tables import Decision
from library.versions import actions as versions
from library.versions.rules import Origin

NOTE_MAX = 500


_DEEDS = {
    Decided.PUBLISH: Deed.PUBLISHED,
    Decided.WITHDRAW: Deed.WITHDRAWN,
    Decided.AUDIENCE: Deed.AUDIENCE,
}


def publish(
    session: Session, viewer: Viewer, lesson_id: str, note: str, now: datetime, *, seen: int | None = None
) -> Lesson:
    """Publish a lesson, or the draft of one that is published; raises NotFound, Forbidden, and as `move`."""
    lesson = catalog_queries.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
    move(session, lesson, viewer.person_id, note, now, seen=seen)
    return lesson


def move(
    session: Session,
    lesson: Lesson,
    person_id: str | None,
    note: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let what waits of a lesson be what viewers see: the lesson itself, or its draft when it is published.

    Whoever calls it has decided that it may be. `seen` is the number (versions.queries.standing_whole) of
    what they had before them, None looks at none. Raises Conflict: already_published, nothing_to_publish,
    draft_changed; Invalid for a long note.
    """
    catalog.touch(session, lesson)  # of two at once the second sees what the first did
    before = lesson.state
    waited = versions.take_up(session, lesson, now, seen=seen)
    playable = any(clip.plan for clip in lesson.clips)
    has_words = lesson.transcript is not TranscriptQuality.NONE or bool(lesson.summary)
    state = rules.published(before, playable=playable, has_words=has_words, draft=waited)
    if state is not before:
        catalog.set_state(session, lesson, state, now)
    origin = Origin.DRAFT if state is before else Origin.PUBLISHED
    n = versions.record(session, lesson, origin, person_id, note, now).n
    told = changes({"state": before}, {"state": state})
    _log(session, lesson, person_id, Decided.PUBLISH, note, now, told, n=n)
    _tell_owner(session, lesson, person_id, Kind.LESSON_PUBLISHED, now)


def withdraw(session: Session, viewer: Viewer, lesson_id: str, note: str, now: datetime) -> Lesson:
    """Take a published lesson back; raises NotFound, Forbidden, Conflict, and Invalid for a long note."""
    lesson = catalog_queries.lesson_for(session, viewer, lesson_id, Action.PUBLISH)
    catalog.touch(session, lesson)
    before, state = lesson.state, rules.withdrawn(lesson.state)
    catalog.set_state(session, lesson, state, now)
    told = changes({"state": before}, {"state": state})
    _log(session, lesson, viewer.person_id, Decided.WITHDRAW, note, now, told)
    _tell_owner(session, lesson, viewer.person_id, Kind.LESSON_WITHDRAWN, now)
    return lesson


def set_audience(
    session: Session, viewer: Viewer, lesson_id: str, wanted: OpenTo | Audience, now: datetime
) -> Lesson:
    """Say for whom a lesson is; raises NotFound, Forbidden, and Invalid (catalog.audiences.set_audience)."""
    wanted = OpenTo(wanted) if isinstance(wanted, Audience) else wanted
    lesson = catalog_queries.lesson_for(session, viewer, lesson_id, Action.AUDIENCE)
    if (lesson.audience, tuple(lesson.chosen)) != (wanted.audience, wanted.tokens):
        told = changes({"audience": lesson.audience}, {"audience": wanted.audience})
        audiences.set_audience(session, lesson, wanted, now)
        _log(session, lesson, viewer.person_id, Decided.AUDIENCE, str(wanted.audience), now, told)
    return lesson


def _tell_owner(session: Session, lesson: Lesson, by: str | None, kind: Kind, now: datetime) -> None:
    """Tell whose lesson it is, unless they did it themselves."""
    if lesson.owner_id != by:
        notices.tell(session, [lesson.owner_id], News(kind, lesson.id), now)


def _log(
    session: Session,
    lesson: Lesson,
    person_id: str | None,
    what: Decided,
    note: str,
    now: datetime,
    told: dict[str, list[Value]],
    n: int | None = None,
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
    about: dict[str, Detail] = {}
    if what is Decided.AUDIENCE:
        about["audience"] = lesson.audience.value
    if n is not None:
        about["n"] = n
    audit.note(session, _DEEDS[what], person_id, of=None, thing=lesson.id, changed=told, **about)
    session.flush()
