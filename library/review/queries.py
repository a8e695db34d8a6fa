"""The only reader of the log of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.people.tables import Person
from library.review.rules import Decided
from library.review.tables import Decision


@dataclass(frozen=True)
class HistoryLine:
    """Who did what when, and why."""

    at: datetime
    who: str
    what: Decided
    note: str


def history(session: Session, lesson_id: str) -> list[HistoryLine]:
    """Return the decisions about a lesson, newest first."""
    rows = session.execute(
        select(Decision, Person.name)
        .outerjoin(Person, Person.id == Decision.person_id)
        .where(Decision.lesson_id == lesson_id)
        .order_by(Decision.at.desc(), Decision.id.desc())
    )
    return [HistoryLine(d.at, name or "", d.what, d.note) for d, name in rows]
