"""One request at a call: what its pages have in common, and how a form that was not taken comes back."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from library.calls import entering, queries
from library.calls.queries import Work
from library.calls.tables import Call
from library.core.errors import NotFound
from library.core.permits import Viewer
from server.slices.calls.contexts import WorkRow
from server.web.deps import ClockDep, DatabaseDep, MediaDep, PagesDep, SignedIn
from server.web.form_door import FormDoor
from server.web.shown.media_urls import MediaUrls

_ID = re.compile(r"(?:^|/lessons/)([0-9a-z]{16})(?:[/?#].*)?$")


def lesson_id_of(text: str) -> str:
    """Return the id of a lesson from what was chosen or pasted; raises NotFound("entry_lesson_gone")."""
    found = _ID.search(text.strip())
    if found is None:
        raise NotFound("entry_lesson_gone", field="lesson")
    return found[1]


class CallsDoor(FormDoor):
    """Who asks, and what is open for them."""

    def __init__(
        self,
        request: Request,
        who: SignedIn,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        media: MediaDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self.media: MediaUrls = media


DoorDep = Annotated[CallsDoor, Depends()]


def work_row(session: Session, viewer: Viewer, call: Call, work: Work, *, may_take_back: bool) -> WorkRow:
    """Return a work as lists show it; a lesson is named only where its names are."""
    entry = work.entry
    return WorkRow(
        n=entry.n,
        title=entry.title,
        category=entry.category,
        unit=work.unit,
        lecturer=work.lecturer,
        lesson_id=(entry.lesson_id or "") if work.named else "",
        entered_at=entry.entered_at,
        report=entering.read(entry.report),
        may_take_back=may_take_back,
    )


def call_path(call_id: str, more: str = "") -> str:
    """Return the path of a call's page, or of one below it."""
    return f"/calls/{call_id}{more}"


def keeping(session: Session, door: CallsDoor, call_id: str) -> Call:
    """Return a call that whoever asks keeps; raises NotFound, Forbidden."""
    return queries.call_for(session, door.viewer, call_id, keep=True)
