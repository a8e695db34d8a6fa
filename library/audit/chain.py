"""The chain over the ledger: entries get their places, days are sealed, and what is old enough is forgotten.

Entries are not linked when they are written. Each would then have to wait for the one before it to be
committed: on PostgreSQL every two who sign in at once, and crosswise whoever holds the end of the chain and
waits for a row of somebody who waits for the end of the chain. So a thread links what was committed, seconds
later, one at a time; until then the triggers of the database keep an entry (decision 31).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import Session

from library.audit.actions import note
from library.audit.rules import LEAST_DAYS, Deed
from library.audit.sealing import GENESIS, SALT_LENGTH, Chained, link, mark
from library.audit.tables import AuditEntry, AuditSeal
from library.core.clock import Clock, local_day, midnight, utc_now
from library.core.database import Database

GRACE = timedelta(minutes=2)
"""So long after midnight a day is still open: for who wrote an entry before midnight and commits after it."""

AT_ONCE = 500
"""Entries that one transaction links: on SQLite nobody else writes meanwhile."""

# Whoever links is alone (two numbers, which no other lock of the program has).
_ALONE = text("SELECT pg_advisory_xact_lock(23, 1)")


@dataclass
class _End:
    """Where the chain ends: the last place, its link, and the day that is not sealed yet."""

    n: int
    link: str
    sealed: date | None
    through: int
    open_day: date | None

    def day_of(self, entry: AuditEntry) -> date:
        """Return the day with which an entry is sealed: its own, or a later one where that is sealed."""
        days = [local_day(entry.at)]
        if self.sealed is not None:
            days.append(self.sealed + timedelta(days=1))
        if self.open_day is not None:
            days.append(self.open_day)
        return max(days)


class Chain:
    """Links what was written down, for any number of processes on one database."""

    def __init__(self, db: Database, clock: Clock = utc_now) -> None:
        self._db, self._clock = db, clock

    def run(self) -> tuple[int, list[AuditSeal]]:
        """Link all there is and seal the days that are over; returns how many entries, and the new seals."""
        linked, seals = 0, list[AuditSeal]()
        while self._has_work():
            with self._db.write() as session:
                n, sealed = extend(session, self._clock())
                session.flush()
                session.expunge_all()
            linked += n
            seals += sealed
            if not n and not sealed:
                break
        return linked, seals

    def _has_work(self) -> bool:
        """Tell whether there is anything to do, without a lock."""
        with self._db.read() as session:
            now = self._clock()
            if session.scalar(select(AuditEntry.id).where(*_pending(now)).limit(1)) is not None:
                return True
            end = _end(session)
            return end.open_day is not None and end.open_day < local_day(now - GRACE)


def extend(session: Session, now: datetime) -> tuple[int, list[AuditSeal]]:
    """Link the oldest entries that have no place yet, at most AT_ONCE, and seal the days that are over.

    Returns how many were linked, and the seals. An entry of a day that has just begun waits until the day
    before it is sealed.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE)
    end, seals = _end(session), list[AuditSeal]()
    # Held, so that nobody is erased between what is read here and the marks that are made of it.
    rows = select(AuditEntry).where(*_pending(now)).order_by(AuditEntry.at, AuditEntry.id)
    entries = session.scalars(rows.limit(AT_ONCE).with_for_update()).all()
    for entry in entries:
        day = end.day_of(entry)
        if end.open_day is not None and day > end.open_day:
            seals.append(_seal(session, end, now))
        end.open_day = day
        _place(entry, end)
    if len(entries) < AT_ONCE and end.open_day is not None and end.open_day < local_day(now - GRACE):
        seals.append(_seal(session, end, now))
    return len(entries), seals


def _pending(now: datetime) -> tuple[ColumnElement[bool], ...]:
    begins = midnight(local_day(now - GRACE) + timedelta(days=1))
    return (AuditEntry.n.is_(None), AuditEntry.at < begins)


def _end(session: Session) -> _End:
    sealed = session.scalars(select(AuditSeal).order_by(AuditSeal.day.desc()).limit(1)).first()
    through, its_link = (sealed.through, sealed.link) if sealed is not None else (0, GENESIS)
    after = select(AuditEntry.n, AuditEntry.link).where(AuditEntry.n > through)
    last = session.execute(after.order_by(AuditEntry.n.desc()).limit(1)).first()
    latest = session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.n > through))
    end = _End(through, its_link, sealed.day if sealed is not None else None, through, None)
    if last is not None and latest is not None:
        end.n, end.link = last[0] or through, last[1] or its_link
        first_open = end.sealed + timedelta(days=1) if end.sealed is not None else local_day(latest)
        end.open_day = max(local_day(latest), first_open)
    return end


def _place(entry: AuditEntry, end: _End) -> None:
    entry.by_mark = mark(secrets.token_hex(SALT_LENGTH // 2), entry.by_person, entry.address)
    entry.of_mark = mark(secrets.token_hex(SALT_LENGTH // 2), entry.of_person)
    end.n += 1
    end.link = link(end.link, chained(entry, end.n))
    entry.n, entry.link = end.n, end.link


def chained(entry: AuditEntry, n: int) -> Chained:
    """Return an entry as it is chained at the place `n`."""
    return Chained(
        n,
        entry.id,
        entry.at,
        entry.deed.value,
        entry.thing,
        entry.program.value,
        entry.details,
        entry.changed,
        entry.by_mark or "",
        entry.of_mark or "",
    )


def _seal(session: Session, end: _End, now: datetime) -> AuditSeal:
    assert end.open_day is not None  # noqa: S101 - the callers have looked
    seal = AuditSeal(day=end.open_day, through=end.n, link=end.link, sealed_at=now)
    session.add(seal)
    end.sealed, end.through, end.open_day = end.open_day, end.n, None
    return seal


def forget(session: Session, kept: timedelta, now: datetime) -> int:
    """Forget the sealed days all of whose entries are older than `kept`; returns how many entries those were.

    Seals stay, so that the chain can be followed from the last of those days. It is itself written down.
    Raises ValueError for fewer than LEAST_DAYS days.
    """
    if kept < timedelta(days=LEAST_DAYS):
        raise ValueError(f"the ledger is kept for {LEAST_DAYS} days at least")
    # A day more than is asked for: the database counts by its own clock.
    before = now - kept - timedelta(days=1)
    through = _forgettable(session, before)
    if through is None:
        return 0
    gone = delete(AuditEntry).where(AuditEntry.n <= through)
    count = len(session.scalars(gone.returning(AuditEntry.id)).all())
    if count:
        note(session, Deed.FORGOTTEN, None, count=count, through=through)
    return count


def _forgettable(session: Session, before: datetime) -> int | None:
    """Return the last place of the last sealed day that is old enough with all before it, None for none."""
    first = session.scalar(select(func.min(AuditEntry.n)))
    if first is None:
        return None
    seals: Sequence[AuditSeal] = session.scalars(
        select(AuditSeal)
        .where(AuditSeal.day < local_day(before), AuditSeal.through >= first)
        .order_by(AuditSeal.day)
    ).all()
    found, begins = None, first
    for seal in seals:
        # A seal that came late holds younger ones than its day says.
        younger = select(AuditEntry.id).where(
            AuditEntry.n.between(begins, seal.through), AuditEntry.at >= before
        )
        if session.scalar(younger.limit(1)) is not None:
            break
        found, begins = seal.through, seal.through + 1
    return found
