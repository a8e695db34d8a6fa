"""Read postings from a Whoosh generation, for ``rank``. What a commit left alone is not opened again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from errno import ENOENT
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import STORED_COLUMN
from whoosh.reading import SegmentReader

from search.engines.whoosh.files import MappedStorage
from search.engines.whoosh.store import WhooshStore, damage, retried
from search.engines.whoosh.terms import KnownTerms, TermLookup
from search.ranking.leaf import Column, Ids, Mask, Postings
from search.text.names import GrowingNames, Name, Names

# Common words come back in query after query. 16 bytes each and 200 for the list: 50 MB in a web process.
CACHED_POSTINGS = 3_000_000
_LIST_COSTS = 12

_LENGTH_COLUMN = {"words": "words_length", "pairs": "units_length", "units": "units_length"}
# Where the values of a filter are read from: names keep how they are written, keys do not.
_NAMED = {"topic": "p\0", "lecturer": "l\0"}

_NOBODY = Postings(np.empty(0, np.intp), np.empty(0, np.float64))


class PostingCache:
    """Decoded posting lists, least recently used thrown out first. Not for several threads at once."""

    def __init__(self, most_postings: int = CACHED_POSTINGS) -> None:
        self._most = most_postings
        self._held = 0
        self._lists: OrderedDict[tuple[str, str, str], Postings] = OrderedDict()

    def get(self, name: tuple[str, str, str]) -> Postings | None:
        """The list, or None."""
        found = self._lists.get(name)
        if found is not None:
            self._lists.move_to_end(name)
        return found

    def put(self, name: tuple[str, str, str], postings: Postings) -> None:
        """Keep a list."""
        self._lists[name] = postings
        self._held += len(postings.ids) + _LIST_COSTS
        while self._held > self._most and len(self._lists) > 1:
            _, dropped = self._lists.popitem(last=False)
            self._held -= len(dropped.ids) + _LIST_COSTS


class Segment:
    """One Whoosh segment; a ``leaf.Leaf`` once its deletions are given."""

    def __init__(self, store: WhooshStore, segment: Any, cache: PostingCache) -> None:
        self.name: str = segment.segment_id()
        self._cache = cache
        self._count: int = segment.doc_count_all()
        self._filters: dict[str, Column] = {}
        with damage(f"segment {self.name}"):
            self._reader = SegmentReader(MappedStorage(str(store.folder)), store.schema, segment)
            # Whoosh opens these files when they are first asked for; a commit may have removed them by then,
            # and it takes a missing one for an empty one.
            documents = self._reader._perdoc
            if documents._cached_reader("_stored", STORED_COLUMN) is None:
                raise FileNotFoundError(ENOENT, "a column was removed", f"{self.name}._stored")
            self._lengths = {
                name: self._load(name).astype(np.float64) for name in ("words_length", "units_length")
            }
            self._days = self._load("day")
            self._lookup = TermLookup(self._reader._terms)
        self.alive: Mask = np.empty(0, np.bool_)
        self.set_deleted(segment)

    def _load(self, column: str) -> NDArray[np.int64]:
        if not self._reader.has_column(column):
            raise FileNotFoundError(ENOENT, "a column was removed", f"{self.name}.{column}")
        return np.array(list(self._reader.column_reader(column)), dtype=np.int64)

    def set_deleted(self, segment: Any) -> None:
        """Deletions live in the table of contents, so they change while the segment's files stay."""
        self.alive = np.ones(self._count, np.bool_)
        self.alive[list(segment.deleted_docs())] = False

    def postings(self, field: str, term: str) -> Postings:
        """See leaf.Leaf."""
        name = (self.name, field, term)
        found = self._cache.get(name)
        if found is None:
            found = self._read(field, term)
            self._cache.put(name, found)
        return found

    def holds(self, field: str, term: str) -> bool:
        """Whether any document holds a term, deleted ones among them; a fifth of what it takes to read who
        does. For use within ``damage``."""
        return self._lookup.holds(field, term)

    def tell(self, known: KnownTerms) -> None:
        """Say which terms there are."""
        with damage(f"the terms of segment {self.name}"):
            known.add(self._lookup)

    def _read(self, field: str, term: str) -> Postings:
        with damage(f"the postings of segment {self.name}"):
            found = self._lookup.find(field, term)
            if found is None:
                return _NOBODY
            if found.ids[0] < 0 or found.ids[-1] >= self._count or (np.diff(found.ids) <= 0).any():
                raise ValueError("the documents of a term are not in order")
            return Postings(found.ids, found.weights)

    def positions(self, field: str, term: str) -> tuple[Ids, NDArray[np.int64]]:
        """See leaf.Leaf."""
        with damage(f"the postings of segment {self.name}"):
            found = self._lookup.find(field, term, with_positions=True)
            if found is None:
                return _NOBODY.ids, np.empty(0, np.int64)
            return np.repeat(found.ids, found.counts), found.positions.astype(np.int64)

    def terms(self, field: str, prefix: str) -> Iterator[str]:
        """The terms of a field that begin so."""
        with damage(f"the terms of segment {self.name}"):
            yield from self._lookup.beginning(field, prefix)

    def column(self, kind: str) -> Column:
        """See leaf.Leaf; read when it is first asked for."""
        if kind not in self._filters:
            with damage(f"the filters of segment {self.name}"):
                read = self._read_lessons if kind == "lesson" else partial(self._read_column, kind)
                self._filters[kind] = read()
        return self._filters[kind]

    def _read_lessons(self) -> Column:
        """From what is stored: a lesson has few documents, so to look each one up takes six times as long."""
        numbers: dict[str, int] = {}
        stored = map(self._reader.stored_fields, range(self._count))
        codes = [numbers.setdefault(fields["ids"][1], len(numbers)) for fields in stored]
        return Column(tuple(numbers), np.arange(self._count), np.array(codes, dtype=np.intp))

    def _read_column(self, kind: str) -> Column:
        field, prefix = ("names", _NAMED[kind]) if kind in _NAMED else ("keys", f"{kind}\0")
        values, ids = [], [np.empty(0, np.intp)]
        for term in self.terms(field, prefix):
            values.append(Name.read(term).text if field == "names" else term.removeprefix(prefix))
            ids.append(self.postings(field, term).ids)
        codes = np.repeat(np.arange(len(values)), [len(some) for some in ids[1:]])
        return Column(tuple(values), np.concatenate(ids), codes)

    def lengths(self, field: str) -> NDArray[np.float64]:
        """See leaf.Leaf."""
        return self._lengths[_LENGTH_COLUMN[field]]

    @property
    def days(self) -> NDArray[np.int64]:
        """See leaf.Leaf."""
        return self._days

    def ids(self, document: int) -> tuple[str, str, str | None]:
        """(id, lesson, clip) of a document."""
        with damage(f"the stored ids of segment {self.name}"):
            found: tuple[str, str, str | None] = self._reader.stored_fields(document)["ids"]
        return found

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


