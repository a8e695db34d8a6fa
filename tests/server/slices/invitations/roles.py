"""Who gets what answer from the routes of the slice invitations: whoever keeps the people of the root."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from library.access.coming_in import joining
from library.access.coming_in.tables import JoinRequest
from library.core.clock import local_day
from library.core.permits import Role
from library.people.passwords import HashedPassword
from tests.server.conftest import Shelf
from tests.server.role_table import Ask, Case
from tests.support import factories

KEPT = "401 403 403 403 303 303"
SHOWN = "401 403 403 403 200 200"
_names = count(1)


def newcomer(shelf: Shelf) -> dict[str, Any]:
    """Ask for a new member of the root without a password."""
    return {"person_id": shelf.newcomer(), "node_id": shelf.root(), "form": {"node": shelf.root()}}


def administrator(shelf: Shelf) -> dict[str, Any]:
    """Ask for an administrator of the root: more than staff may let in."""
    return {"person_id": shelf.newcomer(Role.ADMIN), "form": {"node": shelf.root()}, "json": {}}


def coded(shelf: Shelf, *, asked: bool = False) -> dict[str, Any]:
    """Ask for a new branch with a code; with `asked` somebody waits for it."""
    node_id, now = shelf.node(), shelf.served.ports.clock()
    admin = shelf.viewer("admin")
    with shelf.served.ports.db.write() as session:
        node = session.get_one(factories.Node, node_id)
        ends_on = local_day(now + timedelta(days=7))
        code = joining.make_code(session, admin, node, ends_on, now).code
        receipt = request_id = ""
        if asked:
            name = f"asking{next(_names)}"
            receipt = joining.ask(session, code, "新来的", name, HashedPassword("-"), now)
            session.flush()
            request = session.scalars(select(JoinRequest).where(JoinRequest.username == name)).one()
            request_id = request.id
    return {
        "node_id": node_id,
        "code": code,
        "receipt": receipt,
        "request_id": request_id,
        "form": {"node": node_id, "ends_on": ends_on.isoformat()},
        "json": {"node": node_id, "ends_on": ends_on.isoformat()},
    }


def waiting(shelf: Shelf) -> dict[str, Any]:
    """Ask about somebody who waits."""
    return {**coded(shelf, asked=True), "json": {}}


def sheet(shelf: Shelf) -> dict[str, Any]:
    """Ask for the cards of a branch with one member."""
    node_id = shelf.node()
    with shelf.served.ports.db.write() as session:
        factories.person(session, (Role.MEMBER, session.get_one(factories.Node, node_id)))
    return {"node_id": node_id, "form": {"who": "new"}, "json": {"node": node_id}}


def numbered(shelf: Shelf) -> dict[str, Any]:
    """Ask for another number of a new member."""
    asked, number = newcomer(shelf), f"99{next(_names):06}"
    return {**asked, "form": {"staff_number": number}, "json": {"staff_number": number}}


def by_program(ask: Ask) -> Ask:
    """Ask for the same as a program does."""
    return lambda shelf: {name: value for name, value in ask(shelf).items() if name != "form"}


CASES = [
    Case("GET /invitations", "303 403 403 403 200 200"),
    Case("POST /invitations/{node_id}/sheet", SHOWN, sheet),
    Case("POST /invitations/{node_id}/void", KEPT, sheet),
    Case("POST /invitations/{node_id}/code", KEPT, coded),
    Case("POST /invitations/{node_id}/code/revoke", KEPT, coded),
    Case("GET /invitations/{node_id}/poster", "303 403 403 403 200 200", coded),
    Case("POST /invitations/requests/{request_id}/approve", KEPT, waiting),
    Case("POST /invitations/requests/{request_id}/refuse", KEPT, waiting),
    Case("POST /invitations/people/{person_id}/reset", SHOWN, newcomer, name="member"),
    Case(
        "POST /invitations/people/{person_id}/reset", "401 403 403 403 403 200", administrator, name="admin"
    ),
    Case("POST /invitations/people/{person_id}/names", KEPT, numbered),
    Case("POST /invitations/people/{person_id}/sign-out", KEPT, newcomer),
    Case("POST /api/v1/invitations/sheet", SHOWN, by_program(sheet)),
    Case("POST /api/v1/invitations/code", SHOWN, by_program(coded)),
    Case("GET /api/v1/invitations/requests", "401 403 403 403 200 200"),
    Case("POST /api/v1/invitations/requests/{request_id}/approve", SHOWN, by_program(waiting)),
    Case(
        "POST /api/v1/invitations/requests/{request_id}/refuse",
        "401 403 403 403 204 204",
        by_program(waiting),
    ),
    Case("POST /api/v1/invitations/people/{person_id}/reset", SHOWN, by_program(newcomer)),
    Case("PUT /api/v1/invitations/people/{person_id}/names", SHOWN, by_program(numbered)),
]
