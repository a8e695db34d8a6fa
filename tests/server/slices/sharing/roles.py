"""Who gets what answer from the routes of the slice sharing."""

from __future__ import annotations

from typing import Any

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Viewer
from library.organisation.tables import Node
from library.programme import actions, releasing
from library.programme.actions import Desk
from library.programme.rules import Draft
from server.commands.administrator import machine
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, Case


def published(shelf: Shelf) -> dict[str, Any]:
    """A published lesson."""
    put = shelf.lesson(LessonState.PUBLISHED)
    return {"lesson_id": put.lesson, "thing_id": put.clip}


def draft(shelf: Shelf) -> dict[str, Any]:
    """A draft of `lecturer`."""
    return {"lesson_id": shelf.lesson().lesson}


def out(shelf: Shelf) -> dict[str, Any]:
    """The week before this one, which has come out."""
    with shelf.served.ports.db.write() as session:
        viewer: Viewer = machine(session)
        week = present(utc_now()).after(-1)
        node = session.get_one(Node, shelf.root())
        actions.put(session, Desk(viewer, node.id, utc_now()), week, Draft("主题"))
        releasing.release(session, utc_now())
        return {"week": str(week)}


CASES = [
    Case("GET /lessons/{lesson_id}/share", EVERYBODY, published),
    Case("GET /lessons/{lesson_id}/share", "404 404 409 404 409 409", draft, name="draft"),
    Case("GET /lessons/{lesson_id}/card.jpg", EVERYBODY, published),
    Case("GET /embed/{thing_id}", EVERYBODY, published),
    Case("GET /weeks/{week}/share", EVERYBODY, out),
    Case("GET /oembed", "404 404 404 404 404 404"),
]
