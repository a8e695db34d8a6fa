"""The index in tantivy, for libraries that outgrow Whoosh: the same folder, terms, functions and promises."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from search.disk import generations
from search.document import Document
from search.engine import Counts, Filters, Popularity, Results, Sort, Suggestion
from search.engines.tantivy.popularity import KnownLessons
from search.engines.tantivy.schema import entry_of
from search.engines.tantivy.search import Search, number_holding_all
from search.engines.tantivy.store import TantivyStore, damage
from search.engines.tantivy.view import KnownNames, Snapshot, View
from search.errors import IndexDamaged
from search.meaning.did_you_mean import corrections, first_better
from search.meaning.letters import LetterReader
from search.meaning.suggestions import suggest
from search.query import Query, parse
from search.ranking.keys import filter_keys
from search.ranking.partial import FEW
from search.ranking.plan import plan
from search.text.dictionary import NO_DICTIONARY, Dictionary


class TantivyIndex:
    """A SearchEngine in a folder. Safe to use from several threads; follows commits and swaps by others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = generations.pointer(folder)
        self._turn = Lock()
        self._names = KnownNames()
        self._lessons = KnownLessons()
        self._snapshot: Snapshot | None = None

    @classmethod
    def open_or_create(cls, folder: Path) -> TantivyIndex:
        """As WhooshIndex.open_or_create."""
        generations.ensure(folder, TantivyStore.create)
        index = cls(folder)
        index._now()
        return index

    def apply(self, upserts: Iterable[Document], replaced_lessons: Iterable[str], mark: int) -> int:
        """See SearchEngine. Raises IndexBusy when another process writes, IndexDamaged, SchemaChanged."""
        documents = {document.id: document for document in upserts}
        lessons = {*replaced_lessons, *(document.lesson for document in documents.values())}
        return self._store().write(map(entry_of, documents.values()), lessons, mark)

    def mark(self) -> int:
        """See SearchEngine."""
        return self._store().manifest().mark

    def doc_count(self) -> int:
        """See SearchEngine."""
        return self._now().searcher.num_docs

    def search(
        self,
        query: Query | str,
        scope: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Filters | None = None,
        sort: Sort = "relevance",
        dictionary: Dictionary = NO_DICTIONARY,
        counts: bool = False,
        popularity: Popularity | None = None,
    ) -> Results:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        if parsed.is_empty or not scope:
            return Results(0, ())
        with damage(f"the index in {self.folder}"):
            view = View(self._now(), scope)
            if not view.documents:
                return Results(0, ())
            letters = LetterReader(view.terms(self._names))
            wanted = plan(parsed, dictionary, letters, has_recognised=view.has_recognised)
            if wanted.is_common_sound and number_holding_all(view, wanted.written) >= FEW:
                wanted = wanted.written
            if wanted.is_empty:
                return Results(0, ())
            skipped, most = max(0, offset), max(0, limit)
            ranked = range(skipped, skipped + most if sort == "relevance" else skipped)
            found = Search(view, wanted, filter_keys(filters), ranked)
            if sort == "views":
                hits = found.most_watched(skipped, most, self._lessons, popularity)
            else:
                hits = found.page(skipped, most, sort)
            return Results(
                total=found.total,
                hits=hits,
                relaxed=found.relaxed,
                in_part=found.in_part,
                weights=found.weights,
                counts=found.counts() if counts else Counts(),
                heard=letters.texts,
                by_sound=bool(wanted.heard),
            )

    def suggest(self, typed: str, scope: frozenset[str], limit: int = 8) -> list[Suggestion]:
        """See SearchEngine."""
        if not scope:
            return []
        with damage(f"the index in {self.folder}"):
            return suggest(View(self._now(), scope).terms(self._names), typed, limit)

    def did_you_mean(
        self,
        query: Query | str,
        scope: frozenset[str],
        dictionary: Dictionary = NO_DICTIONARY,
        *,
        sounds_only: bool = False,
    ) -> str | None:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        if not scope:
            return None
        with damage(f"the index in {self.folder}"):
            view = View(self._now(), scope)
            terms = view.terms(self._names)
            candidates = corrections(terms, parsed, dictionary, sounds_only=sounds_only)
            has_recognised = view.has_recognised
            return first_better(
                candidates,
                lambda one: (
                    number_holding_all(
                        view, plan(one, dictionary, LetterReader(terms), has_recognised=has_recognised)
                    )
                    > 0
                ),
            )

    def close(self) -> None:
        """Let go of the files held open; the next use opens them again."""
        with self._turn:
            self._snapshot = None

    def _store(self) -> TantivyStore:
        name = generations.current(self.folder)
        if name is None:
            raise IndexDamaged(f"{self.folder} names no generation in use")
        return TantivyStore.open(self.folder / name)

    def _now(self) -> Snapshot:
        """The last commit of the generation in use."""
        with self._turn:
            known, stamp = self._snapshot, generations.stamp(self._pointer)
            if known is None or stamp is None or known.stamp != stamp:
                store = self._store()
            else:
                store = known.store
                if known.version == store.version():
                    return known
            version = store.version()
            self._snapshot = Snapshot(store, stamp, version, store.searcher())
            return self._snapshot
