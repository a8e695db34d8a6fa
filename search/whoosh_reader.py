"""Read postings from a Whoosh generation, for ``rank``. What a commit left alone is not opened again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from errno import ENOENT
from typing import Any

from whoosh.codec.whoosh3 import STORED_COLUMN
from whoosh.reading import SegmentReader, TermNotFound

from search.whoosh_schema import unpack_positions
from search.whoosh_store import WhooshStore, damage, retried

# Common words come back in query after query. About 100 bytes each: 30 MB in every web process.
CACHED_POSTINGS = 300_000

_Block = tuple[Sequence[int], Sequence[float], Sequence[bytes]]

_LENGTH_COLUMN = {"words": "words_length", "pairs": "units_length", "units": "units_length"}


class PostingCache:
    """Decoded posting lists, least recently used thrown out first. Not for several threads at once."""

    def __init__(self, most_postings: int = CACHED_POSTINGS) -> None:
        self._most = most_postings
        self._held = 0
        self._lists: OrderedDict[tuple[str, str, str], dict[int, float]] = OrderedDict()

    def get(self, name: tuple[str, str, str]) -> dict[int, float] | None:
        """The list, or None."""
        found = self._lists.get(name)
        if found is not None:
            self._lists.move_to_end(name)
        return found

    def put(self, name: tuple[str, str, str], postings: dict[int, float]) -> None:
        """Keep a list."""
        self._lists[name] = postings
        self._held += len(postings) + 1
        while self._held > self._most and len(self._lists) > 1:
            _, dropped = self._lists.popitem(last=False)
            self._held -= len(dropped) + 1


class Segment:
    """One Whoosh segment; a ``rank.Leaf`` once its deletions are given."""

    def __init__(self, store: WhooshStore, segment: Any, cache: PostingCache) -> None:
        self.name: str = segment.segment_id()
        self._schema = store.schema
        self._cache = cache
        self._count: int = segment.doc_count_all()
        with damage(f"segment {self.name}"):
            self._reader = SegmentReader(store.storage, store.schema, segment)
            # Whoosh opens these files when they are first asked for; a commit may have removed them by then,
            # and it takes a missing one for an empty one.
            documents = self._reader._perdoc
            if documents._cached_reader("_stored", STORED_COLUMN) is None:
                raise FileNotFoundError(ENOENT, "a column was removed", f"{self.name}._stored")
            self._columns = {name: self._load(name) for name in ("words_length", "units_length", "day")}
        self.all_documents: Set[int] = frozenset()
        self.set_deleted(segment)

    def _load(self, column: str) -> list[int]:
        if not self._reader.has_column(column):
            raise FileNotFoundError(ENOENT, "a column was removed", f"{self.name}.{column}")
        return list(self._reader.column_reader(column))

    def set_deleted(self, segment: Any) -> None:
        """Deletions live in the table of contents, so they change while the segment's files stay."""
        self.all_documents = frozenset(range(self._count)) - frozenset(segment.deleted_docs())

    def weights(self, field: str, term: str) -> Mapping[int, float]:
        """See rank.Leaf."""
        name = (self.name, field, term)
        found = self._cache.get(name)
        if found is None:
            found = {}
            for ids, weights, _ in self._blocks(field, term, with_values=False):
                found.update(zip(ids, weights, strict=True))
            self._cache.put(name, found)
        return found

    def positions(self, field: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """See rank.Leaf."""
        found: dict[int, Sequence[int]] = {}
        for ids, _, values in self._blocks(field, term, with_values=True):
            for document, packed in zip(ids, values, strict=True):
                if document in documents:
                    found[document] = unpack_positions(packed)
        return found

    def _blocks(self, field: str, term: str, *, with_values: bool) -> Iterator[_Block]:
        """The posting list of a term block by block, which is ten times faster than Whoosh's one by one."""
        with damage(f"the postings of segment {self.name}"):
            try:
                matcher = self._reader._terms.matcher(field, term.encode(), self._schema[field].format)
            except TermNotFound:
                return
            while matcher.is_active():
                matcher._read_ids()
                matcher._read_weights()
                if with_values:
                    matcher._read_values()
                yield matcher._ids, matcher._weights, matcher._values
                matcher._next_block()

    def lengths(self, field: str) -> Sequence[int]:
        """See rank.Leaf."""
        return self._columns[_LENGTH_COLUMN[field]]

    @property
    def days(self) -> Sequence[int]:
        """See rank.Leaf."""
        return self._columns["day"]

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
            else:
                segment.set_deleted(entry)
            now.append(segment)
        for dropped in had.values():
            dropped.close()
        self.segments = now
        self._version = contents.generation

    def close(self) -> None:
        """Let go of the files."""
        for segment in self.segments:
            segment.close()
        self.segments = []
        self._version = -1
