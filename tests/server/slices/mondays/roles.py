"""Who gets what answer from the routes of the slice mondays."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import STAFF, Case

KEPT = "404 404 404 404 200 200"


def node(shelf: Shelf) -> dict[str, Any]:
    """Ask for a week of a new node, to which nobody of the table belongs."""
    return {"node_id": shelf.node(), "week": "2026-W49"}


CASES = [
    Case("GET /mondays", STAFF),
    Case("GET /mondays/{week}/{node_id}", KEPT, node),
    Case("GET /mondays/{week}/{node_id}/sheet", KEPT, node),
]
