"""Who gets what answer from the routes of the slice screening."""

from __future__ import annotations

from functools import partial
from typing import Any

from library.core.clock import local_day
from library.records import actions as records
from library.records import photos, queries
from library.records.actions import Desk
from library.records.picturing.drawing import rewritten
from library.records.rules import LineDraft, LinePart, SignerRole
from tests.library.records.test_photos import a_photo
from tests.library.records.test_writing import template
from tests.server.conftest import Shelf
from tests.server.role_table import Case
from tests.server.slices.screening.meetings import Held, end, gathering

# Each viewer meets a gathering that `lecturer` chairs.
PAGE = "303 404 200 404 200 200"
SEEN = "303 200 200 200 200 200"
"""All at home where the gathering is."""
KEEPERS_GET = "401 404 200 404 200 200"
KEEPERS_DO = "401 404 204 404 204 204"
STAFF_GET = "303 404 404 404 200 200"
STAFF_FIND = "303 403 403 403 200 200"


def _held(shelf: Shelf, *, ended: bool = False, written: bool = False) -> Held:
    held = gathering(shelf, chair="lecturer", recorder="staff")
    if written:
        _write(shelf, held)
    if ended:
        end(shelf, held)
    return held


def _write(shelf: Shelf, held: Held) -> None:
    desk = Desk(shelf.viewer("staff"), shelf.served.ports.clock(), "集中学习")
    with shelf.served.ports.db.write() as session:
        draft = LineDraft(LinePart.DISCUSSION, "", "说了")
        records.put_line(session, desk, held.id, f"line-{held.id}", draft, 0)


def asked(shelf: Shelf, **said: Any) -> dict[str, Any]:
    """Ask for something of a gathering that is open."""
    held = _held(shelf, written=True)
    return {"gathering_id": held.id, "line_id": f"line-{held.id}", "room": 1, "node_id": held.node_id} | said


def photographed(shelf: Shelf) -> dict[str, Any]:
    """Give a photo."""
    return asked(shelf, files={"file": ("a.jpg", a_photo(), "image/jpeg")})


def photographed_before(shelf: Shelf) -> dict[str, Any]:
    """Ask for a photo."""
    its = asked(shelf)
    with shelf.served.ports.db.write() as session:
        now, picture = shelf.served.ports.clock(), rewritten(a_photo())
        one, _new = photos.put(session, shelf.viewer("staff"), its["gathering_id"], "", picture, now)
        return {**its, "photo_id": one.id, "form": {}}


def shown(shelf: Shelf) -> dict[str, Any]:
    """Ask for a lesson on the screen."""
    held = _held(shelf)
    return {"gathering_id": held.id, "room": 1, "json": {"lesson": held.lesson.lesson}}


def beaten(shelf: Shelf) -> dict[str, Any]:
    """Say what was played."""
    from library.gatherings.showings import actions

    held = _held(shelf)
    with shelf.served.ports.db.write() as session:
        now = shelf.served.ports.clock()
        begun = actions.begin(session, shelf.viewer("staff"), held.id, held.room, held.lesson.lesson, now)
    return {"gathering_id": held.id, "showing_id": begun.showing_id, "json": {"runs": []}}


def line(shelf: Shelf) -> dict[str, Any]:
    """Write a line."""
    held = _held(shelf)
    return {
        "gathering_id": held.id,
        "line_id": f"fresh-{held.id}",
        "json": {"part": "discussion", "text": "说了"},
    }


def signed(shelf: Shelf, *, both: bool = False) -> dict[str, Any]:
    """Sign as the chair, or have it signed by both."""
    held = _held(shelf, ended=True, written=True)
    with shelf.served.ports.db.write() as session:
        its = queries.reading(session, queries.gathering(session, held.id), "集中学习")
        if both:
            for name, role in (("lecturer", SignerRole.CHAIR), ("staff", SignerRole.RECORDER)):
                desk = Desk(shelf.viewer(name), shelf.served.ports.clock(), "集中学习")
                records.sign(session, desk, held.id, role, its.digest)
    return {
        "gathering_id": held.id,
        "form": {"text": "补充"} if both else {"role": "chair", "digest": its.digest},
    }


