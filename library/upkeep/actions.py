"""The only writer of looks at what takes space."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.upkeep.rules import KEEP_DAYS, TAKEN_UP_AFTER, Task
from library.upkeep.tables import Look


def ask(session: Session, by: str | None, task: Task, now: datetime) -> bool:
    """Ask a worker for something; returns whether it was not asked for already."""
    if session.scalars(select(Look.id).where(Look.task == task, Look.done_at.is_(None))).first() is not None:
        return False
    session.add(Look(task=task, asked_by=by, asked_at=now))
    if task is Task.SWEEP:
        audit.note(session, Deed.SWEPT, by)
    session.flush()
    return True


def ask_daily(session: Session, now: datetime) -> None:
    """Ask for the look of the day when the last one is a day old."""
    young = select(Look.id).where(Look.task == Task.MEASURE, Look.asked_at > now - timedelta(hours=23))
    if session.scalars(young.limit(1)).first() is None:
        ask(session, None, Task.MEASURE, now)
    session.execute(delete(Look).where(Look.done_at < now - timedelta(days=KEEP_DAYS)))


def take(session: Session, now: datetime) -> tuple[int, Task] | None:
    """Take the oldest that waits, or was begun by a worker that is no more; of two workers one gets it."""
    free = or_(Look.begun_at.is_(None), Look.begun_at < now - TAKEN_UP_AFTER)
    row = session.scalars(select(Look).where(Look.done_at.is_(None), free).order_by(Look.id)).first()
    if row is None:
        return None
    mine = update(Look).where(Look.id == row.id, Look.done_at.is_(None), free).values(begun_at=now)
    if session.scalars(mine.returning(Look.id)).first() is None:
        return None
    return row.id, row.task


def let_go(session: Session, look_id: int) -> None:
    """Leave one that was begun to whoever comes next: this worker stops."""
    session.execute(update(Look).where(Look.id == look_id, Look.done_at.is_(None)).values(begun_at=None))


def end(
    session: Session, look_id: int, now: datetime, figures: dict[str, Any] | None, reason: str = ""
) -> None:
    """Note how one ended."""
    session.execute(
        update(Look).where(Look.id == look_id).values(done_at=now, figures=figures, reason=reason)
    )
