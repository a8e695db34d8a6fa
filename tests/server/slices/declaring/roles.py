"""Who gets what answer from the routes of the slice declaring."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.core.clock import utc_now
from library.core.permits import Viewer
from library.declaring import actions, queries
from library.declaring.actions import Given
from library.declaring.rules import AnswerKind, Check, Said
from library.declaring.states import Step
from tests.server.conftest import Shelf
from tests.server.role_table import OWNER_SEES, STAFF, Case, draft

ALL = [str(one) for one in Check]
EVERY = Given(checked=None)


def _at_work(shelf: Shelf, *steps: Step) -> dict[str, Any]:
    """A declaration of `lecturer`'s lesson, on which the administrator has taken some steps."""
    put = shelf.lesson()
    owner: Viewer = shelf.viewer("lecturer")
    with shelf.served.ports.db.write() as session:
        row = actions.declare(session, owner, put.lesson, utc_now(), EVERY)
        its = row.id
        for step in steps:
            given = Given("原因", (Said("看一看", 1.0),), None)
            if step is Step.ANSWER:
                actions.answer(session, owner, its, 1, AnswerKind.CHANGED, "", utc_now())
            else:
                actions.take(session, shelf.viewer("admin"), its, step, utc_now(), given)
        moves = queries.declaration(session, its).moves
    return {"declaration_id": its, "lesson_id": put.lesson, "n": "1", "moves": moves}


def declared(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask for something of a declaration."""
    steps = said.pop("steps", ())
    found = _at_work(shelf, *steps)
    return {**found, how: {"moves": str(found["moves"]), **said} if how == "form" else said}


def ticked(shelf: Shelf) -> dict[str, Any]:
    """Tick one declaration."""
    return {"form": {"ids": [_at_work(shelf)["declaration_id"]]}}


def counted(shelf: Shelf) -> dict[str, Any]:
    """Confirm that one declaration is approved."""
    found = _at_work(shelf)
    form = {"ids": [found["declaration_id"]], "moves": [str(found["moves"])], "count": "1", "checked": ALL}
    return {"form": form}


def levels(shelf: Shelf) -> dict[str, Any]:
    """Ask for the levels of a new node."""
    form = {
        "readers": ["0"],
        "deciders": ["1"],
        "due_days": ["7"],
        "endings": ["publish"],
        "checklist": [],
        "blind": [],
        "quota": "",
        "period": "quarter",
    }
    return {"node_id": shelf.node(), "form": form, "json": None}


def levels_json(shelf: Shelf) -> dict[str, Any]:
    """Say the levels of a new node as a program does."""
    return {"node_id": shelf.node(), "json": {"levels": [{"down": 0, "deciders": 1}]}}


def to_declare(shelf: Shelf) -> dict[str, Any]:
    """Declare a draft as a program does."""
    return {"json": {"lesson": shelf.lesson().lesson, "checked": ALL}}


REVIEW = "401 403 403 403 303 303"
REVIEW_API = "401 403 403 403 200 200"
SIDE = "401 404 200 404 200 200"

CASES = [
    Case("GET /declarations", STAFF),
    Case("GET /declarations/list/export.csv", STAFF),
    Case("POST /declarations/bulk", REVIEW_API, ticked),
    Case("POST /declarations/bulk/confirm", REVIEW, counted),
    Case("GET /declarations/{declaration_id}", "303 404 200 404 200 200", declared),
    Case("POST /declarations/{declaration_id}/remarks", REVIEW, partial(declared, text="看看", at="1")),
    Case(
        "POST /declarations/{declaration_id}/remarks/{n}/answer",
        "401 404 303 404 303 303",
        partial(declared, steps=(Step.RETURN,), kind="answered", text="好"),
    ),
    Case("POST /declarations/{declaration_id}/read", REVIEW, partial(declared, reason="")),
    Case(
        "POST /declarations/{declaration_id}/decide", REVIEW, partial(declared, step="approve", checked=ALL)
    ),
    Case("POST /declarations/{declaration_id}/withdraw", "401 404 303 404 303 303", declared),
    Case("POST /declarations/{declaration_id}/stop", REVIEW, partial(declared, reason="有误")),
    Case("GET /lessons/{lesson_id}/declare", OWNER_SEES, draft()),
    Case(
        "POST /lessons/{lesson_id}/declare",
        "401 404 303 404 303 303",
        lambda shelf: {**draft()(shelf), "form": {"checked": ALL, "reason": ""}},
    ),
    Case("GET /levels", STAFF),
    Case("POST /levels/{node_id}", REVIEW, levels),
    Case("POST /levels/{node_id}/inherit", REVIEW, levels),
    Case("GET /api/v1/levels/{node_id}", REVIEW_API, levels),
    Case("PUT /api/v1/levels/{node_id}", REVIEW_API, levels_json),
    Case("DELETE /api/v1/levels/{node_id}", "401 403 403 403 204 204", levels),
    Case("GET /api/v1/declarations", REVIEW_API),
    Case("POST /api/v1/declarations", "401 404 201 404 201 201", to_declare),
    Case("GET /api/v1/declarations/{declaration_id}", SIDE, declared),
    Case(
        "POST /api/v1/declarations/{declaration_id}/remarks",
        "401 403 403 403 201 201",
        partial(declared, how="json", text="看看", at_s=1),
    ),
    Case(
        "POST /api/v1/declarations/{declaration_id}/remarks/{n}/answer",
        SIDE,
        partial(declared, steps=(Step.RETURN,), how="json", kind="answered", text="好"),
    ),
    Case("POST /api/v1/declarations/{declaration_id}/read", REVIEW_API, partial(declared, how="json")),
    Case(
        "POST /api/v1/declarations/{declaration_id}/decide",
        REVIEW_API,
        partial(declared, how="json", step="approve", checked=ALL),
    ),
    Case("POST /api/v1/declarations/{declaration_id}/withdraw", SIDE, partial(declared, how="json")),
    Case(
        "POST /api/v1/declarations/{declaration_id}/stop",
        REVIEW_API,
        partial(declared, how="json", reason="有误"),
    ),
]
