"""Everything that fits a query in tantivy, the most watched lessons first."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
import tantivy

from search.engine import Popularity
from search.engines.tantivy.schema import lesson_number
from search.ranking.keys import key
from search.ranking.order import most_watched_first

ScoredAddress = tuple[float, tantivy.DocAddress]


class KnownLessons:
    """Which lesson a number stands for. A number never changes its lesson, so what was read stays true."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._lessons: dict[int, str] = {}

    def of(self, searcher: tantivy.Searcher, numbers: Sequence[int]) -> list[str]:
        """The lessons of some documents' numbers; all of a library's are read when one is new."""
        with self._turn:
            if any(number not in self._lessons for number in numbers):
                prefix = key("lesson", "")
                terms = searcher.terms_with_prefix("keys", prefix, None, None)
                lessons = [term.removeprefix(prefix) for term, _ in terms]
                self._lessons = {lesson_number(lesson): lesson for lesson in lessons}
            return [self._lessons[number] for number in numbers]


def sorted_by_popularity(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    total: int,
    known: KnownLessons,
    popularity: Popularity | None,
) -> list[ScoredAddress]:
    """All ``total`` documents of a query that scores, in the order of ``most_watched_first``."""
    hits: list[ScoredAddress] = searcher.search(query, total, count=False).hits
    addresses = [address for _, address in hits]
    days = np.array(searcher.fast_field_values("day", addresses), dtype=np.int64)
    numbers = np.array(searcher.fast_field_values("lesson", addresses), dtype=np.int64)
    different, codes = np.unique(numbers, return_inverse=True)
    lessons = known.of(searcher, different.tolist())
    scores = np.array([score for score, _ in hits], dtype=np.float64)
    return [hits[row] for row in most_watched_first(lessons, codes, scores, days, popularity)]
