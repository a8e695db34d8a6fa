"""Who gets what answer from the routes of the slice people."""

from __future__ import annotations

from typing import Any

from library.core.permits import Role
from library.people import queries as people_queries
from tests.server.conftest import Shelf
from tests.server.role_table import Ask, Case


def to_erase(shelf: Shelf) -> dict[str, Any]:
    """Ask for a new member's end, with the user name typed."""
    newcomer = shelf.newcomer()
    with shelf.served.ports.db.read() as session:
        name = people_queries.person(session, newcomer).username
    return {"person_id": newcomer, "form": {"confirm": name}}


def person(**form: str) -> Ask:
    """Ask for a new member."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        return {"person_id": shelf.newcomer(), "form": {"branch": shelf.root(), **form}}

    return ask


def of_root(**form: str) -> Ask:
    """Ask something about the root of the tree."""
    return lambda shelf: {"form": {"branch": shelf.root(), **form}}


CASES = [
    Case("GET /people", "303 403 403 403 200 200"),
    Case("POST /people/invites", "401 403 403 403 200 200", of_root(role="member"), name="member"),
    Case("POST /people/invites", "401 403 403 403 403 200", of_root(role="staff"), name="staff"),
    Case(
        "POST /people/invites/{invitation_id}/revoke",
        "401 403 403 403 303 303",
        lambda shelf: {"invitation_id": shelf.invitation()[0], "form": {}},
        name="member",
    ),
    Case(
        "POST /people/invites/{invitation_id}/revoke",
        "401 403 403 403 403 303",
        lambda shelf: {"invitation_id": shelf.invitation(Role.ADMIN)[0], "form": {}},
        name="admin",
    ),
    Case(
        "POST /people/{person_id}/grant", "401 403 403 403 303 303", person(role="lecturer"), name="lecturer"
    ),
    Case("POST /people/{person_id}/grant", "401 403 403 403 403 303", person(role="admin"), name="admin"),
    Case("POST /people/{person_id}/revoke", "401 403 403 403 303 303", person(role="member")),
    Case("POST /people/{person_id}/reset", "401 403 403 403 200 200", person(), name="member"),
    Case(
        "POST /people/{person_id}/reset",
        "401 403 403 403 403 200",
        lambda shelf: {"person_id": shelf.newcomer(Role.ADMIN), "form": {}},
        name="admin",
    ),
    Case("POST /people/{person_id}/active", "401 403 403 403 303 303", person(active="0")),
    Case("POST /people/{person_id}/erase", "401 403 403 403 403 303", to_erase),
]
