"""One part of an index as ranking sees it: who holds a term, and who holds terms in a row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from search.ranking.plan import phrase_terms
from search.text.dictionary import Units

Mask = NDArray[np.bool_]
Ids = NDArray[np.intp]


class Postings(NamedTuple):
    """The documents that hold a term, ascending, deleted ones included, and its weight in each."""

    ids: Ids
    weights: NDArray[np.float64]


class Column(NamedTuple):
    """What a leaf's documents are counted by: document ``ids[i]`` has ``values[codes[i]]``."""

    values: tuple[str, ...]
    ids: Ids
    codes: Ids


class Leaf(Protocol):
    """One part of an index, with documents numbered from 0."""

    @property
    def alive(self) -> Mask:
        """Which documents have not been deleted."""
        ...

    @property
    def days(self) -> NDArray[np.int64]:
        """date.toordinal() of each document, 0 for none."""
        ...

    def postings(self, field: str, term: str) -> Postings:
        """Who holds a term; empty when nobody does."""
        ...

    def positions(self, field: str, term: str) -> tuple[Ids, NDArray[np.int64]]:
        """Each occurrence of a term as (document, ordinal position)."""
        ...

    def lengths(self, field: str) -> NDArray[np.float64]:
        """Length of each document in terms of a field."""
        ...

    def column(self, kind: str) -> Column:
        """What the documents have of a kind of filter (topic, lecturer, year, branch, kind, length), or their
        lesson."""
        ...


def holders(leaf: Leaf, field: str, terms: Sequence[str]) -> Mask:
    """Which documents hold any of the terms."""
    found = np.zeros(len(leaf.alive), dtype=np.bool_)
    for term in terms:
        found[leaf.postings(field, term).ids] = True
    return found


def with_sequence(leaf: Leaf, field: str, sequence: Units) -> Mask:
    """Which documents hold these units in this order."""
    if not sequence:
        return np.zeros(len(leaf.alive), dtype=np.bool_)
    if field == "pairs" and len(sequence) == 1:
        return holders(leaf, "units", sequence)
    terms = phrase_terms(sequence) if field == "pairs" else [(u, i) for i, u in enumerate(sequence)]
    starts: NDArray[np.int64] | None = None
    for term, offset in terms:
        documents, at = leaf.positions(field, term)
        # Document and first position as one number; a start before the text's beginning meets nothing.
        here = (documents.astype(np.int64) << 32) + at - offset
        starts = here if starts is None else np.intersect1d(starts, here, assume_unique=True)
        if not len(starts):
            break
    found = np.zeros(len(leaf.alive), dtype=np.bool_)
    if starts is not None:
        found[starts >> 32] = True
    return found
