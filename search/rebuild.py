"""Build the whole index anew beside the old one, check it, and swap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from search.document import Document


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """``generation``: the folder now in use; ``unreadable``: ids of documents that could not be indexed."""

    generation: str
    documents: int
    unreadable: tuple[str, ...]


def rebuild(
    folder: Path,
    documents: Iterable[Document],
    mark: int,
    on_progress: Callable[[int], None] | None = None,
) -> Rebuilt:
    """Index all documents into a new generation and make it current; ``on_progress`` gets the count so far.

    ``mark`` must be read BEFORE ``documents`` starts reading the database: changes after it are replayed from
    the outbox, so the outbox must keep every row above the mark. Raises SearchError when the counts do not
    add up; then the old generation stays current.
    """
    raise NotImplementedError
