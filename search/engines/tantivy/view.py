"""What one searcher may see of one commit in tantivy, and how many documents hold what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import tantivy
from tantivy import Occur

from search.engines.tantivy.query import QueryBuilder, every
from search.engines.tantivy.schema import written
from search.engines.tantivy.store import TantivyStore
from search.meaning.visible_terms import VisibleTerms
from search.ranking.keys import RECOGNISED, key
from search.ranking.plan import NAMES
from search.text.names import GrowingNames, Names

# Kept until the next commit, 200 bytes each.
_MOST_NUMBERS = 100_000


class Snapshot:
    """One commit, and what has been counted in it. `stamp`: of the pointer to its generation."""

    def __init__(
        self,
        store: TantivyStore,
        stamp: tuple[int, int] | None,
        version: tuple[int, int],
        searcher: tantivy.Searcher,
    ) -> None:
        self.store = store
        self.stamp = stamp
        self.version = version
        self.searcher = searcher
        self.numbers: dict[tuple[frozenset[str], str, str], int] = {}


class KnownNames:
    """The names of all commits seen."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._seen: tuple[Path, tuple[int, int]] | None = None
        self._names = GrowingNames()

    def of(self, snapshot: Snapshot) -> list[Names]:
        """The names in a commit, and perhaps some of earlier ones."""
        with self._turn:
            seen = (snapshot.store.folder, snapshot.version)
            if seen != self._seen:
                if self._names.is_full:
                    self._names = GrowingNames()
                found = snapshot.searcher.terms_with_prefix(NAMES, "", None, None)
                self._names.add(term for term, _ in found)
                self._seen = seen
            return self._names.lists


class View:
    """One commit as one searcher may see it."""

    def __init__(self, snapshot: Snapshot, scope: frozenset[str]) -> None:
        self.snapshot = snapshot
        self.searcher = snapshot.searcher
        self.builder = QueryBuilder(snapshot.store.index.schema)
        self._scope = scope
        self._frequencies: dict[tuple[str, str], int] = {}
        self.visible = self.builder.any_of("keys", [key("scope", token) for token in sorted(scope)])
        self.documents = self._number("", "", self.visible)

    def count(self, query: tantivy.Query) -> int:
        """How many documents, whoever may see them, fit."""
        result: Any = self.searcher.search(query, 1, count=True)  # its types forget the count
        return int(result.count)

    def _number(self, field: str, term: str, query: tantivy.Query) -> int:
        numbers = self.snapshot.numbers
        place = (self._scope, field, term)
        if place not in numbers:
            if len(numbers) >= _MOST_NUMBERS:
                numbers.clear()
            numbers[place] = self.count(query)
        return numbers[place]

    def seen(self, *, beside: Sequence[tuple[Occur, tantivy.Query]]) -> list[tuple[Occur, tantivy.Query]]:
        """That a document is visible, where it must be asked beside other conditions: who sees everything is
        not asked for it document by document, but what only excludes finds nothing by itself."""
        everything = self.documents == self.searcher.num_docs
        enough = everything and any(occur == Occur.Must for occur, _ in beside)
        return [] if enough else [(Occur.Must, self.visible)]

    def weighing(self, field: str, term: str) -> int:
        """How many documents a term is weighed by: the visible ones that hold it. For who sees all of them
        it costs nothing, and may count deleted ones until their segment is merged away."""
        if self.documents == self.searcher.num_docs:
            return min(self.known(field, term), self.documents)
        return self.holding(field, term)

    def holding(self, field: str, term: str) -> int:
        """How many visible documents hold a term."""
        if not self.known(field, term):
            return 0
        whole = field in (NAMES, "keys")
        one = self.builder.any_of(field, [term]) if whole else self.builder.term(field, term)
        return self._number(field, term, every([self.visible, one]))

    @property
    def has_recognised(self) -> bool:
        """Whether any visible document holds words that a machine recognised."""
        return self.holding("keys", RECOGNISED) > 0

    def known(self, field: str, term: str) -> int:
        """How many documents hold a term, deleted ones among them."""
        frequency = self._frequencies.get((field, term))
        if frequency is None:
            frequency = self.searcher.doc_freq(field, term if field in (NAMES, "keys") else written(term))
            self._frequencies[field, term] = frequency
        return frequency

    def terms(self, names: KnownNames) -> VisibleTerms:
        """What may be known of this commit when somebody meant something else."""
        return VisibleTerms(
            names=lambda: names.of(self.snapshot),
            count_named=lambda term: self.holding(NAMES, term),
            has=lambda field, term: self.holding(field, term) > 0,
            count_saying=lambda units: self.count(
                every([self.visible, self.builder.sequence("pairs", units)])
            ),
            pairs_from=self._pairs_from,
            count_written=self._count_written,
        )

    def _count_written(self, units: tuple[str, ...]) -> int:
        said = [(Occur.Must, self.visible), (Occur.Must, self.builder.sequence("pairs", units))]
        heard = (Occur.MustNot, self.builder.any_of("keys", [RECOGNISED]))
        return self.count(tantivy.Query.boolean_query([*said, heard]))

    def _pairs_from(self, unit: str) -> Iterable[str]:
        return (term for term, _ in self.searcher.terms_with_prefix("pairs", unit, None, None))
