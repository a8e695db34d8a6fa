"""The only reader of looks at what takes space."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.upkeep.rules import MOST_DAYS, Figures, Task
from library.upkeep.tables import Look


@dataclass(frozen=True)
class Measured:
    """What a look found, and when."""

    at: datetime
    figures: Figures


def latest(session: Session) -> Measured | None:
    """Return the last look that ended well."""
    rows = select(Look).where(Look.task == Task.MEASURE, Look.done_at.is_not(None), Look.reason == "")
    row = session.scalars(rows.order_by(Look.done_at.desc(), Look.id.desc()).limit(1)).first()
    if row is None or row.done_at is None or row.figures is None:
        return None
    return Measured(row.done_at, Figures.of(row.figures))


def totals(session: Session, now: datetime) -> list[tuple[datetime, int]]:
    """Return when was measured and how much there was, in the days that are forecast from."""
    rows = session.scalars(
        select(Look)
        .where(Look.task == Task.MEASURE, Look.reason == "")
        .where(Look.done_at > now - timedelta(days=MOST_DAYS + 1))
        .order_by(Look.done_at)
    )
    return [(row.done_at, Figures.of(row.figures).total) for row in rows if row.done_at and row.figures]


def waiting(session: Session) -> list[Look]:
    """Return what was asked for and has not ended, the oldest first."""
    return list(session.scalars(select(Look).where(Look.done_at.is_(None)).order_by(Look.id)))


def trials(session: Session) -> dict[str, Look]:
    """Return the last trial of each backup that somebody asked for, by the backup's name, also one that has
    not ended."""
    rows = select(Look).where(Look.task == Task.TRY, Look.about != "").order_by(Look.id)
    return {row.about: row for row in session.scalars(rows)}


def last(session: Session, task: Task) -> Look | None:
    """Return the last of a kind that has ended, well or not."""
    rows = select(Look).where(Look.task == task, Look.done_at.is_not(None))
    return session.scalars(rows.order_by(Look.done_at.desc(), Look.id.desc()).limit(1)).first()
