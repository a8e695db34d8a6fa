"""When somebody may begin, change and end to belong somewhere: days in a row that never lie over each other.

Pure. A stay holds from `since` through the day before `until`, so that whoever goes and comes on one day is
counted once on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from library.core.errors import Conflict, Invalid


class Stay(Protocol):
    """What is dated: a membership, an exemption, a term, a place in a group."""

    since: date
    until: date | None


def holds_on(stay: Stay, day: date) -> bool:
    """Tell whether a stay holds on a day."""
    return stay.since <= day and (stay.until is None or day < stay.until)


def check_day(day: date, today: date, field: str = "day") -> date:
    """Return the day; raises Invalid("day_to_come") for one after `today`: that has not happened yet."""
    if day > today:
        raise Invalid("day_to_come", field=field, day=day.isoformat())
    return day


def check_order(since: date, until: date) -> None:
    """Raise Invalid("ends_before") for an end that lies before the beginning."""
    if until < since:
        raise Invalid("ends_before", field="day", since=since.isoformat())


def check_free(stays: Iterable[Stay], day: date) -> None:
    """Raise Conflict("home_since") unless a home can begin on `day`: behind all that others have begun.

    One that is open ends on that day; none may have begun or ended after it, since a day of it would be lost.
    """
    for stay in stays:
        if stay.since > day or (stay.until is not None and stay.until > day):
            last = stay.since if stay.until is None else max(stay.since, stay.until)
            raise Conflict("home_since", field="day", since=last.isoformat())


def check_apart(stays: Iterable[Stay], since: date, until: date | None) -> None:
    """Raise Conflict("home_overlaps") when [since, until) lies over one of some other stays."""
    for stay in stays:
        begins_before_end = until is None or stay.since < until
        ends_after_begin = stay.until is None or stay.until > since
        empty = stay.since == stay.until or since == until
        if begins_before_end and ends_after_begin and not empty:
            raise Conflict("home_overlaps", field="day", since=stay.since.isoformat())
