"""One request at a call: what its pages have in common, and how a form that was not taken comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.calls import entering, queries
from library.calls.queries import Work
from library.calls.tables import Call
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import Viewer
from server.slices.calls.contexts import WorkRow
from server.web.deps import ClockDep, DatabaseDep, MediaDep, PagesDep, SignedIn
from server.web.errors import status_of
from server.web.pages import Pages, reason
from server.web.parts import Context, Frame, RefusedForm
from server.web.shown.media_urls import MediaUrls
from server.web.who import Who

Page = Callable[[Session, RefusedForm | None], Context]
"""Makes the page of a form, with the reason why it was not taken."""

_ID = re.compile(r"(?:^|/lessons/)([0-9a-z]{16})(?:[/?#].*)?$")


def lesson_id_of(text: str) -> str:
    """Return the id of a lesson from what was chosen or pasted; raises NotFound("entry_lesson_gone")."""
    found = _ID.search(text.strip())
    if found is None:
        raise NotFound("entry_lesson_gone", field="lesson")
    return found[1]


class CallsDoor:
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
        self.request = request
        self.who: Who = who
        self.pages: Pages = pages
        self.clock: Clock = clock
        self.db: Database = db
        self.media: MediaUrls = media

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.who.viewer

    def frame(self, session: Session) -> Frame:
        """Return what stands around every page."""
        return self.pages.frame(self.request, session, self.who)

    def show(self, context: Context, status: int = 200) -> Response:
        """Return a page."""
        return self.pages.respond(self.request, self.who, context, status)

    def change(
        self,
        act: Callable[[Session], str],
        done: str,
        form: str,
        page: Page,
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        """Change something and go on to the path that `act` returns; what is refused as Invalid or Conflict,
        and what names a field, brings back `page` with what was typed into `form`."""
        try:
            with self.db.write() as session:
                to = act(session)
        except (Invalid, Conflict, NotFound, Forbidden) as error:
            if isinstance(error, NotFound | Forbidden) and "field" not in error.values:
                raise
            return self.refuse(error, form, page, typed)
        return self.pages.redirect(to, done)

    def refuse(
        self, error: WeikeError, form: str, page: Page, typed: Mapping[str, str] | None = None
    ) -> Response:
        """Return the page of a form that was not taken."""
        refused = RefusedForm(form=form, typed=dict(typed or {}), reason=reason(error))
        with self.db.read() as session:
            return self.show(page(session, refused), status_of(error))


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
