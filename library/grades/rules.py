"""How points come about, which band they propose, what quotas leave, and the year's score. Pure.

All points are whole hundredths; a half is rounded up, as ROUND does in a spreadsheet.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from library.core.errors import Conflict, Invalid
from library.core.permits import MemberState
from library.evidence.rules import StudyForm
from library.grades.language import (
    BY_FORM,
    DEDUCTING,
    CountTerm,
    EnteredTerm,
    Fact,
    Quota,
    RuleKind,
    RuleSet,
    ShareTerm,
    cents,
)

REASON_MAX = 200
APPEAL_MAX = 1_000
BASIS_MAX = 200
BAND_MAX = 12
PERIOD_LENGTH, YEAR_LENGTH = 7, 4

Facts = Mapping[str, int]
"""What happened to a person in a period: "attended.evening" -> 3, "lectured" -> 1; what is 0 is left out.
`due` and `present` are of the frozen rolls, by form as well; `excused` was absent with a reason."""


class RulesState(StrEnum):
    """How far a version of a rule set is."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"


class PeriodState(StrEnum):
    """How far the grades of a branch's month are."""

    OPEN = "open"
    """Proposed; people decide."""
    FROZEN = "frozen"


class AppealState(StrEnum):
    """How far an appeal is."""

    OPEN = "open"
    UPHELD = "upheld"
    """The grade stays."""
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Line:
    """One line of a score: what it counts, how often (`due`: of how many), and the hundredths it gives.

    `fact` is the fact's code, "present" for a share, "" for what people entered (None: nobody did) and for
    the base; `forms` are those that a term names. `capped`: without the cap it would be `uncapped`.
    """

    name: str
    fact: str
    count: int | None
    due: int | None
    cents: int
    forms: tuple[str, ...] = ()
    capped: bool = False

    def to_json(self) -> list[Any]:
        """Return the line as it is stored."""
        return [self.name, self.fact, self.count, self.due, self.cents, list(self.forms), self.capped]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Line:
        """Read a stored line."""
        name, fact, count, due, points, forms, capped = value
        return cls(name, fact, count, due, points, tuple(forms), capped)


@dataclass(frozen=True)
class Scored:
    """A person's score: its lines, the daily points between floor and ceiling, the appraisal, and both.

    `score` is None where an appraisal is missing; `band` is the word it proposes, None for none.
    """

    lines: tuple[Line, ...]
    daily: int
    appraisal: int | None
    score: int | None
    band: str | None


def score(rules: RuleSet, facts: Facts, entered: Mapping[str, int], *, without: bool = False) -> Scored:
    """Return what a rule set makes of facts and of what was entered by hand (name -> hundredths).

    `without`: the person gets no grade, whatever the points are.
    """
    if rules.kind is RuleKind.REVIEW:
        return Scored((), 0, None, None, None)
    lines = tuple(_line(term, facts, entered) for term in rules.terms)
    floor, ceiling = cents(rules.floor), cents(rules.ceiling)
    daily = min(max(cents(rules.base) + sum(one.cents for one in lines), floor), ceiling)
    given = entered.get(rules.appraisal.name) if rules.appraisal else None
    total: int | None = daily
    if rules.appraisal is not None:
        part = rules.appraisal.percent
        total = None if given is None else half_up(daily * (100 - part) + given * part, 100)
    band = None if total is None or without else band_of(rules, total)
    return Scored(lines, daily, given, total, band)


def _line(term: CountTerm | ShareTerm | EnteredTerm, facts: Facts, entered: Mapping[str, int]) -> Line:
    match term:
        case CountTerm():
            count = counted(facts, term.fact, term.forms)
            free = count * cents(term.points)
            kept = free if term.most is None else min(free, cents(term.most))
            sign = -1 if term.fact in DEDUCTING else 1
            return Line(term.name, term.fact, count, None, sign * kept, tuple(term.forms), kept != free)
        case ShareTerm():
            due = total(facts, "due", term.forms)
            weight = {"full": 2, "half": 1, "none": 0}[term.made_up]
            there = total(facts, "present", term.forms)
            halves = min(2 * there + weight * total(facts, "made_good", term.forms), 2 * due)
            whole = cents(term.points)
            given = half_up(whole * halves, 2 * due) if due else whole * (term.none_due == "full")
            return Line(term.name, "present", there, due, given, tuple(term.forms))
        case EnteredTerm():
            points = entered.get(term.name)
            least, most = cents(term.least), cents(term.most)
            kept = min(max(points or 0, least), most)
            return Line(term.name, "", None, None, kept, (), points is not None and kept != points)


def counted(facts: Facts, fact: Fact, forms: Sequence[StudyForm]) -> int:
    """Return how often a fact happened, in some forms of study or in all."""
    return total(facts, fact, forms) if fact in BY_FORM else facts.get(fact, 0)


def total(facts: Facts, what: str, forms: Sequence[StudyForm]) -> int:
    """Return the sum of a fact over some forms of study, or over all."""
    return sum(facts.get(f"{what}.{form}", 0) for form in (forms or tuple(StudyForm)))


