"""The index in Whoosh: a folder of generations on the local disk, one of them in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from whoosh.util.filelock import FileLock

from search import generations
from search.document import Document
from search.engine import Filters, Hit, IndexDamaged, Results, Sort
from search.fold import fold
from search.plan import plan
from search.query import Query, parse
from search.rank import NOTHING, Ranking, rank
from search.whoosh_reader import Segment, WhooshReader
from search.whoosh_schema import entry_of, key
from search.whoosh_store import WhooshStore


class WhooshIndex:
    """A SearchEngine in a folder. Cheap to hold; follows commits and swaps made by other processes.

    Safe to use from several threads: searches take turns (they compute in Python, so they would anyway),
    and a commit disturbs no search.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = Lock()
        self._generation: str | None = None
        self._reader: WhooshReader | None = None

    @classmethod
    def open_or_create(cls, folder: Path) -> WhooshIndex:
        """Open the index in a folder, or lay an empty one into a new folder.

        Raises IndexDamaged (also when generations are there but none is named as current) and SchemaChanged;
        in both cases ``rebuild`` puts a new generation beside. Erases nothing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        index = cls(folder)
        with creation_lock(folder):
            if generations.current(folder) is None:
                if generations.names(folder):
                    raise IndexDamaged(f"{folder} has generations, but none is named as the one in use")
                fresh = generations.start(folder)
                WhooshStore.create(fresh)
                generations.switch_to(folder, fresh.name)
        with index._reading():
            return index

    def apply(self, upserts: Iterable[Document], replaced_lessons: Iterable[str], mark: int) -> int:
        """See SearchEngine. About 8 ms and 110 kB of memory a document: give it at most a thousand at once.

        Raises IndexBusy when another process writes, IndexDamaged, SchemaChanged.
        """
        documents = {document.id: document for document in upserts}
        lessons = {*replaced_lessons, *(document.lesson for document in documents.values())}
        return self._store().write(map(entry_of, documents.values()), lessons, mark)

    def mark(self) -> int:
        """See SearchEngine."""
        return self._store().seal().mark

    def doc_count(self) -> int:
        """See SearchEngine."""
        with self._reading() as reader:
            return sum(len(segment.all_documents) for segment in reader.segments)

    def search(
        self,
        query: Query | str,
        scope: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Filters | None = None,
        sort: Sort = "relevance",
    ) -> Results:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        wanted = plan(parsed)
        skipped = max(0, offset)
        with self._reading() as reader:
            segments = reader.segments
            visible = [_visible(segment, scope) for segment in segments]
            if wanted.is_empty or not any(visible):
                return _results(NOTHING, segments, 0)
            allowed = [
                _filtered(segment, seen, filters) for segment, seen in zip(segments, visible, strict=True)
            ]
            ranking = rank(wanted, segments, visible, allowed, wanted=skipped + max(0, limit), sort=sort)
            return _results(ranking, segments, skipped)

    def close(self) -> None:
        """Let go of the files held open; the next use opens them again."""
        with self._turn:
            self._forget()

    def _forget(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._generation = None

    def _store(self) -> WhooshStore:
        name = generations.current(self.folder)
        if name is None:
            raise IndexDamaged(f"{self.folder} names no generation in use")
        return WhooshStore.open(self.folder / name)

    @contextmanager
    def _reading(self) -> Iterator[WhooshReader]:
        """The segments of the last commit of the generation in use, for one thread at a time."""
        with self._turn:
            name = generations.current(self.folder)
            if name != self._generation or self._reader is None:
                self._forget()
                self._reader = WhooshReader(self._store())
                self._generation = name
            self._reader.refresh()
            yield self._reader


@contextmanager
def creation_lock(folder: Path) -> Iterator[None]:
    """Held while a generation is made current: web and worker may both start on an empty folder."""
    lock = FileLock(str(folder / "lock"))
    lock.acquire(blocking=True)
    try:
        yield
    finally:
        lock.release()


def _holders(segment: Segment, kind: str, values: Iterable[str]) -> Set[int]:
    """The living documents that have any of these keys."""
    found: set[int] = set()
    for value in values:
        found.update(segment.weights("keys", key(kind, value)))
    return found & segment.all_documents


def _visible(segment: Segment, scope: frozenset[str]) -> Set[int]:
    return _holders(segment, "scope", scope)


def _filtered(segment: Segment, seen: Set[int], filters: Filters | None) -> Set[int]:
    if filters is None:
        return seen
    wanted = [("topic", fold(topic).strip()) for topic in filters.topics]
    wanted += [("lecturer", fold(filters.lecturer).strip())] if filters.lecturer else []
    wanted += [("year", str(filters.year))] if filters.year is not None else []
    wanted += [("branch", filters.branch)] if filters.branch else []
    wanted += [("kind", filters.kind)] if filters.kind else []
    for kind, value in wanted:
        seen = seen & _holders(segment, kind, [value])
    return seen


def _results(ranking: Ranking, segments: list[Segment], skipped: int) -> Results:
    hits = []
    for found in ranking.found[skipped:]:
        id_, lesson, clip = segments[found.leaf].ids(found.document)
        hits.append(Hit(id_, lesson, clip, found.score))
    return Results(ranking.total, tuple(hits), ranking.relaxed, ranking.weights)
