"""What every search engine of ours promises: its answers, its errors, its functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from search.document import Document
from search.query import Query

Sort = Literal["relevance", "date"]


class SearchError(Exception):
    """The search engine cannot do what was asked."""


class IndexDamaged(SearchError):
    """The index files cannot be read. Nothing was erased: build a new generation beside (``rebuild``)."""


class SchemaChanged(SearchError):
    """The index was written under another schema. Build a new generation beside (``rebuild``)."""


class IndexBusy(SearchError):
    """Another process is writing to this index; only one may."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrowing chosen on the page; every one given must hold. Texts are compared folded and as a whole."""

    topics: tuple[str, ...] = ()
    lecturer: str | None = None
    year: int | None = None
    branch: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One clip found (``clip is None``: a lesson without clips). A higher ``score`` is better."""

    id: str
    lesson: str
    clip: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """``total`` counts everything the searcher may see that fits, ``hits`` is the page asked for.

    ``relaxed``: nothing held all the words, so these hold only some of the rarest.
    ``weights``: how rare each word of the query is in this index; pass it on to ``best_moments``.
    """

    total: int
    hits: tuple[Hit, ...]
    relaxed: bool = False
    weights: Mapping[str, float] = field(default_factory=dict)


class SearchEngine(Protocol):
    """One index: a single writer (the worker), any number of readers in any number of processes."""

    def apply(self, upserts: Iterable[Document], replaced_lessons: Iterable[str], mark: int) -> int:
        """Replace whole lessons in one commit, then advance the mark. Returns the documents written.

        All documents of every lesson in ``replaced_lessons`` and of every lesson that ``upserts`` names are
        removed first; so a lesson is deleted by naming it without documents, and a replay changes nothing.
        """
        ...

    def mark(self) -> int:
        """The revision up to which the index is known to hold everything; 0 for a new one."""
        ...

    def doc_count(self) -> int:
        """Documents in the index, whoever may see them."""
        ...

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
        """Find documents whose scope meets the searcher's. Raises IndexDamaged, and nothing on any query."""
        ...
