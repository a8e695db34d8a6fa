"""The index in Whoosh: a folder of generations on the local disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from search.document import Document
from search.engine import Filters, Results, Sort
from search.query import Query


class WhooshIndex:
    """A SearchEngine in a folder. Cheap to hold; follows commits and swaps made by other processes."""

    def __init__(self, folder: Path) -> None:
        """Use ``open_or_create``."""
        self.folder = folder

    @classmethod
    def open_or_create(cls, folder: Path) -> WhooshIndex:
        """Raises IndexDamaged, SchemaChanged; erases nothing."""
        raise NotImplementedError

    def apply(self, upserts: Iterable[Document], replaced_lessons: Iterable[str], mark: int) -> int:
        """See SearchEngine."""
        raise NotImplementedError

    def mark(self) -> int:
        """See SearchEngine."""
        raise NotImplementedError

    def doc_count(self) -> int:
        """See SearchEngine."""
        raise NotImplementedError

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
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the files held open."""
        raise NotImplementedError
