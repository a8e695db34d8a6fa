"""The cheapest way from one list of syllables to another, in a band around what is certain.

A full table for a lecture of 12,000 characters takes 900 MB. What is certain are runs of syllables that
both lists hold exactly once; between them lie small rectangles, and around everything a margin. Where
nothing is certain the band is as wide as WIDEST allows: then what belongs together but lies further
apart is not found, and said to be unsaid.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

RUN = 5
"""Syllables of a run that is certain."""

MARGIN = 60
WIDEST = 4000
"""Columns of the band at most: 12,000 rows of them are 48 MB."""

GAP, NEAR, OTHER = 0.7, 0.25, 1.4
"""What a left out or added syllable costs, one that is easily mistaken for the other, and any other one
(as much as leaving out one and adding one)."""

_BOTH, _ONLY_ROW, _ONLY_COLUMN = 0, 1, 2


def pairs(
    one: Sequence[str], other: Sequence[str], one_near: Sequence[str], other_near: Sequence[str]
) -> list[tuple[int, int, bool]]:
    """Return (place in one, place in other, whether they are equal) of syllables that belong together,
    in order; what only sounds alike (``one_near``, ``other_near``: folded) counts as belonging together
    too."""
    if not one or not other:
        return []
    numbers: dict[str, int] = {}
    rows, columns = _numbered(one, numbers), _numbered(other, numbers)
    rows_near, columns_near = _numbered(one_near, numbers), _numbered(other_near, numbers)
    low, high = band(one_near, other_near)
    steps = _steps(rows, columns, rows_near, columns_near, low, high)
    return _walked(steps, low, rows, columns, rows_near, columns_near)


def _numbered(names: Sequence[str], numbers: dict[str, int]) -> NDArray[np.int32]:
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int32)


def band(one: Sequence[str], other: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row 0..len(one) the first and the last column 0..len(other); both only rise, and
    neighbours overlap."""
    rows, columns = len(one), len(other)
    corners = [(0, 0), *_certain(one, other), (rows, columns)]
    low, high = np.zeros(rows + 1, dtype=np.int64), np.zeros(rows + 1, dtype=np.int64)
    for (row, column), (next_row, next_column) in pairwise(corners):
        width, height = next_column - column, max(1, next_row - row)
        reach = min(WIDEST // 2, width + MARGIN)
        middle = column + (np.arange(row, next_row + 1) - row) * width / height
        low[row : next_row + 1] = np.maximum(column - MARGIN, middle - reach)
        high[row : next_row + 1] = np.minimum(next_column + MARGIN, middle + reach)
    low[0], high[-1] = 0, columns
    low = np.maximum.accumulate(np.clip(low, 0, columns))
    high = np.maximum.accumulate(np.clip(high, 0, columns))
    low = np.minimum(low, np.concatenate(([0], high[:-1])))  # each row touches the one before
    return np.minimum.accumulate(low[::-1])[::-1], high


def _certain(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Where runs of RUN syllables begin that stand exactly once in both, the longest list of them that
    rises."""
    mine, theirs = _once(one), _once(other)
    common = sorted((place, theirs[run]) for run, place in mine.items() if run in theirs)
    best: list[int] = []  # the last of the best list of each length, by place in ``other``
    ends: list[int] = []
    before: list[int] = []
    for n, (_row, column) in enumerate(common):
        at = bisect_left(best, column)
        before.append(ends[at - 1] if at else -1)
        best[at : at + 1], ends[at : at + 1] = [column], [n]
    chain, n = [], ends[-1] if ends else -1
    while n >= 0:
        chain.append(common[n])
        n = before[n]
    return chain[::-1]


def _once(syllables: Sequence[str]) -> dict[tuple[str, ...], int]:
    runs = [tuple(syllables[n : n + RUN]) for n in range(len(syllables) - RUN + 1)]
    counted = Counter(runs)
    return {run: n for n, run in enumerate(runs) if counted[run] == 1}


def _steps(
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    rows_near: NDArray[np.int32],
    columns_near: NDArray[np.int32],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> list[NDArray[np.uint8]]:
    """The best last step into each place of the band, a row of bytes for each row."""
    far = np.float32(1e9)
    before = (np.arange(high[0] + 1) * GAP).astype(np.float32)
    steps = [np.full(len(before), _ONLY_COLUMN, dtype=np.uint8)]
    for row in range(1, len(rows) + 1):
        first, last, was, until = low[row], high[row], low[row - 1], high[row - 1]
        width = last - first + 1
        up = np.full(width, far, dtype=np.float32)
        a, b = max(first, was), min(last, until)
        if b >= a:
            up[a - first : b - first + 1] = before[a - was : b - was + 1] + GAP
        diagonal = np.full(width, far, dtype=np.float32)
        a, b = max(first, was + 1), min(last, until + 1)  # column c comes from c - 1
        if b >= a:
            part = slice(a - 1, b)
            cost = np.where(
                columns[part] == rows[row - 1],
                np.float32(0),
                np.where(columns_near[part] == rows_near[row - 1], np.float32(NEAR), np.float32(OTHER)),
            )
            diagonal[a - first : b - first + 1] = before[a - 1 - was : b - was] + cost
        straight = np.minimum(up, diagonal)
        along = np.arange(width, dtype=np.float32) * np.float32(GAP)
        now = np.minimum.accumulate(straight - along) + along
        step = np.where(diagonal <= up, _BOTH, _ONLY_ROW).astype(np.uint8)
        step[now < straight - np.float32(1e-3)] = _ONLY_COLUMN
        steps.append(step)
        before = now
    return steps


def _walked(
    steps: Sequence[NDArray[np.uint8]],
    low: NDArray[np.int64],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    rows_near: NDArray[np.int32],
    columns_near: NDArray[np.int32],
) -> list[tuple[int, int, bool]]:
    found = []
    row, column = len(rows), len(columns)
    while row > 0 or column > 0:
        step = _ONLY_COLUMN if row == 0 else _ONLY_ROW if column == 0 else steps[row][column - low[row]]
        if step == _BOTH:
            row, column = row - 1, column - 1
            if rows_near[row] == columns_near[column]:
                found.append((row, column, bool(rows[row] == columns[column])))
        elif step == _ONLY_ROW:
            row -= 1
        else:
            column -= 1
    return found[::-1]
