"""One request at the books: what their pages have in common, and how a form that was not taken comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.days import parse_date
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.core.permits import Viewer
from library.core.rights import Act
from server.web.deps import ClockDep, DatabaseDep, PagesDep, SignedIn, need
from server.web.errors import status_of
from server.web.pages import Pages, reason
from server.web.parts import Context, Frame, RefusedForm
from server.web.who import Who

Page = Callable[[Session, RefusedForm | None], Context]
"""Makes the page of a form, with the reason why it was not taken."""

Keeper = Annotated[Who, need(Act.BOOKS_KEEP)]
Arranger = Annotated[Who, need(Act.BOOKS_ARRANGE)]

EARLIEST, LATEST = 2000, 2199


class BooksDoor:
    """Who asks, and what is open for them."""

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
    def person_id(self) -> str:
        """The id of who asks; the machine never asks for pages."""
        return self.who.viewer.person_id or ""

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
        """Change something and go on to the path that `act` returns; what is refused as Invalid or Conflict
        brings back `page` with what was typed into `form`."""
        try:
            with self.db.write() as session:
                to = act(session)
        except (Invalid, Conflict) as error:
            return self.refuse(error, form, page, typed)
        return self.pages.redirect(to, done)

    def refuse(
        self, error: WeikeError, form: str, page: Page, typed: Mapping[str, str] | None = None
    ) -> Response:
        """Return the page of a form that was not taken."""
        refused = RefusedForm(form=form, typed=dict(typed or {}), reason=reason(error))
        with self.db.read() as session:
            return self.show(page(session, refused), status_of(error))


DoorDep = Annotated[BooksDoor, Depends()]


def year_of(text: str) -> int | None:
    """Return the year of an address, None for none given; raises NotFound for what is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and EARLIEST <= int(text) <= LATEST):
        raise NotFound
    return int(text)


def day_of(text: str, field: str) -> date:
    """Return a day that was typed; raises Invalid: date_unreadable, empty."""
    day = parse_date(text, field)
    if day is None:
        raise Invalid("empty", field=field)
    return day


def version_of(text: str) -> int:
    """Return the version that a form was made of; nonsense is one that nothing has."""
    return int(text) if text.isdecimal() and len(text) <= 9 else 0
