"""Who gets what answer from the routes of the slice gatherings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from library.choices import queries as choosing
from library.core.clock import utc_now
from library.core.ids import new_id
from library.gatherings import actions, codes, opening, queries
from library.gatherings.actions import Desk, Draft, RoomDraft
from server.commands.administrator import machine
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, SIGNED_IN_ONLY, STAFF, Case

DO = "401 404 404 404 303 303"
PLAN_DO = "401 403 403 403 303 303"
PAGE = "303 404 404 404 200 200"
GET = "401 404 404 404 200 200"


def gathering(shelf: Shelf, how: str = "form", state: str = "open", **said: Any) -> dict[str, Any]:
    """Ask for something of a new gathering of a new node, which is planned, open or over."""
    node_id, now = shelf.node(), utc_now()
    with shelf.served.ports.db.write() as session:
        desk = Desk(machine(session), now)
        starts_at = now + timedelta(minutes=5)
        rooms = said.pop("rooms", ())
        draft = Draft("study", "集中学习", starts_at, starts_at + timedelta(hours=1), "会议室", rooms=rooms)
        one = actions.plan(session, desk, node_id, draft, tell=False)[0]
        if state != "planned":
            opening.open_(session, desk, one.id)
        return {"gathering_id": one.id, how: said}


def brought(shelf: Shelf) -> dict[str, Any]:
    """Check in with the digits that are read out."""
    asked = gathering(shelf)
    with shelf.served.ports.db.read() as session:
        secret = str(queries.known(session, asked["gathering_id"]).secret)
    return {**asked, "form": {"digits": codes.digits_of(secret, utc_now())}}


def two_rooms(shelf: Shelf) -> dict[str, Any]:
    """Close or open the second of two rooms."""
    return {**gathering(shelf, rooms=(RoomDraft("主会场"), RoomDraft("分会场"))), "form": {}, "room": 2}


def over(shelf: Shelf) -> dict[str, Any]:
    """End a gathering that began an hour ago."""
    asked = gathering(shelf)
    with shelf.served.ports.db.write() as session:
        one = queries.known(session, asked["gathering_id"])
        one.opened_at = one.starts_at = utc_now() - timedelta(hours=1)
    return asked


def plan(shelf: Shelf) -> dict[str, Any]:
    """Plan a gathering of a new node."""
    at = utc_now() + timedelta(days=1)
    starts, ends = (f"{one:%Y-%m-%dT%H:%M}" for one in (at, at + timedelta(hours=1)))
    form = {"node": shelf.node(), "kind": "study", "title": "学习", "starts": starts, "ends": ends}
    return {"form": form}


def changed(shelf: Shelf) -> dict[str, Any]:
    """Plan one differently."""
    asked, form = gathering(shelf, state="planned"), plan(shelf)["form"]
    return {**asked, "form": {**form, "version": "1"}}


def by_program(shelf: Shelf) -> dict[str, Any]:
    """Plan a gathering as a program does."""
    at = utc_now() + timedelta(days=1)
    moments = {"starts_at": at.isoformat(), "ends_at": (at + timedelta(hours=1)).isoformat()}
    return {"json": {"node": shelf.node(), "kind": "集中学习", "title": "学习", **moments}}


def marks(shelf: Shelf) -> dict[str, Any]:
    """Say that a guest is there."""
    said = {"marks": [{"id": new_id(), "mark": "present", "guest": "客人"}]}
    return {**gathering(shelf), "json": said}


def a_kind(how: str, **where: str) -> Callable[[Shelf], dict[str, Any]]:
    """Change a kind as it stands now, or add one."""

    def asked(shelf: Shelf) -> dict[str, Any]:
        with shelf.served.ports.db.read() as session:
            version = choosing.version(session)
        name = {"study": "集中学习", "practice": "实践活动"}.get(where.get("code", ""), new_id())
        said = {"name": name, "form": "practice" if name == "实践活动" else "gathered", "asks": "everybody"}
        return {**where, how: {**said, "version": version if how == "json" else str(version)}}

    return asked


KIND = "401 403 403 403 403 303"
PLANNED: Callable[[Shelf], dict[str, Any]] = partial(gathering, state="planned")

CASES = [
    Case("GET /gatherings", SIGNED_IN_ONLY),
    Case("GET /gatherings/plan/new", STAFF),
    Case("POST /gatherings", "401 403 403 403 303 303", plan),
    Case("GET /gatherings/worker/roll.js", EVERYBODY),
    Case("GET /gathering-kinds", SIGNED_IN_ONLY),
    Case("POST /gathering-kinds", KIND, a_kind("form")),
    Case("POST /gathering-kinds/{code}", KIND, a_kind("form", code="study")),
    Case("POST /gathering-kinds/{code}/retire", KIND, a_kind("form", code="training")),
    Case("POST /gathering-kinds/{code}/offer", KIND, a_kind("form", code="training")),
    Case("GET /api/v1/gathering-kinds", "401 200 200 200 200 200"),
    Case("POST /api/v1/gathering-kinds", "401 403 403 403 403 201", a_kind("json")),
    Case("PUT /api/v1/gathering-kinds/{code}", "401 403 403 403 403 200", a_kind("json", code="practice")),
    Case("GET /gatherings/{gathering_id}", PAGE, gathering),
    Case("GET /gatherings/{gathering_id}/edit", "303 403 403 403 200 200", PLANNED),
    Case("POST /gatherings/{gathering_id}/edit", PLAN_DO, changed),
    Case("POST /gatherings/{gathering_id}/cancel", DO, partial(gathering, version="1")),
    Case("POST /gatherings/{gathering_id}/open", DO, PLANNED),
    Case("POST /gatherings/{gathering_id}/end", DO, over),
    Case("POST /gatherings/{gathering_id}/rooms/{room}/end", DO, two_rooms),
    Case("POST /gatherings/{gathering_id}/rooms/{room}/reopen", DO, two_rooms),
    Case("GET /gatherings/{gathering_id}/roll", PAGE, gathering),
    Case("POST /gatherings/{gathering_id}/roll", DO, partial(gathering, mark="present", guest="客人")),
    Case("GET /gatherings/{gathering_id}/code", PAGE, gathering),
    Case("GET /gatherings/{gathering_id}/code.json", PAGE, gathering),
    Case("GET /gatherings/{gathering_id}/here", SIGNED_IN_ONLY, gathering),
    Case("POST /gatherings/{gathering_id}/here", "401 303 303 303 303 303", brought),
    Case("GET /api/v1/gatherings", "401 200 200 200 200 200"),
    Case("POST /api/v1/gatherings", "401 403 403 403 201 201", by_program),
    Case("GET /api/v1/gatherings/{gathering_id}", GET, gathering),
    Case("POST /api/v1/gatherings/{gathering_id}/marks", GET, marks),
]
