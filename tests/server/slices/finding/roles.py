"""Who gets what answer from the routes of the slice finding."""

from __future__ import annotations

from typing import Any

from library.searches import actions as searches
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, OF_STAFF, STAFF, STAFF_ONLY, Ask, Case


def saved(**form: str) -> Ask:
    """Ask about a search that `staff` saved."""
    return lambda shelf: {"search_id": shelf.saved("staff"), "form": form}


def new_search(shelf: Shelf) -> dict[str, Any]:
    """Ask to save a search under a name that nobody has given yet."""
    return {"path": "/searches?q=党史", "form": {"name": shelf.newcomer()}}


def stopped(shelf: Shelf) -> dict[str, Any]:
    """Ask about a text that is stopped."""
    served = shelf.served
    with served.ports.db.write() as session:
        row = searches.stop(session, shelf.new_word(), None, served.ports.clock())
        return {"stopped_id": row.id, "form": {}}


CASES = [
    *(Case(f"GET {path}", EVERYBODY) for path in ("/search", "/api/v1/search", "/api/v1/suggest")),
    Case("GET /search/export.xlsx", STAFF, lambda shelf: {"path": "/search/export.xlsx?q=党史"}),
    Case("GET /search/export.xlsx", "303 403 403 403 422 422", name="of nothing"),
    Case("GET /searches", STAFF),
    Case("GET /frequent-searches", STAFF),
    Case("POST /frequent-searches/stop", STAFF_ONLY, lambda shelf: {"form": {"text": shelf.new_word()}}),
    Case(
        "POST /frequent-searches/stop",
        "401 403 403 403 422 422",
        lambda shelf: {"form": {"text": ""}},
        name="nothing",
    ),
    Case("POST /frequent-searches/{stopped_id}/lift", STAFF_ONLY, stopped),
    Case("GET /api/v1/frequent-searches", "401 403 403 403 200 200"),
    Case(
        "POST /api/v1/frequent-searches/stopped",
        "401 403 403 403 201 201",
        lambda shelf: {"json": {"text": shelf.new_word()}},
    ),
    Case("DELETE /api/v1/frequent-searches/stopped/{stopped_id}", "401 403 403 403 204 204", stopped),
    Case("POST /searches", "401 403 403 403 303 303", new_search),
    Case("POST /searches/{search_id}/open", OF_STAFF, saved(), name="of staff"),
    Case("POST /searches/{search_id}/rename", OF_STAFF, saved(name="改了名"), name="of staff"),
    Case("POST /searches/{search_id}/delete", OF_STAFF, saved(), name="of staff"),
    Case("GET /api/v1/searches", "401 403 403 403 200 200"),
    Case(
        "POST /api/v1/searches",
        "401 403 403 403 201 201",
        lambda shelf: {"json": {"name": shelf.newcomer(), "q": "党史"}},
    ),
    Case("DELETE /api/v1/searches/{search_id}", "401 403 403 403 204 404", saved(), name="of staff"),
]