class WhooshReader:
    """The segments of one commit; ``refresh`` moves on to the next. Not for several threads at once."""

    def __init__(self, store: WhooshStore) -> None:
        self.store = store
        self.segments: list[Segment] = []
        self._version = -1
        self._cache = PostingCache()
        self._known = KnownTerms()
        self._names = GrowingNames()
        self._named: set[str] = set()

    def refresh(self) -> None:
        """Open what the last commit added, close what it dropped. Raises IndexDamaged."""
        if self.store.version() == self._version:
            return
        retried(self._open, self.store.folder)

    def _open(self) -> None:
        contents = self.store.table_of_contents()
        had = {segment.name: segment for segment in self.segments}
        now: list[Segment] = []
        for entry in contents.segments:
            segment = had.pop(entry.segment_id(), None)
            if segment is None:
                segment = Segment(self.store, entry, self._cache)
                segment.tell(self._known)
            else:
                segment.set_deleted(entry)
            now.append(segment)
        for dropped in had.values():
            dropped.close()
        self.segments = now
        self._version = contents.generation

    def may_hold(self, field: str, term: str) -> bool:
        """Whether any segment may hold a term, deleted documents among its holders."""
        return self._known.may_hold(field, term)

    def names(self) -> list[Names]:
        """The titles, lecturers and topics of all segments, and perhaps of some that are gone; those of new
        segments are read when they are first asked for."""
        new = [segment for segment in self.segments if segment.name not in self._named]
        if new and self._names.is_full:
            self._names, new = GrowingNames(), self.segments
        if new:
            self._names.add(term for segment in new for term in segment.terms("names", ""))
            self._named = {segment.name for segment in self.segments}
        return self._names.lists

    def close(self) -> None:
        """Let go of the files."""
        for segment in self.segments:
            segment.close()
        self.segments = []
        self._known, self._names, self._named = KnownTerms(), GrowingNames(), set()
        self._version = -1
