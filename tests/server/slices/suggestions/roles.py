"""Who gets what answer from the routes of the slice suggestions."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.organisation import queries as organisation
from library.people import queries as people
from library.suggestions import actions
from library.suggestions.actions import Written
from library.suggestions.rules import ORIGIN_KEPT
from library.suggestions.tables import Suggestion
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, STAFF, Case
from tests.support.server import Served

STAFF_GET = "401 403 403 403 200 200"
STAFF_DO = "401 403 403 403 303 303"


def suggested(shelf: Shelf, how: str = "form", *, answered: bool = False, **said: Any) -> dict[str, Any]:
    """Ask for a new suggestion to the root's staff."""
    with shelf.served.ports.db.write() as session:
        root, now = organisation.root_node(session), utc_now()
        row, receipt = actions.hand_in(
            session, Written(f"意见 {new_id()}"), root.id, None, None, new_id(), now
        )
        if answered:
            admin = people.person_by_username(session, "admin")
            assert admin is not None
            actions.answer(
                session, people.viewer_of(session, admin, local_day(utc_now())), row.id, 1, "好。", "", now
            )
        given = {"receipt": receipt} if said.get("receipt") else {"version": row.version, **said}
        return {"suggestion_id": row.id, how: given}


def hour_later(served: Served) -> None:
    """All that was handed in so far came more than an hour ago: whoever comes next has room."""
    with served.ports.db.write() as session:
        for row in session.scalars(select(Suggestion)):
            row.created_at -= 2 * ORIGIN_KEPT
            row.origin = ""


def written(shelf: Shelf, how: str = "form") -> dict[str, Any]:
    """Ask for something new to be taken."""
    hour_later(shelf.served)
    return {how: {"text": f"意见 {new_id()}"}}


ANSWER: dict[str, Any] = {"answer": "好。"}
ASIDE: dict[str, Any] = {"action": "set_aside"}

CASES = [
    Case("GET /suggestions", EVERYBODY),
    Case("POST /suggestions", EVERYBODY, written),
    Case("POST /suggestions/answer", EVERYBODY, partial(suggested, receipt=True)),
    Case("GET /suggestions/desk", STAFF),
    Case("POST /suggestions/{suggestion_id}/answer", STAFF_DO, partial(suggested, **ANSWER)),
    Case("POST /suggestions/{suggestion_id}/release", STAFF_DO, partial(suggested, answered=True)),
    Case("POST /suggestions/{suggestion_id}/change", STAFF_DO, partial(suggested, **ASIDE)),
    Case("GET /api/v1/suggestions", EVERYBODY),
    Case("POST /api/v1/suggestions", "201 201 201 201 201 201", partial(written, how="json")),
    Case("POST /api/v1/suggestions/answer", EVERYBODY, partial(suggested, how="json", receipt=True)),
    Case("GET /api/v1/suggestions/desk", STAFF_GET),
    Case(
        "POST /api/v1/suggestions/{suggestion_id}/answer", STAFF_GET, partial(suggested, how="json", **ANSWER)
    ),
    Case(
        "POST /api/v1/suggestions/{suggestion_id}/release",
        STAFF_GET,
        partial(suggested, how="json", answered=True),
    ),
    Case(
        "POST /api/v1/suggestions/{suggestion_id}/change", STAFF_GET, partial(suggested, how="json", **ASIDE)
    ),
]
