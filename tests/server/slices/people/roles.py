"""Who gets what answer from the routes of the slice people."""

from __future__ import annotations

from typing import Any

from library.core.clock import local_day
from library.core.permits import Role
from library.organisation import queries as organisation
from library.people import queries as people_queries
from library.people.belonging import committees, exemptions, groups, histories, memberships, transfers
from library.people.rules import ExemptionReason
from server.commands.administrator import machine
from tests.server.conftest import Shelf
from tests.server.role_table import Ask, Case


def to_erase(shelf: Shelf) -> dict[str, Any]:
    """Ask for a new member's end, with the user name typed."""
    newcomer = shelf.newcomer()
    with shelf.served.ports.db.read() as session:
        name = people_queries.person(session, newcomer).username
    return {"person_id": newcomer, "form": {"confirm": name}}


def to_erase_by_program(shelf: Shelf) -> dict[str, Any]:
    """Ask for the same as a program does."""
    asked = to_erase(shelf)
    return {"path": f"/api/v1/people/{asked['person_id']}?confirm={asked['form']['confirm']}"}


def person(**form: str) -> Ask:
    """Ask for a new member."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        return {"person_id": shelf.newcomer(), "form": {"branch": shelf.root(), **form}}

    return ask


def of_root(**form: str) -> Ask:
    """Ask something about the root of the tree."""
    return lambda shelf: {"form": {"branch": shelf.root(), **form}}


def nothing_of_theirs(shelf: Shelf) -> dict[str, Any]:
    """Ask for a list that nobody has brought."""
    return {"job_id": "none", "form": {}}


SEE = "401 403 403 403 200 200"
DO = "401 403 403 403 303 303"
KEPT = "401 404 404 404 303 303"
KEPT_BY_PROGRAM = "401 403 403 403 200 200"


def somebody(how: str = "form", **said: str) -> Ask:
    """Ask for something of a new member, whose home is the root."""
    return lambda shelf: {"person_id": shelf.newcomer(), how: said}


def elsewhere(how: str = "form", **said: str) -> Ask:
    """Ask for something of a new member that names another node."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        with shelf.served.ports.db.read() as session:
            name = organisation.node(session, shelf.node()).name
        return {"person_id": shelf.newcomer(), how: {"to": name, **said}}

    return ask


def of_home(how: str = "form") -> Ask:
    """Ask for the end of a new member's home, or for another day of it."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        person_id = shelf.newcomer()
        with shelf.served.ports.db.read() as session:
            home = memberships.home_of(session, person_id)
            return {"person_id": person_id, how: {"membership": home.id if home else ""}}

    return ask


def asked(how: str = "form") -> Ask:
    """Ask for the acceptance of a transfer."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        person_id, node_id = shelf.newcomer(), shelf.node()
        ports = shelf.served.ports
        with ports.db.write() as session:
            to = organisation.node(session, node_id)
            made = transfers.ask(session, machine(session), person_id, to, ports.clock())
            said = {"answer": "accept"} | ({"transfer": made.id} if how == "form" else {})
        return {"person_id": person_id, how: said}

    return ask


def exempted(how: str = "form") -> Ask:
    """Ask for the end of an exemption."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        person_id, ports = shelf.newcomer(), shelf.served.ports
        today = local_day(ports.clock())
        with ports.db.write() as session:
            exemptions.exempt(session, person_id, ExemptionReason.AWAY, today, None, ports.clock(), None)
            row = histories.history_of(session, person_id).exemptions[0]
            return {"person_id": person_id, how: {"exemption": row.id}}

    return ask


def on_committee(how: str = "form") -> Ask:
    """Ask for the end of a term in a committee."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        person_id, ports = shelf.newcomer(), shelf.served.ports
        with ports.db.write() as session:
            committees.begin(session, person_id, local_day(ports.clock()), None, ports.clock(), None)
            row = histories.history_of(session, person_id).terms[0]
            return {"person_id": person_id, how: {"term": row.id}}

    return ask