def half_up(number: int, by: int) -> int:
    """Divide whole numbers; a half goes away from zero, as ROUND does in a spreadsheet."""
    sign = -1 if number < 0 else 1
    return sign * ((2 * abs(number) + by) // (2 * by))


def band_of(rules: RuleSet, points: int) -> str | None:
    """Return the band that a score reaches."""
    return next((b.name for b in rules.bands if b.at_least is not None and points >= cents(b.at_least)), None)


def check_band(rules: RuleSet, band: str, field: str = "band") -> str:
    """Return a band of the rule set; raises Invalid("grades_band_unknown")."""
    if band not in [one.name for one in rules.bands]:
        raise Invalid("grades_band_unknown", field=field, band=band[:BAND_MAX])
    return band


@dataclass(frozen=True)
class Left:
    """What a quota leaves: at most so many of a band, and how many there are."""

    band: str
    most: int
    there: int
    of: int

    @property
    def over(self) -> bool:
        """Whether there are too many."""
        return self.there > self.most


def quotas(rules: RuleSet, bands: Iterable[str | None]) -> list[Left]:
    """Return what each quota leaves, rounded down, of those who are graded (None: somebody without)."""
    counts = Counter(one for one in bands if one is not None)
    all_ = sum(counts.values())
    return [_left(one, counts, all_) for one in rules.quotas]


def _left(quota: Quota, counts: Mapping[str, int], all_: int) -> Left:
    return Left(quota.band, all_ * quota.of[0] // quota.of[1], counts[quota.band], all_)


def check_quotas(rules: RuleSet, bands: Iterable[str | None]) -> None:
    """Raise Conflict("grades_quota") where a band was given more often than its quota allows."""
    for one in quotas(rules, bands):
        if one.over:
            raise Conflict("grades_quota", band=one.band, most=one.most, there=one.there, of=one.of)


def is_without(rules: RuleSet, state: MemberState | None) -> bool:
    """Tell whether somebody in a state gets no grade."""
    return state in rules.without_grade


def year_mean(months: Sequence[int | None]) -> int | None:
    """Return the mean of the frozen months' scores, None where none has one."""
    known = [one for one in months if one is not None]
    return half_up(sum(known), len(known)) if known else None


def year_score(rules: RuleSet, months: Sequence[int | None], appraisal: int | None) -> int | None:
    """Return the year's score; None without a formula, without months, or while the appraisal is missing."""
    formula, mean = rules.year, year_mean(months)
    if formula is None or mean is None:
        return None
    part = formula.months_percent
    if formula.appraisal is None:
        return mean
    return None if appraisal is None else half_up(mean * part + appraisal * (100 - part), 100)


def kind_of(period: str) -> RuleKind:
    """Tell what a period is graded by: a month (2026-11), a year (2026)."""
    return RuleKind.MONTH if len(period) == PERIOD_LENGTH else RuleKind.REVIEW


def read_period(text: str, field: str = "month") -> str:
    """Return a month (2026-11) or a year (2026); raises Invalid("grades_period")."""
    given = text.strip()
    year, _, month = given.partition("-")
    fits = len(year) == 4 and year.isascii() and year.isdecimal() and 2000 <= int(year) <= 2199
    if fits and given == year:
        return year
    if fits and len(month) == 2 and month.isascii() and month.isdecimal() and 1 <= int(month) <= 12:
        return given
    raise Invalid("grades_period", field=field, text=given[:20])


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a period."""
    if kind_of(period) is RuleKind.REVIEW:
        return date(int(period), 1, 1), date(int(period), 12, 31)
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def month_of(day: date) -> str:
    """Return the month of a day."""
    return f"{day:%Y-%m}"


def month_after(period: str, by: int = 1) -> str:
    """Return the month so many months later."""
    n = int(period[:4]) * 12 + int(period[5:]) - 1 + by
    return f"{n // 12:04d}-{n % 12 + 1:02d}"


_MIDDLE = 6
"""A year is named after the calendar year in which this month of it lies."""


def months_of(year: int, starts: int = 1, next_starts: int | None = None) -> tuple[str, ...]:
    """Return the months of a year that begins in a month; they end before the next one begins, so that every
    month is in one year, also where the beginning is moved."""
    first = _begins(year, starts)
    until = _begins(year + 1, starts if next_starts is None else next_starts)
    return tuple(f"{n // 12}-{n % 12 + 1:02d}" for n in range(first, until))


def _begins(year: int, starts: int) -> int:
    """Return the month in which a year begins, counted from the year 0."""
    return 12 * (year if starts <= _MIDDLE else year - 1) + starts - 1


def read_cents(text: str, field: str) -> int:
    """Return typed points in hundredths; raises Invalid("grades_points")."""
    clean = text.strip().replace("＋", "+").replace("－", "-").replace("−", "-")
    whole, dot, part = clean.lstrip("+-").partition(".")
    fits = whole.isascii() and whole.isdecimal() and len(whole) <= 4
    if not fits or (dot and not (part.isascii() and part.isdecimal() and len(part) <= 2)):
        raise Invalid("grades_points", field=field, text=clean[:20])
    value = int(whole) * 100 + int((part + "00")[:2] or 0)
    return -value if clean.startswith("-") else value


def shown(points: int | None) -> str:
    """Return hundredths as people write them: 8550 is 85.5, None is ""."""
    if points is None:
        return ""
    sign, whole, part = "-" if points < 0 else "", abs(points) // 100, abs(points) % 100
    return f"{sign}{whole}.{part:02d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"
