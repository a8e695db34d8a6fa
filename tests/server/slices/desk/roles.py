"""Who gets what answer from the routes of the slice desk."""

from __future__ import annotations

from typing import Any

from library.core.clock import local_day, utc_now
from library.handling import actions, views
from library.handling.rules import What
from library.programme import queries as programme
from library.programme.weeks import week_of
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
        node = staff.grants[0].node_id
        return {"view_id": views.keep(session, staff, "待办", {"state": "draft"}, utc_now(), node_id=node)}


def _for_weeks(shelf: Shelf) -> dict[str, Any]:
    node = programme.outermost(shelf.viewer("staff"))[0]
    week = str(week_of(local_day(utc_now())).after(30))
    return {"node": node, "week": week, "spread": "each"}


def _weeks_form(shelf: Shelf) -> dict[str, Any]:
    return {"form": {**_for_weeks(shelf), "lesson": shelf.lesson().lesson, "count": "1"}}


def _weeks_json(shelf: Shelf) -> dict[str, Any]:
    return {"json": {**_for_weeks(shelf), "lessons": [shelf.lesson().lesson], "count": 1}}


def _topic_json(shelf: Shelf) -> dict[str, Any]:
    lessons = [shelf.lesson().lesson]
    return {"json": {"what": "topic_add", "value": "党史", "lessons": lessons, "count": 1}}


CASES = [
    Case("POST /desk/weeks", STAFF_ONLY, _weeks_form, counted=True),
    Case("GET /api/v1/desk", "401 403 403 403 200 200"),
    Case("POST /api/v1/desk/batches", "401 403 403 403 201 201", _topic_json),
    Case("GET /api/v1/desk/batches/{batch_id}", "401 403 403 403 200 404", _a_batch),
    Case("POST /api/v1/desk/batches/{batch_id}/undo", "401 403 403 403 200 404", _a_batch, counted=True),
    Case("POST /api/v1/desk/weeks/preview", "401 403 403 403 200 200", _weeks_json),
    Case("POST /api/v1/desk/weeks", "401 403 403 403 201 201", _weeks_json, counted=True),
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
