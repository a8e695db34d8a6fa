"""Small documents for search engines, and what is found of them."""

from __future__ import annotations

from search import Document, SearchEngine

EVERYONE = frozenset(["everyone"])


def doc(id_: str, spoken: str = "", **more: object) -> Document:
    known: dict[str, object] = {"lesson": id_, "clip": id_, "scope": EVERYONE}
    return Document(id=id_, spoken=spoken, **(known | more))  # type: ignore[arg-type]


def ids(engine: SearchEngine, query: str, scope: frozenset[str] = EVERYONE, **more: object) -> list[str]:
    results = engine.search(query, scope, **more)  # type: ignore[arg-type]
    assert results.total >= len(results.hits)
    return [hit.id for hit in results.hits]


def found(engine: SearchEngine, query: str, scope: frozenset[str] = EVERYONE) -> set[str]:
    return set(ids(engine, query, scope, limit=100))
