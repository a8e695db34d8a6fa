"""What an index compares as a whole: ids, scope, filters. The same terms in every engine."""

from __future__ import annotations

from search.document import Document
from search.engine import Filters
from search.text.fold import fold


def key(kind: str, value: str) -> str:
    """The term for something compared as a whole, such as key("scope", "everyone")."""
    return f"{kind}\0{value}"


RECOGNISED = key("recognised", "yes")
"""Who holds words that a machine recognised."""


def is_recognised(document: Document) -> bool:
    """Whether a machine recognised some of its words."""
    return bool(document.recognised.strip())


def filter_key(kind: str, value: str) -> str:
    """The term of a filter of the page; names (topics, lecturers) are compared folded."""
    return key(kind, fold(value).strip() if kind in ("topic", "lecturer") else value)


def filter_keys(filters: Filters | None) -> dict[str, list[str]]:
    """By kind of filter, the keys of which a document must have one. Topics are filters of their own: of
    several, every one must be there."""
    if filters is None:
        return {}
    wanted = {f"topic {n}": [filter_key("topic", topic)] for n, topic in enumerate(filters.topics)}
    single = {
        "lecturer": filters.lecturer,
        "year": str(filters.year) if filters.year is not None else None,
        "branch": filters.branch,
        "genre": filters.genre,
        "kind": filters.kind,
        "length": filters.length,
    }
    return wanted | {kind: [filter_key(kind, value)] for kind, value in single.items() if value}


def counted_values(document: Document) -> list[tuple[str, str]]:
    """(kind, value) of everything that found documents are counted and filtered by."""
    found = [("topic", topic) for topic in document.topics if topic]
    single = (
        ("lecturer", document.lecturer),
        ("year", str(document.date.year) if document.date else ""),
        ("branch", document.branch),
        ("genre", document.genre),
        ("kind", document.kind),
        ("length", document.length),
    )
    return found + [(kind, value) for kind, value in single if value]


def keys_of(document: Document) -> list[str]:
    """Everything a document is found or filtered by as a whole."""
    found = [key("lesson", document.lesson), key("id", document.id)]
    found += [key("scope", token) for token in document.scope]
    found += [filter_key(kind, value) for kind, value in counted_values(document)]
    found += [RECOGNISED] if is_recognised(document) else []
    return list(dict.fromkeys(found))
