"""Who gets what answer from the routes of the slice feeds."""

from __future__ import annotations

from typing import Any

from library.catalog import actions
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.works import series
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, Case

OWN = "303 200 200 200 200 200"
OWN_DO = "401 303 303 303 303 303"
PUBLIC = {"key": "public"}


def in_series(shelf: Shelf) -> dict[str, Any]:
    """A series with a published lesson."""
    put = shelf.lesson(LessonState.PUBLISHED)
    with shelf.served.ports.db.write() as session:
        row = series.make(session, shelf.viewer("lecturer"), "系列", "", shelf.served.ports.clock())
        series.add(session, shelf.viewer("lecturer"), row.id, put.lesson, shelf.served.ports.clock())
        return {**PUBLIC, "series_id": row.id}


def of_topic(shelf: Shelf) -> dict[str, Any]:
    """A topic of a published lesson."""
    put = shelf.lesson(LessonState.PUBLISHED)
    with shelf.served.ports.db.write() as session:
        lesson = session.get_one(Lesson, put.lesson)
        actions.edit(session, lesson, actions.Details(topics=["党史"]))
        session.flush()
        return {**PUBLIC, "topic_id": lesson.topics[0].topic_id}


def of_node(shelf: Shelf) -> dict[str, Any]:
    """A node with a published lesson."""
    shelf.lesson(LessonState.PUBLISHED)
    return {**PUBLIC, "node_id": shelf.root()}


CASES = [
    Case("GET /account/feeds", OWN),
    Case("POST /account/feeds/make", OWN_DO),
    Case("POST /account/feeds/end", OWN_DO),
    Case("GET /feeds/{key}/lessons.rss", EVERYBODY, lambda shelf: PUBLIC),
    Case("GET /feeds/{key}/weeks.ics", EVERYBODY, lambda shelf: PUBLIC),
    Case("GET /feeds/{key}/gatherings.ics", "404 404 404 404 404 404", lambda shelf: PUBLIC),
    Case("GET /feeds/{key}/reflections.rss", EVERYBODY, lambda shelf: PUBLIC),
    Case("GET /feeds/{key}/series/{series_id}.rss", EVERYBODY, in_series),
    Case("GET /feeds/{key}/topics/{topic_id}.rss", EVERYBODY, of_topic),
    Case("GET /feeds/{key}/nodes/{node_id}.rss", EVERYBODY, of_node),
    Case(
        "GET /feeds/{key}/files/{clip}/{file}",
        "404 404 404 404 404 404",
        lambda shelf: {**PUBLIC, "clip": shelf.lesson().clip, "file": "480p.mp4"},
    ),
]
