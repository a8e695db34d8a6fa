"""Who gets what answer from the routes of the slice organisation."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import Ask, Case

STAFF_SEE = "401 403 403 403 200 200"
ADMINS_DO = "401 403 403 403 403 303"
ADMINS_GET = "401 403 403 403 403 200"


def node(*, closed: bool = False, **form: str) -> Ask:
    """Ask for something of a new node below the root."""
    return lambda shelf: {"node_id": shelf.node(closed=closed), "form": form}


def other(shelf: Shelf, how: str = "form") -> dict[str, Any]:
    """Ask for a new node, and name another one."""
    with shelf.served.ports.db.read() as session:
        name = session.get_one(_branch(), shelf.node()).name
    return {"node_id": shelf.node(), how: {"to": name}}


def _branch() -> Any:
    from library.organisation.tables import Node

    return Node


def named(shelf: Shelf) -> dict[str, Any]:
    """Ask a program's question about a new node."""
    return {"node_id": shelf.node(), "json": {"name": "新余村党支部"}}


def renamed(shelf: Shelf, how: str = "form") -> dict[str, Any]:
    """Ask for another name of a new node, one that nobody has."""
    made = shelf.node()
    name = f"改名{made}党支部"
    return {"node_id": made, how: {"name": name, "kind": "branch"}}


def nothing_of_theirs(shelf: Shelf) -> dict[str, Any]:
    """Ask for a list that nobody has brought."""
    return {"job_id": "none", "form": {}}


CASES = [
    Case("GET /organisation/{node_id}/list", "303 403 403 403 403 200", node()),
    Case("POST /organisation/{node_id}/list", "401 403 403 403 403 422", node()),
    Case("GET /organisation/{node_id}/list.xlsx", "303 403 403 403 403 200", node()),
    Case("GET /organisation/{node_id}/list.csv", "303 403 403 403 403 200", node()),
    Case("GET /organisation/lists/template.xlsx", "303 403 403 403 200 200"),
    Case("GET /organisation/lists/job/{job_id}", "303 403 403 403 404 404", nothing_of_theirs),
    *(
        Case(f"POST /organisation/lists/job/{{job_id}}/{act}", "401 403 403 403 404 404", nothing_of_theirs)
        for act in ("decide", "apply", "forget")
    ),
    Case("GET /organisation", "303 403 403 403 200 200"),
    Case("POST /organisation/{node_id}/add", ADMINS_DO, node(name="第一党小组")),
    Case("POST /organisation/{node_id}/details", ADMINS_DO, renamed),
    Case("POST /organisation/{node_id}/move", ADMINS_DO, other),
    Case("POST /organisation/{node_id}/merge", ADMINS_DO, other),
    Case("POST /organisation/{node_id}/close", ADMINS_DO, node()),
    Case("POST /organisation/{node_id}/reopen", ADMINS_DO, node(closed=True)),
    Case(
        "GET /api/v1/organisation/nodes", STAFF_SEE, lambda shelf: {"path": "/api/v1/organisation/nodes?q=a"}
    ),
    Case("GET /api/v1/organisation/nodes/{node_id}", STAFF_SEE, node()),
    Case("GET /api/v1/organisation/nodes/{node_id}/children", STAFF_SEE, node()),
    Case("GET /api/v1/organisation/nodes/{node_id}/history", STAFF_SEE, node()),
    Case("POST /api/v1/organisation/nodes/{node_id}/children", "401 403 403 403 403 201", named),
    Case("PUT /api/v1/organisation/nodes/{node_id}", ADMINS_GET, partial(renamed, how="json")),
    Case("POST /api/v1/organisation/nodes/{node_id}/move", ADMINS_GET, partial(other, how="json")),
    Case("POST /api/v1/organisation/nodes/{node_id}/merge", ADMINS_GET, partial(other, how="json")),
    Case("POST /api/v1/organisation/nodes/{node_id}/close", ADMINS_GET, node()),
    Case("POST /api/v1/organisation/nodes/{node_id}/reopen", ADMINS_GET, node(closed=True)),
]
