"""The clock is passed in, so that rules never read it and tests can move it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

Clock = Callable[[], datetime]

# Lessons are taught on Chinese days and Chinese Mondays, wherever the server stands.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """Return the Chinese calendar day of an aware moment."""
    return moment.astimezone(CHINA).date()


def midnight(day: date) -> datetime:
    """Return the moment when a Chinese calendar day begins."""
    return datetime.combine(day, time(), CHINA)


def week_start(day: date) -> date:
    """Return the Monday of the week of `day`: the week of a party lesson begins on Monday."""
    return day - timedelta(days=day.weekday())
