"""The only reader of what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.choices.rules import Change
from library.choices.tables import Choice, ChoiceChange, ChoicesVersion, Emblem
from library.people.tables import Person


@dataclass(frozen=True)
class Chosen:
    """A value that somebody chose; `who` is "" for the command line and somebody erased."""

    value: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """One change: None stands for what the machine's settings said."""

    at: datetime
    who: str
    name: str
    what: Change
    before: str | None
    after: str | None


def version(session: Session) -> int:
    """Return the number of changes."""
    return session.scalar(select(ChoicesVersion.value)) or 0


def values(session: Session) -> dict[str, str]:
    """Return what was chosen, by name."""
    return {row.name: row.value for row in session.scalars(select(Choice))}


def chosen(session: Session) -> dict[str, Chosen]:
    """Return what was chosen, by whom and when, by name."""
    rows = session.execute(select(Choice, Person.name).outerjoin(Person, Person.id == Choice.changed_by))
    return {row.name: Chosen(row.value, who or "", row.changed_at) for row, who in rows}


def history(session: Session, most: int) -> list[Line]:
    """Return the last changes, the newest first."""
    rows = session.execute(
        select(ChoiceChange, Person.name)
        .outerjoin(Person, Person.id == ChoiceChange.person_id)
        .order_by(ChoiceChange.id.desc())
        .limit(most)
    )
    return [Line(row.at, who or "", row.name, row.what, row.before, row.after) for row, who in rows]


def emblem(session: Session, sha256: str) -> bytes | None:
    """Return a picture (PNG), None for one that nobody gave."""
    return session.scalar(select(Emblem.data).where(Emblem.sha256 == sha256))
