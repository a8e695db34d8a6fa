"""Who gets what answer from the routes of the slice dictionary."""

from __future__ import annotations

from typing import Any

from library.dictionary.rules import shipped_id
from search import shipped_entries
from tests.server.role_table import STAFF_ONLY, Ask, Case


def taught(**form: str) -> Ask:
    """Ask about a word that staff have taught."""

    return lambda shelf: {"entry_id": shelf.taught(), "form": form}


def shipped(*, json: Any = None, **form: str) -> Ask:
    """Ask about a word that came with Weike."""
    asked: dict[str, Any] = {"entry_id": shipped_id(shipped_entries()[0])}
    return lambda shelf: {**asked, "json": json} if json is not None else {**asked, "form": form}


CASES = [
    Case("GET /vocabulary", "303 403 403 403 200 200"),
    Case("GET /vocabulary/download", "303 403 403 403 200 200"),
    Case("POST /vocabulary/words", STAFF_ONLY, lambda shelf: {"form": {"word": shelf.new_word()}}),
    Case(
        "POST /vocabulary/groups",
        STAFF_ONLY,
        lambda shelf: {"form": {"words": f"{shelf.new_word()}、{shelf.new_word()}"}},
    ),
    Case(
        "POST /vocabulary/paste",
        "401 403 403 403 200 200",
        lambda shelf: {"form": {"lines": shelf.new_word()}},
    ),
    Case(
        "POST /vocabulary/{entry_id}",
        STAFF_ONLY,
        lambda shelf: {"entry_id": shelf.taught(), "form": {"words": shelf.new_word(), "version": "1"}},
    ),
    Case("POST /vocabulary/{entry_id}/remove", STAFF_ONLY, taught(version="1")),
    Case("POST /vocabulary/{entry_id}/switch", STAFF_ONLY, shipped(on="1")),
    Case("GET /api/v1/vocabulary", "401 403 403 403 200 200"),
    Case(
        "POST /api/v1/vocabulary",
        "401 403 403 403 201 201",
        lambda shelf: {"json": {"words": [shelf.new_word()]}},
    ),
    Case(
        "PATCH /api/v1/vocabulary/{entry_id}",
        "401 403 403 403 200 200",
        lambda shelf: {
            "entry_id": shelf.taught(),
            "json": {"words": [shelf.new_word()], "version": 1},
        },
    ),
    Case("DELETE /api/v1/vocabulary/{entry_id}", "401 403 403 403 204 204", taught()),
    Case("POST /api/v1/vocabulary/{entry_id}/switch", "401 403 403 403 200 200", shipped(json={"on": True})),
]
