"""The year of people: their frozen months, and what the formula makes of them. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.grades import facts, rules
from library.grades.language import RuleSet
from library.grades.queries import in_force, read
from library.grades.rules import PeriodState
from library.grades.tables import Grade, Period, Rules
from library.organisation.tables import Node


@dataclass(frozen=True)
class YearRow:
    """A person's year: the frozen scores of its months (None: not graded, or not frozen), and what comes."""

    person_id: str
    name: str
    months: tuple[int | None, ...]
    appraisal: int | None
    mean: int | None
    score: int | None
    band: str | None
    missing_appraisal: bool = False


def year_rows(
    session: Session,
    people: Sequence[tuple[str, str]],
    ruled: RuleSet,
    year: str,
    months: Sequence[str],
) -> list[YearRow]:
    """Return the year of people (id, name), in their order; its `months` count where they were frozen,
    wherever the person was then."""
    ids = [one for one, _name in people]
    scores: dict[str, dict[str, int | None]] = defaultdict(dict)
    for n in range(0, len(ids), facts.AT_ONCE):
        rows = session.execute(
            select(Grade.person_id, Period.period, Grade.score)
            .join(Period, Period.id == Grade.period_id)
            .where(
                Grade.person_id.in_(ids[n : n + facts.AT_ONCE]),
                Period.period.in_(months),
                Period.state == PeriodState.FROZEN,
            )
            .order_by(Grade.n)
        )
        for person_id, period, points in rows:
            scores[str(person_id)][period] = points
    name = ruled.year.appraisal if ruled.year is not None else None
    entered = facts.entered_of(session, ids, year) if name else {}
    found = []
    for person_id, who in people:
        known = tuple(scores[person_id].get(month) for month in months)
        given = entered.get(person_id, {}).get(name) if name else None
        total = rules.year_score(ruled, known, given)
        mean = rules.year_mean(known)
        band = rules.band_of(ruled, total) if total is not None else None
        lacks = name is not None and given is None and mean is not None
        found.append(YearRow(person_id, who, known, given, mean, total, band, lacks))
    return found


def months(session: Session, node: Node, year: str) -> tuple[str, ...]:
    """Return the months of a node's year (考核年度): it begins as the rules of its middle say, and ends
    before the next one begins."""
    number = int(year)
    return rules.months_of(number, _starts(session, node, number), _starts(session, node, number + 1))


def _starts(session: Session, node: Node, year: int) -> int:
    for month in (f"{year}-06", f"{year}-12"):  # of a year that had none in its middle the last
        row = in_force(session, [node], month).get(node.id)
        formula = read(row).year if row is not None else None
        if formula is not None:
            return formula.starts
    return 1


def year_of(session: Session, node: Node, day: date) -> str:
    """Return the year of a node in which a day lies."""
    month, near = rules.month_of(day), (day.year + 1, day.year, day.year - 1)
    return next(
        (str(n) for n in near if month in months(session, node, str(n))),
        str(day.year),
    )


def year_rules(session: Session, node: Node, year: str) -> Rules | None:
    """Return the rule set whose formula makes a node's year: that of its last month."""
    return in_force(session, [node], months(session, node, year)[-1]).get(node.id)
