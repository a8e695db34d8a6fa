"""What is still worth showing when no document holds all the words: not every one that holds some character.

A document answers in part when it holds a word that was typed by itself (党史 in 党史 区块链), a word that
makes a third of the query's weight, a third of its words and not only one, or half of its pairs. Who asks for
区块链挖矿 where nobody speaks of either gets nothing: lessons on 产业链 would be no answer.

Where words were recognised by a machine, a document answers with less: a word that makes a quarter of the
weight, and a long word of which half the pairs are held; every sixth character is wrong there.

A question of many words is seldom answered in all of them: where few hold them all, what answers in part is
ranked beside those. Pure, the same for every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from search.ranking.plan import NAMES, Part, Plan, Way
from search.ranking.weights import inverse_frequency

_SHARE = 1 / 3
_SHARE_RECOGNISED = 1 / 4
_PAIRS_SHARE = 1 / 2
_FEWEST = 2

FEW = 10
"""As many as a page shows: who finds so many that hold all of a question needs no others."""

Holding = Callable[[str, str], int]
"""How many visible documents hold a term of a field."""


@dataclass(frozen=True, slots=True)
class Enough:
    """One of ``alone``, or ``needed`` of all ``parts``, or ``pairs_needed`` of ``pairs`` must be held;
    ``of_recognised``: by documents with recognised words, and half of a long part will do (``half_of``)."""

    alone: tuple[Part, ...]
    parts: tuple[Part, ...]
    needed: int
    pairs: tuple[str, ...]
    pairs_needed: int
    of_recognised: bool = False


def enough_of(plan: Plan, documents: int, holding: Holding) -> list[Enough]:
    """What of a plan's words must be held, in one way or another; none where conditions besides them say
    enough (a phrase, a lecturer, a topic). ``documents``: how many are visible."""
    if plan.phrases or plan.lecturers or plan.topics:
        return []
    weights = [inverse_frequency(documents, min(documents, _rarity(part, holding))) for part in plan.parts]
    usual = _enough(plan, weights, _SHARE)
    if not plan.heard:
        return [usual]
    return [usual, replace(_enough(plan, weights, _SHARE_RECOGNISED), of_recognised=True)]


def _enough(plan: Plan, weights: Sequence[float], share: float) -> Enough:
    least = share * sum(weights)
    alone = (p for p, weight in zip(plan.parts, weights, strict=True) if p.is_typed or weight >= least)
    return Enough(
        tuple(alone),
        plan.parts,
        max(_FEWEST, ceil(share * len(plan.parts))),
        plan.pairs,
        max(_FEWEST, ceil(_PAIRS_SHARE * len(plan.pairs))),
    )


def half_of(way: Way) -> int:
    """How many pairs of a word are half of it."""
    return ceil(len(way.pairs) / 2)


def _rarity(part: Part, holding: Holding) -> int:
    """How many documents hold a word at most: as many as its rarest piece, one way or another."""
    return sum(_held(way, holding) for way in part.ways)


def _held(way: Way, holding: Holding) -> int:
    if way.names:
        return sum(holding(NAMES, name) for name in way.names)
    pieces: Sequence[tuple[str, str]] = [
        *(("pairs", pair) for pair in way.pairs),
        *(("units", unit) for unit in way.units),
    ]
    return min(holding(field, term) for field, term in pieces)
