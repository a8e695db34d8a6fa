"""The reader of the transcripts that lessons were given."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from library.catalog.tables import TranscriptVersion
from library.core.errors import NotFound
from library.people.tables import Person

_NO_NUMBER = 2**31
"""Beyond what an INTEGER of PostgreSQL holds; asked for it, a database raises an error of its own."""


def versions(session: Session, lesson_id: str) -> Sequence[TranscriptVersion]:
    """Return the transcripts that a lesson was given, newest first, without their lines."""
    return versions_of(session, [lesson_id]).get(lesson_id, ())


def versions_of(session: Session, lesson_ids: Sequence[str]) -> dict[str, list[TranscriptVersion]]:
    """Return what `versions` says of several lessons, by lesson id; lessons without one are left out."""
    found: dict[str, list[TranscriptVersion]] = {}
    rows = session.scalars(
        select(TranscriptVersion)
        .where(TranscriptVersion.lesson_id.in_(lesson_ids))
        .options(selectinload(TranscriptVersion.person).load_only(Person.name))
        .order_by(TranscriptVersion.lesson_id, TranscriptVersion.n.desc())
    )
    for row in rows:
        found.setdefault(row.lesson_id, []).append(row)
    return found


def version(session: Session, lesson_id: str, n: int) -> TranscriptVersion:
    """Return one of a lesson's transcripts; raises NotFound, also for a number that no column holds."""
    found = session.get(TranscriptVersion, (lesson_id, n)) if 0 < n < _NO_NUMBER else None
    if found is None:
        raise NotFound
    return found


def version_in_use(session: Session, lesson_id: str) -> TranscriptVersion | None:
    """Return the transcript that a lesson's cues are made from; None when it was given none."""
    return session.scalars(
        select(TranscriptVersion).where(TranscriptVersion.lesson_id == lesson_id, TranscriptVersion.in_use)
    ).first()


def version_by_digest(session: Session, lesson_id: str, digest: str) -> TranscriptVersion | None:
    """Return the transcript of a lesson that says exactly this."""
    return session.scalars(
        select(TranscriptVersion).where(
            TranscriptVersion.lesson_id == lesson_id, TranscriptVersion.digest == digest
        )
    ).first()