def group(*, joined: bool = False, place: str = "group_id", how: str = "form") -> Ask:
    """Ask for something of a new learning group that the root keeps."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        person_id, ports = shelf.newcomer(), shelf.served.ports
        now = ports.clock()
        with ports.db.write() as session:
            node = organisation.node(session, shelf.root())
            made = groups.make(session, node, f"小组{person_id}", now, None).id
            if joined:
                groups.join(session, made, person_id, local_day(now), now, None)
        if place == "group_id":
            return {"group_id": made, how: {"name": f"新{person_id}"}}
        return {"person_id": person_id, how: {"group": made}}

    return ask


CASES = [
    Case("GET /people/{person_id}", "303 404 404 404 200 200", somebody()),
    Case("POST /people/{person_id}/home", KEPT, elsewhere()),
    Case("POST /people/{person_id}/state", KEPT, somebody(state="full")),
    Case("POST /people/{person_id}/guest", KEPT, elsewhere()),
    Case("POST /people/{person_id}/end", KEPT, of_home()),
    Case("POST /people/{person_id}/since", KEPT, of_home()),
    Case("POST /people/{person_id}/transfer", KEPT, elsewhere()),
    Case("POST /people/{person_id}/answer", KEPT, asked()),
    Case("POST /people/{person_id}/exempt", KEPT, somebody(reason="away")),
    Case("POST /people/{person_id}/exempt-end", KEPT, exempted()),
    Case("POST /people/{person_id}/committee", KEPT, somebody()),
    Case("POST /people/{person_id}/committee-end", KEPT, on_committee()),
    Case("POST /people/{person_id}/join", KEPT, group(place="person_id")),
    Case("POST /people/{person_id}/leave", KEPT, group(joined=True, place="person_id")),
    Case(
        "GET /organisation/{node_id}/members",
        "303 403 403 403 200 200",
        lambda shelf: {"node_id": shelf.root()},
    ),
    Case(
        "POST /organisation/{node_id}/groups",
        DO,
        lambda shelf: {"node_id": shelf.root(), "form": {"name": f"第{shelf.newcomer()}组"}},
    ),
    Case("POST /people/groups/{group_id}/rename", DO, group()),
    Case("POST /people/groups/{group_id}/close", DO, group()),
    Case("GET /people/lists/new", "303 403 403 403 200 200"),
    Case("POST /people/lists/new", "401 403 403 403 422 422", lambda shelf: {"form": {}}),
    *(
        Case(f"POST /people/lists/job/{{job_id}}/{act}", "401 403 403 403 404 404", nothing_of_theirs)
        for act in ("decide", "apply", "forget")
    ),
    Case("GET /people/lists/job/{job_id}", "303 403 403 403 404 404", nothing_of_theirs),
    Case("GET /people/lists/template.xlsx", "303 403 403 403 200 200"),
    Case("GET /people/lists/export.xlsx", "303 403 403 403 200 200"),
    Case("GET /people/lists/export.csv", "303 403 403 403 200 200"),
    Case("GET /api/v1/people/{person_id}", "401 404 404 404 200 200", somebody()),
    Case("GET /api/v1/organisation/nodes/{node_id}/members", SEE, lambda shelf: {"node_id": shelf.root()}),
    Case("POST /api/v1/people/{person_id}/home", KEPT_BY_PROGRAM, elsewhere("json")),
    Case("POST /api/v1/people/{person_id}/state", KEPT_BY_PROGRAM, somebody("json", state="full")),
    Case("POST /api/v1/people/{person_id}/guest", KEPT_BY_PROGRAM, elsewhere("json")),
    Case("POST /api/v1/people/{person_id}/end", KEPT_BY_PROGRAM, of_home("json")),
    Case("POST /api/v1/people/{person_id}/transfer", KEPT_BY_PROGRAM, elsewhere("json")),
    Case("POST /api/v1/people/{person_id}/transfer/answer", KEPT_BY_PROGRAM, asked("json")),
    Case("GET /api/v1/organisation/nodes/{node_id}/exemptions", SEE, lambda shelf: {"node_id": shelf.root()}),
    Case("POST /api/v1/people/{person_id}/exempt", KEPT_BY_PROGRAM, somebody("json", reason="away")),
    Case("POST /api/v1/people/{person_id}/exempt/end", KEPT_BY_PROGRAM, exempted("json")),
    Case("POST /api/v1/people/{person_id}/committee", KEPT_BY_PROGRAM, somebody("json", until=None)),
    Case("POST /api/v1/people/{person_id}/committee/end", KEPT_BY_PROGRAM, on_committee("json")),
    Case("POST /api/v1/people/{person_id}/join", KEPT_BY_PROGRAM, group(place="person_id", how="json")),
    Case(
        "POST /api/v1/people/{person_id}/leave",
        KEPT_BY_PROGRAM,
        group(joined=True, place="person_id", how="json"),
    ),
    Case("GET /api/v1/organisation/nodes/{node_id}/groups", SEE, lambda shelf: {"node_id": shelf.root()}),
    Case(
        "POST /api/v1/organisation/nodes/{node_id}/groups",
        "401 403 403 403 201 201",
        lambda shelf: {"node_id": shelf.root(), "json": {"name": f"第{shelf.newcomer()}组"}},
    ),
    Case("GET /api/v1/people/groups/{group_id}", SEE, group(how="json")),
    Case("POST /api/v1/people/groups/{group_id}/rename", SEE, group(how="json")),
    Case("POST /api/v1/people/groups/{group_id}/close", SEE, group(how="json")),
    Case("POST /api/v1/people/lists", "401 403 403 403 422 422", lambda shelf: {"form": {}}),
    Case("GET /api/v1/people/lists/{job_id}", "401 403 403 403 404 404", nothing_of_theirs),
    Case("POST /api/v1/people/lists/{job_id}/apply", "401 403 403 403 404 404", nothing_of_theirs),
    Case("GET /people", "303 403 403 403 200 200"),
    Case("POST /people", "401 403 403 403 200 200", of_root(role="member"), name="member"),
    Case("POST /people", "401 403 403 403 403 200", of_root(role="staff"), name="staff"),
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
    Case("POST /people/{person_id}/sign-out", "401 403 403 403 303 303", person()),
    Case("POST /people/{person_id}/erase", "401 403 403 403 403 303", to_erase),
    Case("GET /api/v1/people", "401 403 403 403 200 200"),
    Case("POST /api/v1/people/{person_id}/reset", "401 403 403 403 200 200", person(), name="member"),
    Case(
        "POST /api/v1/people/{person_id}/reset",
        "401 403 403 403 403 200",
        lambda shelf: {"person_id": shelf.newcomer(Role.ADMIN)},
        name="admin",
    ),
    Case(
        "POST /api/v1/people/{person_id}/active",
        "401 403 403 403 200 200",
        lambda shelf: {"person_id": shelf.newcomer(), "json": {"active": False}},
    ),
    Case("POST /api/v1/people/{person_id}/sign-out", "401 403 403 403 204 204", person()),
    Case("DELETE /api/v1/people/{person_id}", "401 403 403 403 403 204", to_erase_by_program),
]
