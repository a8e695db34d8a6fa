"""The only reader of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.outbox.rules import LetterState
from library.outbox.tables import Letter


@dataclass(frozen=True)
class Standing:
    """How many letters wait, how many were given up lately, when the oldest waiting one was written, and what
    the mail server said of the last one that it did not take ("" nothing)."""

    waiting: int
    given_up: int
    oldest: datetime | None
    problem: str


def due(session: Session, now: datetime, most: int) -> Sequence[Letter]:
    """Return letters that are due, the longest waiting first."""
    wanted = select(Letter).where(Letter.state == LetterState.WAITING, Letter.due_at <= now)
    return session.scalars(wanted.order_by(Letter.due_at, Letter.id).limit(most)).all()


def standing(session: Session) -> Standing:
    """Return how the sending of letters stands."""
    waiting = func.count().filter(Letter.state == LetterState.WAITING)
    given_up = func.count().filter(Letter.state == LetterState.GIVEN_UP)
    oldest = func.min(Letter.written_at).filter(Letter.state == LetterState.WAITING)
    row = session.execute(select(waiting, given_up, oldest)).one()
    said = select(Letter.problem).where(Letter.problem != "", Letter.state != LetterState.SENT)
    problem = session.scalar(said.order_by(Letter.written_at.desc()).limit(1)) or ""
    return Standing(row[0], row[1], row[2], problem)


def count_since(session: Session, person_id: str, prefix: str, since: datetime) -> int:
    """Return how many letters whose key begins with `prefix` were written to a person since a moment."""
    theirs = (Letter.person_id == person_id, Letter.written_at > since, Letter.key.startswith(prefix))
    return session.scalar(select(func.count()).select_from(Letter).where(*theirs)) or 0
