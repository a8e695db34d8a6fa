"""A day that is closed is closed for good: how beats and whoever closes days keep out of each other's way.

On PostgreSQL every batch of beats holds a shared lock from before it looks at what is closed until its
commit, and closing takes the lock alone: whoever was on the way has arrived when it begins, and whoever comes
later sees what it did. SQLite lets one writer in at a time anyway.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.plays.tables import DaySum, Play, Seal, View

# Two numbers, which no lock of a person (one number of 64 bits) can be.
_SHARED = text("SELECT pg_advisory_xact_lock_shared(5, 1)")
_ALONE = text("SELECT pg_advisory_xact_lock(5, 1)")


class DayClosed(Exception):
    """What comes now would fall on a day that is closed; sent again it falls on the present one."""


def check_open(connection: Connection, at: datetime) -> None:
    """Make sure that what happened `at` can still be counted, until the commit; raises DayClosed."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARED)
    closed = connection.scalar(select(func.max(Seal.day)))
    if closed is not None and local_day(at) <= closed:
        raise DayClosed(closed.isoformat())


def close(session: Session, through: date, now: datetime) -> list[date]:
    """Close all days up to `through`; returns those that were open before, none while nothing was played."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE)
    last = connection.scalar(select(func.max(Seal.day)))
    first = last + timedelta(days=1) if last is not None else _first_day(connection)
    days = [first + timedelta(days=n) for n in range((through - first).days + 1)] if first else []
    session.add_all(Seal(day=day, closed_at=now) for day in days)
    session.flush()
    return days


def _first_day(connection: Connection) -> date | None:
    began = connection.scalar(select(func.min(Play.started_at)))
    known = [
        local_day(began) if began is not None else None,
        connection.scalar(select(func.min(DaySum.day))),
        connection.scalar(select(func.min(View.day))),
    ]
    return min((day for day in known if day is not None), default=None)
