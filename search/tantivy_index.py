"""The index in tantivy, for libraries that outgrow Whoosh: the same folder, terms, functions and promises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import tantivy
from tantivy import Occur

from search import generations
from search.counts import ordered
from search.document import Document
from search.engine import COUNTED, Counts, Filters, Hit, IndexDamaged, Popularity, Results, Sort, Suggestion
from search.guess import Listener, Look, corrections, first_better, suggest
from search.keys import filter_keys, key
from search.names import Names
from search.plan import NAMES, Plan, plan
from search.query import Query, parse
from search.rank import ENOUGH_CANDIDATES, FIELD_WEIGHT, inverse_frequency, scored_terms
from search.tantivy_query import Asker, every, required, silent, some
from search.tantivy_schema import COUNTED_FIELD, entry_of, written
from search.tantivy_store import TantivyStore, damage
from search.tantivy_watched import KnownLessons, by_views
from search.vocabulary import NO_VOCABULARY, Vocabulary

# More values of one kind than any page can show.
_MOST_VALUES = 10_000
# Kept until the next commit, 200 bytes each.
_MOST_NUMBERS = 100_000
# Places for so many hits are kept free while counting; more (an export) are looked for when they are there.
_ONE_PASS = 200
# New names are a small list of their own until there are so many lists; then all are read again.
_MOST_LISTS = 8


class TantivyIndex:
    """A SearchEngine in a folder. Safe to use from several threads; follows commits and swaps by others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = Lock()
        self._names = _KnownNames()
        self._lessons = KnownLessons()
        self._snapshot: _Snapshot | None = None

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
        return self._store().seal().mark

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
        vocabulary: Vocabulary = NO_VOCABULARY,
        counts: bool = False,
        popularity: Popularity | None = None,
    ) -> Results:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        if parsed.is_empty or not scope:
            return Results(0, ())
        with damage(f"the index in {self.folder}"):
            view = _View(self._now(), scope)
            if not view.documents:
                return Results(0, ())
            listen = Listener(view.look(self._names))
            wanted = plan(parsed, vocabulary, listen)
            if wanted.is_empty:
                return Results(0, ())
            skipped, most = max(0, offset), max(0, limit)
            ranked = range(skipped, skipped + most if sort == "relevance" else skipped)
            found = _Search(view, wanted, filter_keys(filters), ranked)
            if sort == "views":
                hits = found.most_watched(skipped, most, self._lessons, popularity)
            else:
                hits = found.page(skipped, most, sort)
            return Results(
                total=found.total,
                hits=hits,
                relaxed=found.relaxed,
                weights=found.weights,
                counts=found.counts() if counts else Counts(),
                heard=listen.texts,
            )

    def suggest(self, typed: str, scope: frozenset[str], limit: int = 8) -> list[Suggestion]:
        """See SearchEngine."""
        if not scope:
            return []
        with damage(f"the index in {self.folder}"):
            return suggest(_View(self._now(), scope).look(self._names), typed, limit)

    def did_you_mean(
        self,
        query: Query | str,
        scope: frozenset[str],
        vocabulary: Vocabulary = NO_VOCABULARY,
        *,
        sounds_only: bool = False,
    ) -> str | None:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        if not scope:
            return None
        with damage(f"the index in {self.folder}"):
            look = _View(self._now(), scope).look(self._names)
            candidates = list(corrections(look, parsed, vocabulary, sounds_only=sounds_only))
        return first_better(candidates, lambda one: self.search(one, scope, limit=0, vocabulary=vocabulary))

    def close(self) -> None:
        """Let go of the files held open; the next use opens them again."""
        with self._turn:
            self._snapshot = None

    def _store(self) -> TantivyStore:
        name = generations.current(self.folder)
        if name is None:
            raise IndexDamaged(f"{self.folder} names no generation in use")
        return TantivyStore.open(self.folder / name)

    def _now(self) -> _Snapshot:
        """The last commit of the generation in use."""
        with self._turn:
            name = generations.current(self.folder)
            known = self._snapshot
            if known is None or known.store.folder.name != name:
                store = self._store()
            else:
                store = known.store
                if known.version == store.version():
                    return known
            version = store.version()
            self._snapshot = _Snapshot(store, version, store.searcher())
            return self._snapshot


class _Snapshot:
    """One commit, and what has been counted in it."""

    def __init__(self, store: TantivyStore, version: tuple[int, int], searcher: tantivy.Searcher) -> None:
        self.store = store
        self.version = version
        self.searcher = searcher
        self.numbers: dict[tuple[frozenset[str], str, str], int] = {}


