"""The ledger of evidence is sealed, day by day, and followed again.

A day's rows are those that were written on it, which their ids tell: whatever is said later of an earlier day
belongs to the day on which it was said. So a closed day never changes, and a row that is changed, taken away
or slipped in among those of a sealed day is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from library.core.clock import local_day, midnight
from library.core.ids import first_id, made_at
from library.evidence.sealing import GENESIS, Sealed, digest, link
from library.evidence.tables import Evidence, EvidenceSeal

GRACE = timedelta(hours=1)
"""So long after midnight a day is still open: for who made a row before midnight and commits it after."""

MOST_AT_ONCE = 31
"""Days that one transaction seals."""

_COLUMNS = tuple(getattr(Evidence, name) for name in Sealed._fields)

# Whoever seals is alone (two numbers, which no other lock of the program has).
_ALONE = text("SELECT pg_advisory_xact_lock(39, 1)")


def seal(session: Session, now: datetime) -> list[EvidenceSeal]:
    """Seal the days that are over, the oldest first and at most MOST_AT_ONCE; returns the new seals."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE)
    last = _last(session)
    day = last.day + timedelta(days=1) if last is not None else _first_day(session)
    previous, seals = last.link if last is not None else GENESIS, list[EvidenceSeal]()
    while day is not None and day < local_day(now - GRACE) and len(seals) < MOST_AT_ONCE:
        rows, found = digest(_rows(session, day))
        previous = link(previous, day, rows, found)
        seals.append(EvidenceSeal(day=day, rows=rows, digest=found, link=previous, sealed_at=now))
        day += timedelta(days=1)
    session.add_all(seals)
    session.flush()
    return seals


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether a day is over that is not sealed, by a look at an index."""
    last = _last(session)
    day = last.day + timedelta(days=1) if last is not None else _first_day(session)
    return day is not None and day < local_day(now - GRACE)


class What(StrEnum):
    """What does not fit: rows were changed, taken away or slipped in; or the seals themselves do not."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    BEFORE = "before"
    SEAL = "seal"
    GAP = "gap"


@dataclass(frozen=True)
class Fault:
    """The first day that does not fit, with the rows it was sealed with and those that are there."""

    what: What
    day: date
    expected: int = 0
    found: int = 0


@dataclass(frozen=True)
class Verdict:
    """What was found: so many sealed `days` with `rows` fit, through the day `through` with `link`;
    `unsealed` rows were written since."""

    days: int
    rows: int
    through: date | None
    link: str
    unsealed: int
    fault: Fault | None


def verify(session: Session) -> Verdict:
    """Follow the chain from the first day; stops at the first that does not fit."""
    days, rows, through, previous, fault = 0, 0, None, GENESIS, None
    for one in session.scalars(select(EvidenceSeal).order_by(EvidenceSeal.day)):
        fault = _fault(session, one, through, previous)
        if fault is not None:
            break
        days, rows, through, previous = days + 1, rows + one.rows, one.day, one.link
    counted = select(func.count()).select_from(Evidence)
    if through is not None:
        counted = counted.where(Evidence.id >= first_id(midnight(through + timedelta(days=1))))
    unsealed = (session.scalar(counted) or 0) if fault is None else 0
    return Verdict(days, rows, through, previous if days else "", unsealed, fault)


def _fault(session: Session, one: EvidenceSeal, through: date | None, previous: str) -> Fault | None:
    if through is None:
        before = select(func.count()).where(Evidence.id < first_id(midnight(one.day)))
        if early := session.scalar(before):
            return Fault(What.BEFORE, one.day, 0, early)
    elif one.day != through + timedelta(days=1):
        return Fault(What.GAP, through + timedelta(days=1))
    rows, found = digest(_rows(session, one.day))
    if rows != one.rows:
        return Fault(What.MISSING if rows < one.rows else What.ADDED, one.day, one.rows, rows)
    if found != one.digest:
        return Fault(What.CHANGED, one.day, one.rows, rows)
    if link(previous, one.day, rows, found) != one.link:
        return Fault(What.SEAL, one.day, one.rows, rows)
    return None


def last_seal(session: Session) -> EvidenceSeal | None:
    """Return the seal of the last day that is sealed, None while there is none."""
    return _last(session)


def seal_like(session: Session, beginning: str) -> date | None:
    """Return the day whose link begins so, None where none does."""
    return session.scalar(select(EvidenceSeal.day).where(EvidenceSeal.link.startswith(beginning)).limit(1))


def _last(session: Session) -> EvidenceSeal | None:
    return session.scalars(select(EvidenceSeal).order_by(EvidenceSeal.day.desc()).limit(1)).first()


def _first_day(session: Session) -> date | None:
    first = session.scalars(select(Evidence.id).order_by(Evidence.id).limit(1)).first()
    return local_day(made_at(first)) if first is not None else None


def _rows(session: Session, day: date) -> Iterator[Sealed]:
    begins, ends = first_id(midnight(day)), first_id(midnight(day + timedelta(days=1)))
    rows = session.execute(
        select(*_COLUMNS).where(Evidence.id >= begins, Evidence.id < ends).order_by(Evidence.id),
        execution_options={"yield_per": 5_000},
    )
    return (Sealed(*row) for row in rows)
