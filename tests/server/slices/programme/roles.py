"""Who gets what answer from the routes of the slice programme."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Viewer
from library.handling import actions as handling
from library.handling.rules import Spread
from library.organisation.tables import Node
from library.programme import actions
from library.programme import queries as programme
from library.programme.actions import Desk
from library.programme.rules import Draft
from server.commands.administrator import machine
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, STAFF, Case

STAFF_DO = "401 403 403 403 303 303"
STAFF_GET = "401 403 403 403 200 200"


def planned(shelf: Shelf, how: str = "form", **said: Any) -> dict[str, Any]:
    """Ask for something of a new node's week, which is planned with two lessons; `said` may name `first`."""
    lessons = [shelf.lesson().lesson for _ in range(2)]
    node_id = shelf.node()
    with shelf.served.ports.db.write() as session:
        viewer: Viewer = machine(session)
        week = present(utc_now()).after(1)
        node = session.get_one(Node, node_id)
        actions.put(session, Desk(viewer, node.id, utc_now()), week, Draft("主题", lessons=tuple(lessons)))
    given = {name: lessons[1] if value == "second" else value for name, value in said.items()}
    return {"node_id": node_id, "week": str(week), how: given}


def fresh(shelf: Shelf) -> dict[str, Any]:
    """Ask for a lesson in a week that was not planned."""
    week = present(utc_now()).after(2)
    return {
        "node_id": shelf.node(),
        "week": str(week),
        "form": {"lesson": shelf.lesson(LessonState.PUBLISHED).lesson},
    }


def from_a_program(shelf: Shelf) -> dict[str, Any]:
    """Plan a week of a new node as a program does."""
    week, node_id = present(utc_now()).after(3), shelf.node()
    with shelf.served.ports.db.read() as session:
        name = session.get_one(Node, node_id).name
    return {"week": str(week), "json": {"node": name, "theme": "主题"}}


def given_up(shelf: Shelf) -> dict[str, Any]:
    """Give up the week of a new node as a program does."""
    found = planned(shelf)
    return {"path": f"/api/v1/weeks/{found['week']}?node={found['node_id']}"}


def together(shelf: Shelf, **said: str) -> dict[str, Any]:
    """Choose a lesson for a week of a new node."""
    week = str(present(utc_now()).after(5))
    lesson = shelf.lesson(LessonState.PUBLISHED).lesson
    return {"form": {"lesson": lesson, "node": shelf.node(), "week": week, "spread": "each", **said}}


def placed_together(shelf: Shelf) -> str:
    """A batch of the staff: the administrator's own it is not."""
    form = together(shelf)["form"]
    with shelf.served.ports.db.write() as session:
        staff, week = shelf.viewer("staff"), present(utc_now()).after(5)
        node = programme.outermost(staff)[0]
        return handling.place(session, staff, node, week, Spread.EACH, [form["lesson"]], utc_now())


WEEK = {"week": "2026-W49"}

CASES = [
    Case("GET /weeks", EVERYBODY),
    Case("GET /weeks/{week}", EVERYBODY, lambda shelf: WEEK),
    Case("GET /programme", STAFF),
    Case("GET /weeks-at-once", STAFF),
    Case("POST /weeks-at-once", STAFF_GET, partial(together, do="preview")),
    Case("POST /weeks-at-once/place", STAFF_DO, partial(together, count="1")),
    Case(
        "GET /weeks-at-once/done",
        "303 403 403 403 200 404",
        lambda shelf: {"path": f"/weeks-at-once/done?batch={placed_together(shelf)}"},
    ),
    Case(
        "POST /weeks-at-once/undo",
        "401 403 403 403 303 404",
        lambda shelf: {"form": {"batch": placed_together(shelf)}},
    ),
    Case("GET /programme/{node_id}/{week}", STAFF, planned),
    Case("POST /programme/{node_id}/{week}/words", STAFF_DO, partial(planned, version="1", theme="新主题")),
    Case("POST /programme/{node_id}/{week}/add", STAFF_DO, fresh),
    Case("POST /programme/{node_id}/{week}/take", STAFF_DO, partial(planned, n="2", lesson="second")),
    Case("POST /programme/{node_id}/{week}/move", STAFF_DO, partial(planned, n="2", lesson="second")),
    Case(
        "POST /programme/{node_id}/{week}/copy",
        STAFF_DO,
        lambda shelf: planned(shelf, to=[str(present(utc_now()).after(n)) for n in (3, 4)]),
    ),
    Case(
        "POST /programme/{node_id}/{week}/repeat",
        STAFF_DO,
        lambda shelf: planned(shelf, every="2", until=str(present(utc_now()).after(6).sunday)),
    ),
    Case("POST /programme/{node_id}/{week}/remove", STAFF_DO, partial(planned, version="1")),
    Case("GET /api/v1/weeks", EVERYBODY),
    Case("GET /api/v1/weeks/{week}", EVERYBODY, lambda shelf: WEEK),
    Case("PUT /api/v1/weeks/{week}", STAFF_GET, from_a_program),
    Case("DELETE /api/v1/weeks/{week}", "401 403 403 403 204 204", given_up),
]
