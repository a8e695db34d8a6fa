"""How many of the documents found have each topic, lecturer, year …: the numbers beside the filters. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from search.engine import COUNTED, Counts
from search.ranking.leaf import Leaf, Mask
from search.text.fold import fold

Allowed = Mapping[str, Sequence[Mask]]


def everything_but(kind: str, allowed: Allowed, matching: Sequence[Mask]) -> list[Mask]:
    """What fits the query and every filter except the one of this kind."""
    left = list(matching)
    for other, masks in allowed.items():
        if other.split(" ")[0] != kind:
            left = [some & mask for some, mask in zip(left, masks, strict=True)]
    return left


def count(leaves: Sequence[Leaf], matching: Sequence[Mask], allowed: Allowed) -> Counts:
    """Count all kinds. ``allowed``: per filter in use, which documents of each leaf it lets through."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for kind in COUNTED:
        total: Counter[str] = Counter()
        for leaf, some in zip(leaves, everything_but(kind, allowed, matching), strict=True):
            column = leaf.column(kind)
            if not column.values:
                continue
            numbers = np.bincount(column.codes[some[column.ids]], minlength=len(column.values))
            for code in np.flatnonzero(numbers):
                total[column.values[code]] += int(numbers[code])
        found[kind] = ordered(total.items())
    return Counts(**found)


@lru_cache(maxsize=20_000)
def _folded(value: str) -> str:
    # A library has a few hundred values, and they are folded for every page.
    return fold(value).strip()


def ordered(numbers: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The most frequent first; spellings of one thing (二十大, 20大) as one, under the one most used."""
    spellings: dict[str, Counter[str]] = {}
    for value, number in numbers:
        spellings.setdefault(_folded(value), Counter())[value] += number
    merged = [(min(some, key=lambda v: (-some[v], v)), some.total()) for some in spellings.values()]
    return tuple(sorted(merged, key=lambda pair: (-pair[1], pair[0])))
