"""Weeks as the calendar of ISO 8601 has them: from Monday to Sunday, 52 or 53 in a year. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from library.core.days import parse_date
from library.core.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1950, 2200
_WRITTEN = re.compile(r"(\d{4})\s*[-/年]?\s*(?:[Ww]|第)\s*(\d{1,2})\s*周?")
_DAY_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")
_SPREADSHEETS_DAY_0 = date(1899, 12, 30)

RELEASED_AT = time(8)
"""When a week comes out on its Monday where nobody says otherwise."""


@dataclass(frozen=True, order=True)
class Week:
    """A week. `year` is that of its Thursday, so that a week belongs to one year alone: the Monday of
    2026-W53 lies in 2026 and its Sunday in 2027. Its text sorts as it does."""

    year: int
    n: int

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.n:02}"

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.n, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    def after(self, weeks: int) -> Week:
        """Return the week so many weeks later, earlier for a negative number."""
        return week_of(self.monday + timedelta(weeks=weeks))

    def until(self, other: Week) -> int:
        """Return how many weeks later another one is."""
        return (other.monday - self.monday).days // 7


def week_of(day: date) -> Week:
    """Return the week in which a day lies."""
    year, n, _weekday = day.isocalendar()
    return Week(year, n)


def read_week(text: str, field: str = "week") -> Week:
    """Read a week as addresses write it, 2026-W49; raises Invalid("week_unreadable") naming `field`.

    A year of 52 weeks has no week 53.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise Invalid("week_unreadable", field=field, text=text.strip()[:40])
    return _week(int(match[1]), int(match[2]), text, field)


def _week(year: int, n: int, text: str, field: str) -> Week:
    try:
        week = Week(year, n)
        monday = week.monday
    except ValueError:
        monday = None
    if monday is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("week_unreadable", field=field, text=text.strip()[:40])
    return week


def week_meant(text: str, field: str = "week") -> Week:
    """Read a week as lists write it: 2026-W49, 2026年第49周, or any day of it, also as spreadsheets count
    days. Raises Invalid("week_unreadable").
    """
    typed = text.strip()
    if _WRITTEN.fullmatch(typed):
        return read_week(typed, field)
    if _DAY_NUMBER.fullmatch(typed):
        return week_of(_SPREADSHEETS_DAY_0 + timedelta(days=int(float(typed))))
    try:
        day = parse_date(typed, field)
    except Invalid:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid("week_unreadable", field=field, text=typed[:40])
    return week_of(day)


def usual_release(week: Week, zone: tzinfo) -> datetime:
    """Return when a week comes out if nobody says otherwise: Monday, 08:00 on the clocks of `zone`."""
    return datetime.combine(week.monday, RELEASED_AT, zone)


def same_time_of(release: datetime, week: Week, other: Week, zone: tzinfo) -> datetime:
    """Return the release of another week on the same weekday and at the same hour on the clocks of `zone`."""
    local = release.astimezone(zone)
    day = other.monday + (local.date() - week.monday)
    return datetime.combine(day, local.time(), zone)


_AT = re.compile(r"(?:(?:周|星期|礼拜)([一二三四五六日天1-7]))?\s*(\d{1,2})[:：](\d{2})(?::\d{2}(?:\.\d+)?)?")
_WEEKDAYS = {
    **{sign: n for n, sign in enumerate("一二三四五六日")},
    "天": 6,
    **{str(n): n - 1 for n in range(1, 8)},
}
_FRACTION = re.compile(r"0?\.\d+|0")
_MOMENT = re.compile(r"(\S+?)\s*[T ]\s*(\d{1,2})[:：](\d{2})(?::\d{2}(?:\.\d+)?)?")


def read_release(text: str, week: Week, zone: tzinfo, field: str = "release_at") -> datetime | None:
    """Read a moment of release, to the minute: 08:00 (on Monday), 周三 19:30, 2026-12-02 19:30; "" is None.

    A part of a day is an hour, as spreadsheets count it. Raises Invalid("release_unreadable").
    """
    typed = text.strip()
    if not typed:
        return None
    wrong = Invalid("release_unreadable", field=field, text=typed[:40])
    if _FRACTION.fullmatch(typed):
        minutes = round(float(typed) * 24 * 60)
        return datetime.combine(week.monday, time(), zone) + timedelta(minutes=min(minutes, 24 * 60 - 1))
    at = _AT.fullmatch(typed)
    moment = _MOMENT.fullmatch(typed)
    try:
        if at is not None:
            day = week.monday + timedelta(days=_WEEKDAYS[at[1]] if at[1] else 0)
            return datetime.combine(day, time(int(at[2]), int(at[3])), zone)
        if moment is not None:
            said = parse_date(moment[1], field)
            if said is not None:
                return datetime.combine(said, time(int(moment[2]), int(moment[3])), zone)
    except (ValueError, Invalid):
        raise wrong from None
    raise wrong
