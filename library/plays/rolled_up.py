"""Sums of plays over days: those that are rolled up, and what the days since add to them. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.plays.figures import Figures, Span
from library.plays.queries import sealed_through
from library.plays.rolling import COUNTED


def within(day: InstrumentedAttribute[Any], span: Span) -> ColumnElement[bool]:
    """Return whether a day lies in a span."""
    upper = day <= span.last
    return upper if span.first is None else and_(day >= span.first, upper)


class Known:
    """A span, and what of it is rolled up: the days up to `through` (None: nothing yet)."""

    def __init__(self, session: Session, span: Span) -> None:
        self.span, self.through = span, sealed_through(session)

    @property
    def whole(self) -> bool:
        """Whether the span has all days that are rolled up."""
        return self.span.first is None and self.through is not None and self.span.last >= self.through

    def rolled(self, day: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the days of the span that are rolled up."""
        return false() if self.through is None else and_(within(day, self.span), day <= self.through)

    def live(self, day: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the days of the span that are not."""
        inside = within(day, self.span)
        return inside if self.through is None else and_(inside, day > self.through)

    def sums(self, rolled: Select[Any], live: Select[Any], key: str) -> Subquery:
        """Return the sums of both by `key`."""
        both = (rolled.union_all(live) if self.through is not None else live).subquery()
        total = [func.sum(both.c[name]).label(name) for name in COUNTED]
        return select(both.c[key], *total).group_by(both.c[key]).subquery("sums")


def columns_of(table: Any) -> list[ColumnElement[Any]]:
    """Return the columns of a table of sums, in the order of `figures_of`."""
    return [getattr(table, name) for name in COUNTED]


def figures_of(numbers: Iterable[Any]) -> Figures:
    """Return what the columns of sums say; times in seconds, to the millisecond."""
    members, visitors, screenings, screened, completes, watched_s, visitor_s = (n or 0 for n in numbers)
    return Figures(
        int(members),
        int(visitors),
        int(screenings),
        int(screened),
        int(completes),
        round(float(watched_s), 3),
        round(float(visitor_s), 3),
    )


def total_of(many: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    total = Figures()
    for figures in many:
        total = Figures(
            total.member_views + figures.member_views,
            total.visitor_views + figures.visitor_views,
            total.screenings + figures.screenings,
            total.screened_people + figures.screened_people,
            total.completes + figures.completes,
            round(total.watched_s + figures.watched_s, 3),
            round(total.visitor_s + figures.visitor_s, 3),
        )
    return total


@dataclass
class Sums:
    """Figures added up by an id."""

    figures: dict[str, Figures]

    def __init__(self) -> None:
        self.figures = {}

    def add(self, key: str, figures: Figures) -> None:
        """Add figures to those of an id."""
        self.figures[key] = total_of((self.figures[key], figures)) if key in self.figures else figures

    def total(self) -> Figures:
        """Return the sum over all ids."""
        return total_of(self.figures.values())
