"""Which days somebody asks about: a named range, or from one day to another. Values in, decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from library.core.errors import Invalid
from library.plays.figures import Span

RANGES = ("7", "30", "year", "all")
"""The ranges that have a name: the last 7 or 30 days with today, this year, everything."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The days that were chosen; `name` is one of RANGES, or "" when days were typed.

    `problem` says why nothing can have been counted on them: the first is still to come, or the last comes
    before the first.
    """

    name: str
    span: Span
    problem: Literal["", "to_come", "reversed"] = ""

    def checked(self) -> Chosen:
        """Return the same; raises Invalid("days_reversed"), for whoever is no person at a page."""
        if self.problem == "reversed":
            raise Invalid("days_reversed", field="from")
        return self

    @property
    def query(self) -> str:
        """The part of an address that chooses the same days."""
        if self.name:
            return urlencode({"range": self.name})
        return urlencode({"from": _typed(self.span.first), "to": _typed(self.span.last)})


def choose(name: str, first: str, last: str, today: date, *, default: str) -> Chosen:
    """Return the days that are meant; typed days win over a name, and nothing typed is `default`.

    Days are ISO dates; one may be missing: since the beginning, or until today. A span that has begun ends
    today at the latest; one that has not, or whose end is before its beginning, stays as it was typed and is
    marked. Raises Invalid("bad_range") for an unknown name, and Invalid("bad_day") for what is no day.
    """
    if first or last:
        begin, end = _day(first, "from"), _day(last, "to")
        if begin is not None and end is not None and begin > end:
            return Chosen("", Span(begin, end), "reversed")
        if begin is not None and begin > today:
            return Chosen("", Span(begin, end or begin), "to_come")
        return Chosen("", Span(begin, min(end or today, today)))
    name = name or default
    if name not in RANGES:
        raise Invalid("bad_range", field="range")
    return Chosen(name, Span(_begin(name, today), today))


def _begin(name: str, today: date) -> date | None:
    if name == "all":
        return None
    if name == "year":
        return today.replace(month=1, day=1)
    return today - timedelta(days=int(name) - 1)


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("bad_day", field=field) from None


def _typed(day: date | None) -> str:
    return day.isoformat() if day else ""
