"""One request at pages with forms: what they have in common, and how a form that was not taken comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import Viewer
from server.web.deps import ClockDep, DatabaseDep, PagesDep, SignedIn
from server.web.errors import status_of
from server.web.pages import Pages, reason
from server.web.parts import Context, Frame, RefusedForm
from server.web.who import Who

Page = Callable[[Session, RefusedForm | None], Context]
"""Makes the page of a form, with the reason why it was not taken."""


class FormDoor:
    """Who asks, and what is open for them; a slice adds what its own pages share."""

    def __init__(
        self, request: Request, who: SignedIn, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self.request = request
        self.who: Who = who
        self.pages: Pages = pages
        self.clock: Clock = clock
        self.db: Database = db

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.who.viewer

    @property
    def today(self) -> date:
        """The Chinese day."""
        return local_day(self.clock())

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
