"""Who gets what answer from the routes of the slice correcting."""

from __future__ import annotations

from typing import Any

from library.catalog import queries as catalog
from library.correcting import queries
from tests.server.conftest import Shelf
from tests.server.role_table import OWNER_DOES, OWNER_SEES, Case, published


def lesson(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft of `lecturer` with a line."""
    return {"lesson_id": shelf.lesson().lesson}


def line(shelf: Shelf) -> dict[str, Any]:
    """Correct the only line of a draft."""
    put = shelf.lesson()
    with shelf.served.ports.db.read() as session:
        present = queries.present(session, catalog.lesson(session, put.lesson))
    [said] = present.lines
    wanted = {"start_s": said.start_s, "end_s": said.end_s, "text": "全心全意为人民服务"}
    edits = [{"at": 0, "gone": 1, "lines": [wanted]}]
    return {"lesson_id": put.lesson, "json": {"base": present.base, "edits": edits}}


def wording(shelf: Shelf) -> dict[str, Any]:
    """Note how something is always to be written in a draft."""
    return {**lesson(shelf), "json": {"was": "人名", "now": "人民"}}


def no_wording(shelf: Shelf) -> dict[str, Any]:
    """Take it back."""
    return {"path": f"/api/v1/lessons/{shelf.lesson().lesson}/transcript/wordings?was=x"}


def nothing_chosen(shelf: Shelf) -> dict[str, Any]:
    """Send the form of a comparison in which nothing was chosen."""
    return {**lesson(shelf), "form": {"with": "1", "base": "x"}}


CASES = [
    Case("GET /lessons/{lesson_id}/words", OWNER_SEES, lesson),
    Case("GET /lessons/{lesson_id}/words", "303 403 200 403 200 200", published(), name="published"),
    Case("GET /lessons/{lesson_id}/compare", OWNER_SEES, lesson),
    Case("POST /lessons/{lesson_id}/compare", OWNER_DOES, nothing_chosen),
    Case("GET /api/v1/lessons/{lesson_id}/transcript/lines", OWNER_SEES, lesson),
    Case("PATCH /api/v1/lessons/{lesson_id}/transcript/lines", OWNER_SEES, line),
    Case("POST /api/v1/lessons/{lesson_id}/transcript/wordings", OWNER_SEES, wording),
    Case("DELETE /api/v1/lessons/{lesson_id}/transcript/wordings", OWNER_SEES, no_wording),
]
