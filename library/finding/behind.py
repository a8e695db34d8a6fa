"""What an index that has not seen the newest changes may still name.

Hits are looked up in the database whatever the index says; names that come from the index alone (suggestions,
the values that are counted) are compared with it while the index is behind, so that nobody reads the name of
what was withdrawn or narrowed a moment ago.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from library.catalog import queries
from library.core.permits import Viewer
from search import Counts, Dictionary, SearchEngine, Suggestion, parse


def names_left(session: Session, viewer: Viewer, found: list[Suggestion]) -> list[Suggestion]:
    """Return those of the names found that stand at something the viewer may see."""
    of = {kind: [one.text for one in found if one.kind == kind] for kind in ("topic", "lecturer", "title")}
    topics, lecturers = queries.names_seen(session, viewer, of["topic"], of["lecturer"])
    titles = set(queries.lessons_titled(session, viewer, of["title"]))
    seen = {"topic": topics, "lecturer": lecturers, "title": titles}
    return [one for one in found if one.text in seen[one.kind]]


def is_found(
    session: Session,
    viewer: Viewer,
    reader: SearchEngine,
    text: str,
    scope: frozenset[str],
    words: Dictionary,
) -> bool:
    """Tell whether what the index would find for another spelling is there for the viewer; raises
    SearchError."""
    hits = reader.search(parse(text), scope, limit=_LOOKED_AT, dictionary=words).hits
    return bool(queries.lessons_by_ids(session, viewer, list(dict.fromkeys(hit.lesson for hit in hits))))


_LOOKED_AT = 20


def counts_left(session: Session, viewer: Viewer, counts: Counts) -> Counts:
    """Return what was counted without the topics and lecturers that the viewer may not know of."""
    names = ([name for name, _count in kind] for kind in (counts.topic, counts.lecturer))
    topics, lecturers = queries.names_seen(session, viewer, *names)
    return replace(
        counts,
        topic=tuple(one for one in counts.topic if one[0] in topics),
        lecturer=tuple(one for one in counts.lecturer if one[0] in lecturers),
    )
