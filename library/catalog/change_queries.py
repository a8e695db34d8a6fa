"""The only reader of what changed in the catalogue, for whoever keeps a picture of it: index and media."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog.permits import media_audience
from library.catalog.tables import Clip, DeletedLesson, Lesson, Revision


@dataclass(frozen=True)
class Changes:
    """What an index that has seen everything up to its mark must learn: lessons to read again, and gone ones.

    `mark` is the revision after these changes.
    """

    lesson_ids: tuple[str, ...]
    deleted_ids: tuple[str, ...]
    mark: int


def latest_revision(session: Session) -> int:
    """Return the newest revision that is visible; 0 for a new library."""
    return session.scalar(select(Revision.value)) or 0


def changes_since(session: Session, mark: int, limit: int) -> Changes:
    """Return up to `limit` changes after `mark`, in the order in which they became visible.

    `session` must show one state of the data (`Database.read`): a change that became visible between the two
    statements below, and took a number below the second's newest, would be passed over for ever.
    """
    changed = session.execute(
        select(Lesson.revision, Lesson.id)
        .where(Lesson.revision > mark)
        .order_by(Lesson.revision)
        .limit(limit)
    ).all()
    deleted = session.execute(
        select(DeletedLesson.revision, DeletedLesson.lesson_id)
        .where(DeletedLesson.revision > mark)
        .order_by(DeletedLesson.revision)
        .limit(limit)
    ).all()
    merged = sorted(
        [(revision, lesson_id, False) for revision, lesson_id in changed]
        + [(revision, lesson_id, True) for revision, lesson_id in deleted]
    )
    taken = merged[:limit]
    return Changes(
        lesson_ids=tuple(i for _r, i, gone in taken if not gone),
        deleted_ids=tuple(i for _r, i, gone in taken if gone),
        mark=taken[-1][0] if taken else mark,
    )


def narrowed_clips(session: Session, since: datetime) -> dict[str, str]:
    """Return for whom clips play that have been taken from somebody since a moment, by their ids.

    The words are those of `media_plays`. Clips that are open to everyone again are left out.
    """
    rows = session.execute(
        select(Clip.id, Lesson.state, Lesson.audience, Lesson.chosen)
        .join(Clip.lesson)
        .where(Lesson.narrowed_at >= since)
    )
    found = {
        clip_id: media_audience(state, audience, frozenset(chosen))
        for clip_id, state, audience, chosen in rows
    }
    for clips in session.scalars(select(DeletedLesson.clips).where(DeletedLesson.deleted_at >= since)):
        found.update(dict.fromkeys(clips, "nobody"))
    return {clip_id: open_to for clip_id, open_to in found.items() if open_to != "everyone"}
