"""Who gets what answer from the routes of the slice desk."""

from __future__ import annotations

from typing import Any

from library.core.clock import utc_now
from library.handling import actions, views
from library.handling.rules import What
from tests.server.conftest import Shelf
from tests.server.role_table import STAFF_ONLY, Case


def _a_batch(shelf: Shelf) -> dict[str, Any]:
    """A batch of the staff: the administrator's own it is not."""
    lesson = shelf.lesson().lesson
    with shelf.served.ports.db.write() as session:
        staff = shelf.viewer("staff")
        batch = actions.handle(session, staff, What.TOPIC_ADD, "党史", [lesson], utc_now())
    return {"batch_id": batch}


def _a_view(shelf: Shelf) -> dict[str, Any]:
    with shelf.served.ports.db.write() as session:
        staff = shelf.viewer("staff")
        node = staff.grants[0].branch_id
        return {"view_id": views.keep(session, staff, "待办", {"state": "draft"}, utc_now(), node_id=node)}


CASES = [
    Case("GET /desk", "303 403 403 403 200 200"),
    Case(
        "POST /desk",
        STAFF_ONLY,
        lambda shelf: {"form": {"lesson": shelf.lesson().lesson, "what": "topic_add", "value": "党史"}},
    ),
    Case("GET /desk/batches/{batch_id}", "303 403 403 403 200 404", _a_batch),
    Case("POST /desk/batches/{batch_id}/undo", "401 403 403 403 303 404", _a_batch, counted=True),
    Case("POST /desk/views", STAFF_ONLY, lambda shelf: {"form": {"name": "待办", "state": "draft"}}),
    Case("POST /desk/views/{view_id}/forget", STAFF_ONLY, _a_view, counted=True),
]
