"""Which days somebody asks about: a named range, or from one day to another. Values in, decision out."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from library.core.errors import Invalid
from library.plays.figures import Span

RANGES = ("7", "30", "year", "all")
"""The ranges that have a name: the last 7 or 30 days with today, this year, everything."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The days that were chosen; `name` is one of RANGES, or "" when days were typed."""

    name: str
    span: Span

    @property
    def query(self) -> str:
        """The part of an address that chooses the same days."""
        if self.name:
            return urlencode({"range": self.name})
        return urlencode({"from": _typed(self.span.first), "to": _typed(self.span.last)})


def choose(name: str, first: str, last: str, today: date, *, default: str) -> Chosen:
    """Return the days that are meant; typed days win over a name, and nothing typed is `default`.

    Days are ISO dates; one may be missing: since the beginning, or until today. Days after today are today,
    and two in the wrong order are turned round. Raises Invalid("bad_range") for an unknown name, and
    Invalid("bad_day") for what is no day.
    """
    if first or last:
        begin, end = _day(first, "from"), _day(last, "to") or today
        if begin is not None and begin > end:
            begin, end = end, begin
        return Chosen("", Span(min(begin, today) if begin else None, min(end, today)))
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
