"""What an engine tells about the documents that a searcher may see.

Nothing else is asked to find out what they meant, so nothing hidden can show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from search.text.names import Names


@dataclass(frozen=True, slots=True)
class VisibleTerms:
    """The terms of the visible documents of an index, as functions of the engine.

    ``names``: of all parts of the index, hidden ones too. ``count_named``: how many visible documents bear a
    name (its term). ``has``: does a visible document hold this term of a field ("pairs", "units")?
    ``count_saying``: how many visible documents hold these units in this order. ``pairs_from``: the pairs
    that begin so, of hidden documents too. ``count_written``: as ``count_saying``, without the documents
    whose words a machine recognised: what it misheard is no word to offer to anybody.
    """

    names: Callable[[], Sequence[Names]]
    count_named: Callable[[str], int]
    has: Callable[[str, str], bool]
    count_saying: Callable[[tuple[str, ...]], int]
    pairs_from: Callable[[str], Iterable[str]]
    count_written: Callable[[tuple[str, ...]], int]

    def remembered(self) -> VisibleTerms:
        """The same for the time of one query, in which terms are asked for again and again."""
        return replace(self, has=cache(self.has), names=cache(self.names))
