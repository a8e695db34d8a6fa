"""Who gets what answer from the routes of the slice lessons."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import (
    EVERYBODY,
    OWNER_DOES,
    OWNER_SEES,
    STAFF_DO,
    Case,
    draft,
    failed,
    published,
)


def deletion(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft's end, with its title typed."""
    put = shelf.lesson()
    return {"lesson_id": put.lesson, "form": {"confirm": put.title}}


CASES = [
    *(Case(f"GET {path}", EVERYBODY) for path in ("/", "/lessons", "/api/v1/lessons")),
    Case("GET /lessons/{lesson_id}", OWNER_SEES, draft(), name="draft"),
    Case("GET /lessons/{lesson_id}", EVERYBODY, published(), name="published"),
    Case("GET /lessons/{lesson_id}/sheet", EVERYBODY, published(), name="published"),
    Case("GET /lessons/{lesson_id}/sheet", "404 404 409 404 409 409", draft(), name="draft"),
    Case("POST /lessons/{lesson_id}/publish", STAFF_DO, draft()),
    Case("POST /lessons/{lesson_id}/withdraw", "401 403 403 403 303 303", published()),
    Case("POST /lessons/{lesson_id}/audience", OWNER_DOES, draft(audience="signed_in"), name="draft"),
    Case(
        "POST /lessons/{lesson_id}/audience",
        "401 403 403 403 303 303",
        published(audience="signed_in"),
        name="published",
    ),
    Case("POST /lessons/{lesson_id}/edit", OWNER_DOES, draft(title="新标题"), name="draft"),
    Case(
        "POST /lessons/{lesson_id}/edit",
        "401 403 303 403 303 303",
        published(title="新标题"),
        name="published",
    ),
    Case("POST /lessons/{lesson_id}/delete", OWNER_DOES, deletion, name="draft"),
    Case("POST /api/v1/lessons", "401 403 201 201 201 201", lambda shelf: {"json": {"title": "新课"}}),
    Case("GET /api/v1/lessons/{lesson_id}", OWNER_SEES, draft()),
    Case(
        "PATCH /api/v1/lessons/{lesson_id}",
        OWNER_SEES,
        lambda shelf: {"lesson_id": shelf.lesson().lesson, "json": {"title": "改名"}},
    ),
    Case("DELETE /api/v1/lessons/{lesson_id}", "404 404 204 404 204 204", draft(), name="draft"),
    Case("DELETE /api/v1/lessons/{lesson_id}", "401 403 403 403 204 204", published(), name="published"),
    Case("POST /api/v1/lessons/{lesson_id}/publish", "404 404 403 404 200 200", draft()),
    Case("POST /api/v1/lessons/{lesson_id}/withdraw", "401 403 403 403 200 200", published()),
    Case("POST /api/v1/lessons/{lesson_id}/retry", OWNER_SEES, failed),
]