def booked(shelf: Shelf, **said: Any) -> dict[str, Any]:
    """Ask for a year of the root."""
    held = _held(shelf)
    return {"node_id": held.node_id, "year": local_day(shelf.served.ports.clock()).year} | said


CASES = [
    Case("GET /gatherings/{gathering_id}/screen/{room}", PAGE, asked),
    Case("POST /api/v1/gatherings/{gathering_id}/screen/{room}", KEEPERS_GET, shown),
    Case("GET /api/v1/gatherings/{gathering_id}/screen/{room}/code", KEEPERS_GET, asked),
    Case("POST /api/v1/gatherings/{gathering_id}/showings/{showing_id}/beats", KEEPERS_GET, beaten),
    Case("GET /gatherings/{gathering_id}/record", PAGE, asked),
    Case("GET /gatherings/{gathering_id}/record/print", PAGE, asked),
    Case("GET /gatherings/{gathering_id}/record.docx", PAGE, asked),
    Case("GET /api/v1/gatherings/{gathering_id}/record", KEEPERS_GET, asked),
    Case("PUT /api/v1/gatherings/{gathering_id}/record/lines/{line_id}", KEEPERS_GET, line),
    Case("POST /api/v1/gatherings/{gathering_id}/record/lines/{line_id}/keep", KEEPERS_DO, asked),
    Case(
        "DELETE /api/v1/gatherings/{gathering_id}/record/lines/{line_id}",
        KEEPERS_DO,
        lambda shelf: {**(its := asked(shelf)), "path": _with_version(its)},
    ),
    Case("POST /gatherings/{gathering_id}/record/sign", "401 404 303 404 403 403", signed),
    Case(
        "POST /gatherings/{gathering_id}/record/take-back",
        "401 404 303 404 303 303",
        partial(asked, form={"role": "chair"}),
    ),
    Case("POST /gatherings/{gathering_id}/record/add", "401 404 303 404 303 303", partial(signed, both=True)),
    Case("GET /gatherings/{gathering_id}/photos", SEEN, asked),
    Case("POST /gatherings/{gathering_id}/photos", "401 404 303 404 303 303", photographed),
    Case("GET /gatherings/{gathering_id}/photos/{photo_id}.jpg", SEEN, photographed_before),
    Case(
        "POST /gatherings/{gathering_id}/photos/{photo_id}/remove",
        "401 404 303 404 303 303",
        photographed_before,
    ),
    Case("GET /api/v1/gatherings/{gathering_id}/photos", "401 200 200 200 200 200", asked),
    Case("POST /api/v1/gatherings/{gathering_id}/photos", "401 404 201 404 201 201", photographed),
    Case("DELETE /api/v1/gatherings/{gathering_id}/photos/{photo_id}", KEEPERS_DO, photographed_before),
    Case("GET /records", STAFF_FIND),
    Case("GET /records/{node_id}/{year}/print", STAFF_GET, booked),
    Case("GET /records/{node_id}/{year}/book.docx", STAFF_GET, booked),
    Case("GET /records/{node_id}/template", STAFF_GET, booked),
    Case("GET /records/{node_id}/template.docx", STAFF_GET, booked),
    Case(
        "POST /records/{node_id}/template",
        "401 404 404 404 303 303",
        lambda shelf: booked(shelf, files={"file": ("a.docx", template("{{ 名称 }}"))}),
    ),
    Case("POST /records/{node_id}/template/remove", "401 404 404 404 303 303", partial(booked, form={})),
]


def _with_version(its: dict[str, Any]) -> str:
    return f"/api/v1/gatherings/{its['gathering_id']}/record/lines/{its['line_id']}?version=1"
