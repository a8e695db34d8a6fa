"""The only writer of looks at what takes space, and of what else a worker is asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, NotFound
from library.upkeep.rules import KEEP_DAYS, SPACE, Task
from library.upkeep.tables import Look

_DEEDS = {Task.SWEEP: Deed.SWEPT, Task.TRY: Deed.RESTORE_TESTED}


@dataclass(frozen=True)
class Taken:
    """What a worker is at; `turn` tells it from whoever takes it up after it."""

    id: int
    task: Task
    about: str
    turn: int


def ask(session: Session, by: str | None, task: Task, now: datetime, about: str = "") -> bool:
    """Ask a worker for something; returns whether it was not asked for already."""
    if session.scalars(select(Look.id).where(Look.task == task, Look.done_at.is_(None))).first() is not None:
        return False
    session.add(Look(task=task, asked_by=by, asked_at=now, about=about))
    if task in _DEEDS:
        audit.note(session, _DEEDS[task], by, thing=about)
    session.flush()
    return True


def ask_daily(session: Session, now: datetime) -> None:
    """Ask for the look of the day when the last one is a day old."""
    young = select(Look.id).where(Look.task == Task.MEASURE, Look.asked_at > now - timedelta(hours=23))
    if session.scalars(young.limit(1)).first() is None:
        ask(session, None, Task.MEASURE, now)
    session.execute(delete(Look).where(Look.done_at < now - timedelta(days=KEEP_DAYS)))


def take(
    session: Session, now: datetime, holder: str, dead_after: timedelta, tasks: Collection[Task] = SPACE
) -> Taken | None:
    """Take the oldest that waits, or whose worker has given no sign of life for `dead_after`; of two workers
    one gets it. Machines' clocks are compared: they must go within a minute of each other."""
    free = or_(Look.begun_at.is_(None), Look.beat_at.is_(None), Look.beat_at < now - dead_after)
    wanted = (Look.done_at.is_(None), Look.task.in_(tasks), free)
    row = session.scalars(select(Look).where(*wanted).order_by(Look.id)).first()
    if row is None:
        return None
    mine = (
        update(Look)
        .where(Look.id == row.id, Look.turn == row.turn, Look.done_at.is_(None))
        .values(begun_at=now, beat_at=now, holder=holder, turn=row.turn + 1, percent=0.0)
    )
    turn = session.scalars(mine.returning(Look.turn)).first()
    return None if turn is None else Taken(row.id, row.task, row.about, turn)


def beat(session: Session, taken: Taken, now: datetime, percent: float) -> bool:
    """Give a sign of life; returns whether it is still this worker's: it was frozen, say, and another took
    it, or somebody gave it up."""
    values = update(Look).where(*_of(taken)).values(beat_at=now, percent=percent)
    return session.scalars(values.returning(Look.id)).first() is not None


def let_go(session: Session, taken: Taken) -> None:
    """Leave one that was begun to whoever comes next: this worker stops."""
    session.execute(update(Look).where(*_of(taken)).values(begun_at=None, beat_at=None, holder=""))


def let_go_all(session: Session, holder: str, tasks: Collection[Task]) -> None:
    """Leave what a worker of this name had begun: it begins now, so it is not at anything."""
    its = (Look.holder == holder, Look.task.in_(tasks), Look.done_at.is_(None))
    session.execute(update(Look).where(*its).values(begun_at=None, beat_at=None, holder=""))


def end(
    session: Session, taken: Taken, now: datetime, figures: dict[str, Any] | None, reason: str = ""
) -> bool:
    """Note how one ended; returns whether it was still this worker's to end."""
    values = update(Look).where(*_of(taken)).values(done_at=now, figures=figures, reason=reason, holder="")
    return session.scalars(values.returning(Look.id)).first() is not None


def give_up(session: Session, look_id: int, by: str | None, now: datetime) -> None:
    """Let somebody take back what they asked for; whoever is at it stops at its next sign of life.

    Raises NotFound, Conflict("nothing_to_cancel") where it has ended.
    """
    row = session.get(Look, look_id)
    if row is None:
        raise NotFound
    mine = update(Look).where(Look.id == look_id, Look.done_at.is_(None))
    ended = mine.values(done_at=now, reason="upkeep_given_up", holder="")
    if session.scalars(ended.returning(Look.id)).first() is None:
        raise Conflict("nothing_to_cancel")
    audit.note(session, Deed.GIVEN_UP, by, thing=str(look_id), what=str(row.task))


def _of(taken: Taken) -> tuple[Any, ...]:
    return Look.id == taken.id, Look.turn == taken.turn, Look.done_at.is_(None), Look.holder != ""
