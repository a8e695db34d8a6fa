"""Who gets what answer from the routes of the slice rights."""

from __future__ import annotations

from typing import Any

from library.core.permits import Role
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from tests.server.conftest import Shelf
from tests.server.role_table import OWNER_SEES, Case, draft, published


def handing(shelf: Shelf, how: str) -> dict[str, Any]:
    """Ask for a new node's secretary to be another one from today."""
    node, persons = shelf.node(), [shelf.newcomer(), shelf.newcomer()]
    with shelf.served.ports.db.write() as session:
        branch = session.get_one(Node, node)
        people.grant(session, persons[0], Role.SECRETARY, branch, None, shelf.served.ports.clock())
        holder, to = (people_queries.person(session, one).username for one in persons)
    return {"node_id": node, how: {"role": "secretary", "holder": holder, "to": to, "day": ""}}


def asking(shelf: Shelf) -> dict[str, Any]:
    """Ask what a member of a new node may do there."""
    node, person_id = shelf.node(), shelf.newcomer()
    with shelf.served.ports.db.write() as session:
        branch = session.get_one(Node, node)
        people.grant(session, person_id, Role.MEMBER, branch, None, shelf.served.ports.clock())
        name = people_queries.person(session, person_id).username
    return {"node_id": node, "path": f"/api/v1/organisation/nodes/{node}/why?person={name}"}


CASES = [
    Case("GET /lessons/{lesson_id}/who", "303 404 200 404 200 200", draft(), name="draft"),
    Case("GET /lessons/{lesson_id}/who", "303 403 200 403 200 200", published(), name="published"),
    Case("GET /api/v1/lessons/{lesson_id}/why", "401 404 200 404 200 200", draft()),
    Case("GET /api/v1/lessons/{lesson_id}/audience", OWNER_SEES, draft()),
    Case(
        "PUT /api/v1/lessons/{lesson_id}/audience",
        "401 403 403 403 200 200",
        lambda shelf: {**published()(shelf), "json": {"audience": ["signed_in"]}},
    ),
    Case(
        "GET /organisation/{node_id}/roles",
        "303 403 403 403 200 200",
        lambda shelf: {"node_id": shelf.node()},
    ),
    Case(
        "GET /api/v1/organisation/nodes/{node_id}/roles",
        "401 403 403 403 200 200",
        lambda shelf: {"node_id": shelf.node()},
    ),
    Case(
        "GET /api/v1/organisation/nodes/{node_id}/why",
        "401 403 403 403 200 200",
        lambda shelf: asking(shelf),
    ),
    Case(
        "POST /organisation/{node_id}/hand-over",
        "401 403 403 403 303 303",
        lambda shelf: handing(shelf, "form"),
    ),
    Case(
        "POST /api/v1/organisation/nodes/{node_id}/hand-over",
        "401 403 403 403 200 200",
        lambda shelf: handing(shelf, "json"),
    ),
]
