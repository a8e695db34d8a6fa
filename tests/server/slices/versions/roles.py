"""Who gets what answer from the routes of the slice versions."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.catalog import queries as catalog
from library.catalog.actions import Details
from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.review import actions as review
from library.versions import actions
from tests.server.conftest import Shelf
from tests.server.role_table import Case

OF_THEIRS, PAGE_OF_THEIRS = "401 403 200 403 200 200", "303 403 200 403 200 200"
"""Whoever sees a published lesson knows that it is there, and learns no more."""


def waiting(shelf: Shelf, how: str = "form", *, published: bool = False, **said: Any) -> dict[str, Any]:
    """Ask for something of a published lesson of which something waits, or was `published` just now."""
    put = shelf.lesson(LessonState.PUBLISHED)
    lecturer = shelf.viewer("lecturer")
    with shelf.served.ports.db.write() as session:
        lesson = catalog.lesson(session, put.lesson)
        actions.edit(
            session, lesson, Details(title="改过的题", summary="新的简介"), lecturer.person_id, utc_now()
        )
        if published:
            review.move(session, lesson, None, "改正题目", utc_now())
    return {"lesson_id": put.lesson, "n": 1, how: {"seen": 4 if published else 2} | said}


CASES = [
    Case("GET /lessons/{lesson_id}/versions", PAGE_OF_THEIRS, waiting),
    Case("GET /lessons/{lesson_id}/versions/{n}", PAGE_OF_THEIRS, waiting),
    Case("GET /lessons/{lesson_id}/draft", PAGE_OF_THEIRS, waiting),
    Case(
        "POST /lessons/{lesson_id}/versions/{n}/restore",
        "401 403 303 403 303 303",
        partial(waiting, published=True),
    ),
    Case("POST /lessons/{lesson_id}/draft/publish", "401 403 403 403 303 303", waiting),
    Case("POST /lessons/{lesson_id}/draft/discard", "401 403 303 403 303 303", waiting),
    Case("GET /api/v1/lessons/{lesson_id}/versions", OF_THEIRS, waiting),
    Case("GET /api/v1/lessons/{lesson_id}/versions/{n}", OF_THEIRS, waiting),
    Case("GET /api/v1/lessons/{lesson_id}/draft", OF_THEIRS, waiting),
    Case(
        "POST /api/v1/lessons/{lesson_id}/versions/{n}/restore", OF_THEIRS, partial(waiting, published=True)
    ),
    Case(
        "POST /api/v1/lessons/{lesson_id}/draft/publish",
        "401 403 403 403 200 200",
        partial(waiting, how="json", note="好"),
    ),
    Case("DELETE /api/v1/lessons/{lesson_id}/draft", "401 403 204 403 204 204", waiting),
]
