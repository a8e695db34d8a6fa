"""How the scores of several judges become one figure, and works an order. Pure and exact: no floats.

Works are ranked, never persons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from library.calls.rules import Criterion
from library.core.errors import Invalid

TRIM_FROM = 5
"""Judges from whom on the best and the worst score may be left out: of fewer too little would be left."""
PLACES = 2
"""Decimals that are shown; works that are shown with the same figure are of the same rank."""


def check_points(points: Sequence[int | None], criteria: Sequence[Criterion], scale: int) -> tuple[int, ...]:
    """Return the points of a score, one a criterion; raises Invalid: score_missing, score_beyond."""
    if len(points) != len(criteria):
        raise Invalid("score_missing", field="points-1", name=criteria[0].name)
    found = []
    for n, (given, criterion) in enumerate(zip(points, criteria, strict=True), 1):
        if given is None:
            raise Invalid("score_missing", field=f"points-{n}", name=criterion.name)
        if not 0 <= given <= scale:
            raise Invalid("score_beyond", field=f"points-{n}", name=criterion.name, most=scale)
        found.append(given)
    return tuple(found)


def weighted(points: Sequence[int], criteria: Sequence[Criterion]) -> Fraction:
    """Return one judge's figure for a work: points by weight, on the call's scale."""
    whole = sum(one.weight for one in criteria)
    return Fraction(sum(given * one.weight for given, one in zip(points, criteria, strict=True)), whole)


@dataclass(frozen=True)
class Combined:
    """What several judges' figures make: the mean, the lowest and the highest, how many judged, and whether
    the best and the worst were left out of the mean."""

    mean: Fraction
    lowest: Fraction
    highest: Fraction
    judges: int
    trimmed: bool

    @property
    def shown(self) -> Decimal:
        """The mean as it is shown and compared."""
        return rounded(self.mean)

    @property
    def spread(self) -> Fraction:
        """How far the judges are from each other."""
        return self.highest - self.lowest


def combine(figures: Sequence[Fraction], *, trimmed: bool = False) -> Combined | None:
    """Return what judges' figures for a work make, None for no figure."""
    if not figures:
        return None
    order = sorted(figures)
    cut = trimmed and len(order) >= TRIM_FROM
    counted = order[1:-1] if cut else order
    return Combined(sum(counted, Fraction(0)) / len(counted), order[0], order[-1], len(order), cut)


def rounded(figure: Fraction) -> Decimal:
    """Return a figure with two decimals, halves up, as people round."""
    exact = Decimal(figure.numerator) / Decimal(figure.denominator)
    return exact.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)


@dataclass(frozen=True)
class Ranked:
    """A work in the order. `rank` counts from 1, equal for ties (1, 2, 2, 4); None for one nobody scored."""

    entry_id: str
    rank: int | None
    tied: bool
    combined: Combined | None


def ranking(combined: Mapping[str, Combined | None], numbers: Mapping[str, int]) -> tuple[Ranked, ...]:
    """Return works from the best on; ties by their number, those that nobody scored at the end."""
    scored = [(one.shown, entry_id) for entry_id, one in combined.items() if one is not None]
    counts: dict[Decimal, int] = {}
    for shown, _ in scored:
        counts[shown] = counts.get(shown, 0) + 1
    better: dict[Decimal, int] = {}
    before = 0
    for shown in sorted(counts, reverse=True):
        better[shown] = before
        before += counts[shown]
    order = sorted(scored, key=lambda one: (-one[0], numbers[one[1]]))
    found = [
        Ranked(entry_id, better[shown] + 1, counts[shown] > 1, combined[entry_id])
        for shown, entry_id in order
    ]
    rest = sorted((one for one in combined if combined[one] is None), key=lambda one: numbers[one])
    return (*found, *(Ranked(one, None, False, None) for one in rest))
