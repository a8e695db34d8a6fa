"""Where in a clip the words are: found from its cues after the search, so that the index stores no text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.query import Query


@dataclass(frozen=True, slots=True)
class Moment:
    """A quote, the (from, to) character ranges in it to mark, and the second it starts (None: untimed)."""

    start_s: float | None
    quote: str
    marks: tuple[tuple[int, int], ...]
    score: float = 0.0


def best_moments(
    query: Query | str,
    cues: Sequence[tuple[float, float, str]],
    limit: int = 3,
    weights: Mapping[str, float] | None = None,
) -> list[Moment]:
    """The best non-overlapping moments among cues of (start_s, end_s, text), best first; [] if no word is said."""
    raise NotImplementedError


def best_text_moment(query: Query | str, text: str, weights: Mapping[str, float] | None = None) -> Moment | None:
    """The best quote of a text without times (a summary, a plain transcript), or None."""
    raise NotImplementedError


def highlight(text: str, query: Query | str) -> tuple[tuple[int, int], ...]:
    """The ranges of a short text (a title) that the query's words cover."""
    raise NotImplementedError
