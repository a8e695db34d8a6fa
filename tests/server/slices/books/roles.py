"""Who gets what answer from the routes of the slice books."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from library.books import practising, studying
from library.books.hours import USUAL
from library.books.practising import Told
from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.core.permits import Viewer
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.evidence.tables import Evidence
from library.people import queries as people
from server.slices.books.rules_desk import typed_of
from tests.server.conftest import Shelf
from tests.server.role_table import SIGNED_IN_ONLY, STAFF, STAFF_ONLY, Case

ALL_DO = "401 303 303 303 303 303"
OWNER_SEES = "303 404 200 404 404 404"
OWNER_DOES = "401 404 303 404 404 404"


def today() -> date:
    """The Chinese day."""
    return local_day(utc_now())


def newcomer(shelf: Shelf) -> Viewer:
    """Somebody whose home is the root."""
    person_id = shelf.newcomer()
    with shelf.served.ports.db.read() as session:
        return people.viewer_of(session, people.person(session, person_id), today())


def studying_one(shelf: Shelf, *, done: bool = False, **said: str) -> dict[str, Any]:
    """Ask for a self-study of `lecturer`."""
    viewer = shelf.viewer("lecturer")
    with shelf.served.ports.db.write() as session:
        days = (today(), today() + timedelta(days=7))
        row = studying.plan(session, viewer, f"读书 {new_id()}", None, *days, utc_now())
        if done:
            studying.finish(session, viewer, row.id, "有收获。", "30", today(), utc_now())
        return {"study_id": row.id, "form": {"version": str(row.version), **said}}


def practised(session: Any, viewer: Viewer) -> str:
    """A practice that waits for a word."""
    told = Told(f"清理河道 {new_id()}", "余村", today(), "和村里一起做的。")
    return practising.say(session, viewer, told, utc_now()).id


def own_practice(shelf: Shelf) -> dict[str, Any]:
    """Ask for a practice of `lecturer`."""
    with shelf.served.ports.db.write() as session:
        return {"practice_id": practised(session, shelf.viewer("lecturer")), "form": {}}


def waiting(shelf: Shelf) -> dict[str, Any]:
    """Ask for a newcomer's practice to be confirmed."""
    viewer = newcomer(shelf)
    with shelf.served.ports.db.write() as session:
        return {"practice_id": practised(session, viewer), "form": {"decision": "confirm"}}


def attended(shelf: Shelf) -> dict[str, Any]:
    """Ask for a newcomer's evidence of a gathering to be taken back."""
    person_id = newcomer(shelf).person_id or ""
    source_id = new_id()
    piece = Piece(
        person_id, None, EvidenceKind.ATTENDED, StudyForm.GATHERED, 3600, today(), Source.GATHERING, source_id
    )
    with shelf.served.ports.db.write() as session:
        evidence.say(session, Source.GATHERING, source_id, [piece], utc_now())
        entry = session.scalars(select(Evidence.id).where(Evidence.person_id == person_id)).one()
    return {"person_id": person_id, "form": {"entry": entry, "reason": "登记错了"}}


def corrected(shelf: Shelf) -> dict[str, Any]:
    """Ask for the correction of a newcomer's self-study to be lifted."""
    viewer = newcomer(shelf)
    days = (today(), today())
    with shelf.served.ports.db.write() as session:
        row = studying.plan(session, viewer, f"读书 {new_id()}", None, *days, utc_now())
        studying.finish(session, viewer, row.id, "有收获。", "30", today(), utc_now())
        entry = session.scalars(select(Evidence.id).where(Evidence.source_id == row.id)).one()
        evidence.take_back(session, entry, "登记错了", utc_now(), None)
    return {"person_id": viewer.person_id, "form": {"entry": entry, "reason": "补看了笔记"}}


def rules_form(shelf: Shelf) -> dict[str, Any]:
    """Ask for rules of a new node, as they are."""
    return {"node_id": shelf.node(), "form": typed_of(USUAL, today())}


DAYS = {"first": today().isoformat(), "last": today().isoformat()}

CASES = [
    Case("GET /learning", SIGNED_IN_ONLY),
    Case("GET /learning/export.xlsx", SIGNED_IN_ONLY),
    Case("GET /learning/export.json", SIGNED_IN_ONLY),
    Case("GET /learning/sheet", SIGNED_IN_ONLY),
    Case("GET /learning/study", SIGNED_IN_ONLY),
    Case("POST /learning/study", ALL_DO, lambda shelf: {"form": {"title": "读书", **DAYS}}),
    Case("GET /learning/study/{study_id}", OWNER_SEES, studying_one),
    Case("POST /learning/study/{study_id}/notes", OWNER_DOES, partial(studying_one, notes="笔记")),
    Case(
        "POST /learning/study/{study_id}/done",
        OWNER_DOES,
        partial(studying_one, account="有收获。", minutes="30", day=today().isoformat()),
    ),
    Case("POST /learning/study/{study_id}/again", OWNER_DOES, partial(studying_one, done=True)),
    Case("POST /learning/study/{study_id}/drop", OWNER_DOES, studying_one),
    Case("GET /learning/practice", SIGNED_IN_ONLY),
    Case(
        "POST /learning/practice",
        ALL_DO,
        lambda shelf: {"form": {"title": "清理河道", "day": today().isoformat(), "account": "做了。"}},
    ),
    Case("POST /learning/practice/{practice_id}/withdraw", OWNER_DOES, own_practice),
    Case("GET /learning/branch", STAFF),
    Case("GET /learning/people/{person_id}", STAFF, attended),
    Case("POST /learning/people/{person_id}/take-back", STAFF_ONLY, attended),
    Case("POST /learning/people/{person_id}/lift", STAFF_ONLY, corrected),
    Case("GET /learning/confirm", STAFF),
    Case("GET /api/v1/books", "401 200 200 200 200 200"),
    Case("GET /api/v1/books/{person_id}", "401 403 403 403 200 200", attended),
    Case("POST /learning/confirm/{practice_id}", STAFF_ONLY, waiting),
    Case("GET /learning/rules", SIGNED_IN_ONLY),
    Case("GET /learning/rules/{node_id}", STAFF, rules_form),
    Case("POST /learning/rules/{node_id}", STAFF_ONLY, rules_form),
    Case(
        "POST /learning/rules/{node_id}/remove",
        STAFF_ONLY,
        lambda shelf: {"node_id": shelf.node(), "form": {"first": "2099-01-01"}},
    ),
]
