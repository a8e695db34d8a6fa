"""Who gets what answer from the routes of the slice notices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from library.notices import actions
from library.notices.actions import News
from library.notices.rules import Kind
from library.notices.tables import Notice
from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, Case

OWN_PAGE = "303 200 200 200 200 200"
OWN = "401 200 200 200 200 200"
BROWSER = {"endpoint": "https://push.example/x", "p256dh": "x", "auth": "x"}
"""No push service is set here."""

OWN_DO = "401 303 303 303 303 303"


def told_to_lecturer(shelf: Shelf) -> dict[str, Any]:
    """A notice that is the lecturer's."""
    viewer = shelf.viewer("lecturer")
    with shelf.served.ports.db.write() as session:
        news = News(Kind.UPLOAD_READY, "gone")
        actions.tell(session, [viewer.person_id], news, shelf.served.ports.clock())
        latest = select(Notice.id).where(Notice.person_id == viewer.person_id).order_by(Notice.id.desc())
        return {"notice_id": session.scalars(latest.limit(1)).one()}


CASES = [
    Case("GET /notices", OWN_PAGE),
    Case("POST /notices/read-all", OWN_DO, lambda shelf: {"form": {"to": ""}}),
    Case("POST /notices/{notice_id}/open", "401 404 303 404 404 404", told_to_lecturer),
    Case("GET /notices/choices", OWN_PAGE),
    Case("POST /notices/choices", OWN_DO, lambda shelf: {"form": {"on": ["week_out:app"]}}),
    Case("POST /notices/push", "401 404 404 404 404 404", lambda shelf: {"json": BROWSER}),
    Case("POST /notices/push/end", "401 204 204 204 204 204", lambda shelf: {"json": {"endpoint": "x"}}),
    Case("POST /notices/push/end-all", OWN_DO),
    Case("GET /push-worker.js", EVERYBODY),
    Case("GET /api/v1/notices", OWN),
    Case("POST /api/v1/notices/read", OWN, lambda shelf: {"json": {"ids": []}}),
]
