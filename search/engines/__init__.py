"""The engines there are, by the name that a setting gives them. Only the one asked for is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from search.document import Document
from search.engine import SearchEngine


class Store(Protocol):
    """One generation that is being written."""

    def write(self, documents: Iterable[Any], lessons: Iterable[str], mark: int) -> int:
        """Replace the lessons by the entries in one commit, then advance the mark."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """How to get at an engine.

    ``open_or_create``: the index of a folder. ``create``: an empty generation. ``entry_of``: a document as
    its store takes it. ``inspect``: how many documents and which mark a finished
    generation has.
    """

    name: str
    open_or_create: Callable[[Path], SearchEngine]
    create: Callable[[Path], Store]
    entry_of: Callable[[Document], Any]
    inspect: Callable[[Path], tuple[int, int]]


def _whoosh_index(folder: Path) -> SearchEngine:
    from search.engines.whoosh.index import WhooshIndex

    return WhooshIndex.open_or_create(folder)


def _whoosh_store(folder: Path) -> Store:
    from search.engines.whoosh.store import WhooshStore

    return WhooshStore.create(folder)


def _whoosh_entry(document: Document) -> Any:
    from search.engines.whoosh.schema import entry_of

    return entry_of(document)


def _whoosh_inspect(folder: Path) -> tuple[int, int]:
    from search.engines.whoosh.reader import WhooshReader
    from search.engines.whoosh.store import WhooshStore

    store = WhooshStore.open(folder)
    reader = WhooshReader(store)
    try:
        reader.refresh()
        return sum(int(segment.alive.sum()) for segment in reader.segments), store.manifest().mark
    finally:
        reader.close()


def _tantivy_index(folder: Path) -> SearchEngine:
    from search.engines.tantivy.index import TantivyIndex

    return TantivyIndex.open_or_create(folder)


def _tantivy_store(folder: Path) -> Store:
    from search.engines.tantivy.store import TantivyStore

    return TantivyStore.create(folder)


def _tantivy_entry(document: Document) -> Any:
    from search.engines.tantivy.schema import entry_of

    return entry_of(document)


def _tantivy_inspect(folder: Path) -> tuple[int, int]:
    from search.engines.tantivy.store import TantivyStore

    store = TantivyStore.open(folder)
    return store.searcher().num_docs, store.manifest().mark


WHOOSH = Engine("whoosh", _whoosh_index, _whoosh_store, _whoosh_entry, _whoosh_inspect)
TANTIVY = Engine("tantivy", _tantivy_index, _tantivy_store, _tantivy_entry, _tantivy_inspect)
ENGINES = {engine.name: engine for engine in (WHOOSH, TANTIVY)}
