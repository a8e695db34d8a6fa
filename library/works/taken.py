"""What people took away from lessons for good, so that an old list that is imported again does not bring it
back. Giving it anew, by hand, is another matter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.works.tables import TakenAway


def note(session: Session, lesson_id: str, digest: str, now: datetime) -> None:
    """Note that something was taken away."""
    if session.get(TakenAway, (lesson_id, digest)) is None:
        session.add(TakenAway(lesson_id=lesson_id, digest=digest, at=now))
        session.flush()


def forget(session: Session, lesson_id: str, digest: str) -> None:
    """Note that it was given again."""
    row = session.get(TakenAway, (lesson_id, digest))
    if row is not None:
        session.delete(row)
        session.flush()


def was(session: Session, lesson_id: str, digest: str) -> bool:
    """Tell whether something was taken away, and not given again since."""
    return session.get(TakenAway, (lesson_id, digest)) is not None