class _KnownNames:
    """The names of all commits seen; those that are gone have no documents and show nowhere."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._seen: tuple[Path, tuple[int, int]] | None = None
        self._terms: set[str] = set()
        self._lists: list[Names] = []

    def of(self, snapshot: _Snapshot) -> list[Names]:
        """The names in a commit, and perhaps some of earlier ones."""
        with self._turn:
            seen = (snapshot.store.folder, snapshot.version)
            if seen != self._seen:
                now = [term for term, _ in snapshot.searcher.terms_with_prefix(NAMES, "", None, None)]
                new = [term for term in now if term not in self._terms]
                if len(self._lists) >= _MOST_LISTS:
                    self._lists, new = [], now
                    self._terms.clear()
                if new:
                    self._terms.update(new)
                    self._lists = [*self._lists, Names(new)]
                self._seen = seen
            return self._lists


class _View:
    """One commit as one searcher may see it."""

    def __init__(self, snapshot: _Snapshot, scope: frozenset[str]) -> None:
        self.snapshot = snapshot
        self.searcher = snapshot.searcher
        self.ask = Asker(snapshot.store.index.schema)
        self._scope = scope
        self._frequencies: dict[tuple[str, str], int] = {}
        self.visible = self.ask.any_of("keys", [key("scope", token) for token in sorted(scope)])
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
        one = self.ask.any_of(NAMES, [term]) if field == NAMES else self.ask.term(field, term)
        return self._number(field, term, every([self.visible, one]))

    def known(self, field: str, term: str) -> int:
        """How many documents hold a term, deleted ones among them."""
        frequency = self._frequencies.get((field, term))
        if frequency is None:
            frequency = self.searcher.doc_freq(field, written(term) if field != NAMES else term)
            self._frequencies[field, term] = frequency
        return frequency

    def look(self, names: _KnownNames) -> Look:
        """For ``guess``."""
        return Look(
            names=lambda: names.of(self.snapshot),
            count=lambda term: self.holding(NAMES, term),
            has=lambda field, term: self.holding(field, term) > 0,
            says=lambda units: self.count(every([self.visible, self.ask.sequence("pairs", units)])),
            beginning=self._beginning,
        )

    def _beginning(self, unit: str) -> Iterable[str]:
        return (term for term, _ in self.searcher.terms_with_prefix("pairs", unit, None, None))


class _Term(NamedTuple):
    """A term that ranks: what it adds is multiplied by `factor`; `holding` visible documents have it."""

    field: str
    text: str
    query: tantivy.Query
    factor: float
    holding: int


class _Search:
    """One query in one view; of `ranked`, the places of a page in the order of relevance, the hits are found
    in the same pass that counts all (an empty range: they are only counted)."""

    def __init__(self, view: _View, wanted: Plan, filters: dict[str, list[str]], ranked: range) -> None:
        self._view = view
        self._filters = {kind: view.ask.any_of("keys", keys) for kind, keys in filters.items()}
        self._ranked = ranked
        self._found: tantivy.SearchResult | None = None
        eligible, choices = view.ask.eligible(wanted), view.ask.choices(wanted)
        self._required = required(wanted)
        words = choices + [(Occur.Must, view.ask.term(*one)) for one in self._required]
        seen = view.seen(beside=eligible + words)
        self._terms, self.weights = self._rank(wanted)
        self._conditions = seen + eligible + choices
        self._fits = tantivy.Query.boolean_query(seen + eligible + words)
        self.total = self._count()
        self.relaxed = False
        if not self.total and wanted.has_words and not (filters and view.count(self._fits)):
            seen = view.seen(beside=eligible)
            self._fits = self._loosened(tantivy.Query.boolean_query(seen + eligible))
            self._conditions, self._required = [(Occur.Must, self._fits)], []
            self.total = self._count()
            self.relaxed = (self.total or (bool(filters) and view.count(self._fits))) > 0

    def _count(self) -> int:
        """How many documents fit; finds the page's on the way when it is of a usual size."""
        if not 0 < len(self._ranked) <= _ONE_PASS:
            return self._view.count(self._filtered())
        found: Any = self._view.searcher.search(
            self._scored(), len(self._ranked), count=True, offset=self._ranked.start
        )
        self._found = found
        return int(found.count)

    def _rank(self, wanted: Plan) -> tuple[list[_Term], dict[str, float]]:
        """The terms, the rarest first, and what each is worth by how rare it is."""
        view = self._view
        everything = view.searcher.num_docs
        found: list[_Term] = []
        weights: dict[str, float] = {}
        for field, text, weight in scored_terms(wanted):
            count = view.weighing(field, text)
            if not count:
                continue
            weights[text] = inverse_frequency(view.documents, count)
            # tantivy weighs by how rare a term is among all documents; here only visible ones count.
            theirs = view.known(field, text)
            known = log(1 + (max(everything, theirs) - theirs + 0.5) / (theirs + 0.5))
            factor = weight * FIELD_WEIGHT[field] * weights[text] / known
            found.append(_Term(field, text, view.ask.term(field, text), factor, count))
        return sorted(found, key=lambda term: term.holding), weights

    def _loosened(self, eligible: tantivy.Query) -> tantivy.Query:
        """The documents that hold any of the rarest terms."""
        chosen: list[tantivy.Query] = []
        fits = tantivy.Query.empty_query()
        for term in self._terms:
            chosen.append(term.query)
            fits = every([eligible, some(chosen)])
            if self._view.count(fits) >= ENOUGH_CANDIDATES:
                break
        return fits

    def _filtered(self, but: str = "") -> tantivy.Query:
        others = [query for kind, query in self._filters.items() if kind.split(" ")[0] != but]
        return every([self._fits, *others]) if others else self._fits

    def page(self, offset: int, limit: int, sort: Sort) -> tuple[Hit, ...]:
        """The hits from ``offset`` on."""
        wanted = min(limit, self.total - offset)
        if wanted <= 0:
            return ()
        searcher = self._view.searcher
        if sort == "date":
            found = searcher.search(
                self._filtered(), wanted, count=False, order_by_field="day", offset=offset
            )
        elif self._found is not None:
            found = self._found
        else:
            found = searcher.search(self._scored(), wanted, count=False, offset=offset)
        addresses = [address for _, address in found.hits]
        days = searcher.fast_field_values("day", addresses)
        hits = [self._hit(score, address) for score, address in found.hits]
        # tantivy leaves equals as its segments lie, which any commit may change.
        order = sorted(
            range(len(hits)), key=lambda i: (-round(hits[i].score, 4), -int(days[i] or 0), hits[i].id)
        )
        return tuple(hits[i] for i in order)

    def most_watched(
        self, offset: int, limit: int, known: KnownLessons, popularity: Popularity | None
    ) -> tuple[Hit, ...]:
        """As ``page``, in the order of views: who has most is only known when all have been looked at."""
        if limit <= 0 or offset >= self.total:
            return ()
        found = by_views(self._view.searcher, self._scored(), self.total, known, popularity)
        return tuple(self._hit(*one) for one in found[offset : offset + limit])

    def _scored(self) -> tantivy.Query:
        """What fits, and what its words are worth: a word that must be said is read once for both."""
        parts = [silent(one) if occur == Occur.Must else (occur, one) for occur, one in self._conditions]
        parts += [silent(one) for one in self._filters.values()]
        left = set(self._required)
        for term in self._terms:
            must = (term.field, term.text) in left
            left.discard((term.field, term.text))
            worth = tantivy.Query.boost_query(term.query, term.factor)
            parts.append((Occur.Must if must else Occur.Should, worth))
        parts += [silent(self._view.ask.term(*one)) for one in left]
        return tantivy.Query.boolean_query(parts)

    def _hit(self, score: Any, address: tantivy.DocAddress) -> Hit:
        id_, lesson, clip = json.loads(self._view.searcher.doc(address)["ids"][0])
        return Hit(id_, lesson, clip, float(score))

    def counts(self) -> Counts:
        """Beside the filters; those that no filter narrows are counted in one go."""
        narrowed = {kind.split(" ")[0] for kind in self._filters}
        found: dict[str, tuple[tuple[str, int], ...]] = {}
        for kinds in ([k for k in COUNTED if k not in narrowed], *([kind] for kind in sorted(narrowed))):
            asked = {
                kind: {"terms": {"field": COUNTED_FIELD.format(kind), "size": _MOST_VALUES}} for kind in kinds
            }
            if not asked:
                continue
            answer = self._view.searcher.aggregate(self._filtered(kinds[0]), asked)
            for kind in kinds:
                found[kind] = ordered((b["key"], int(b["doc_count"])) for b in answer[kind]["buckets"])
        return Counts(**found)
