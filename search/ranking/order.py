"""In which order comes what was found. Pure: arrays in, rows out; row ``i`` is the ``i``-th document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.engine import Popularity

Numbers = NDArray[np.int64]
Rows = NDArray[np.intp]
Scores = NDArray[np.float64]

# Sums of the same weights in another order differ in their last digits.
_DIGITS = 4


def highest_first(first: Scores | Numbers, second: Scores | Numbers, wanted: int) -> Rows:
    """The ``wanted`` rows with the highest ``first``; of equals those with the highest ``second``, then the
    earlier."""
    rows = np.arange(len(first))
    if wanted < len(rows):
        # Sorting is for those that can reach the page.
        worst = np.partition(first, len(first) - wanted)[len(first) - wanted]
        rows = rows[first >= worst]
    return rows[np.lexsort((rows, -second[rows], -first[rows]))][:wanted]


def most_watched_first(
    lessons: Sequence[str],
    codes: Rows,
    scores: Scores,
    days: Numbers,
    popularity: Popularity | None,
) -> Rows:
    """All rows, those first whose lesson was watched most; row ``i`` belongs to ``lessons[codes[i]]``.

    Of equals the better, then the newer, then the one whose lesson has the lower id, then the earlier. The
    index keeps no views: ``popularity`` knows them, and is asked once.
    """
    views = popularity(lessons) if popularity is not None else {}
    watched = np.array([views.get(lesson, 0) for lesson in lessons], dtype=np.int64)
    place = np.empty(len(lessons), dtype=np.intp)
    place[sorted(range(len(lessons)), key=lessons.__getitem__)] = np.arange(len(lessons))
    return np.lexsort((place[codes], -days, -scores.round(_DIGITS), -watched[codes]))
