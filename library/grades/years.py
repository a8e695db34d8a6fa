"""The year of people: their frozen months, and what the formula makes of them. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.grades import facts, rules
from library.grades.language import RuleSet
from library.grades.queries import in_force
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
    session: Session, people: Sequence[tuple[str, str]], ruled: RuleSet, year: str
) -> list[YearRow]:
    """Return the year of people (id, name), in their order; months count where they were frozen, wherever the
    person was then."""
    ids = [one for one, _name in people]
    months = rules.months_of(year)
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


def year_rules(session: Session, node: Node, year: str) -> Rules | None:
    """Return the rule set whose formula makes a node's year: that of its last month."""
    return in_force(session, [node], f"{year}-12").get(node.id)
