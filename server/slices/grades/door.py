"""One request at grades: what its pages have in common, and how a form that was not taken comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import Viewer
from library.grades import queries, rules
from library.organisation import queries as organisation
from library.organisation.tables import Node
from server.web.deps import ClockDep, DatabaseDep, PagesDep, SignedIn
from server.web.errors import status_of
from server.web.pages import Pages, reason
from server.web.parts import Context, Frame, RefusedForm
from server.web.who import Who

Page = Callable[[Session, RefusedForm | None], Context]
"""Makes the page of a form, with the reason why it was not taken."""


class GradesDoor:
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
    def today(self) -> date:
        """The Chinese day."""
        return local_day(self.clock())

    @property
    def last_month(self) -> str:
        """The month before this one: the one that is graded."""
        return rules.month_after(rules.month_of(self.today), -1)

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

    def node(self, session: Session, node_id: str) -> Node:
        """Return a node whose grades the viewer keeps, "" being the topmost; raises NotFound."""
        within = queries.outermost(self.viewer)
        return queries.node_kept(session, self.viewer, node_id or (within[0] if within else ""))

    def choices(self, session: Session, node: Node) -> tuple[tuple[str, str], ...]:
        """Return the topmost nodes that the viewer keeps, and the one that is shown, with their names."""
        ids = list(dict.fromkeys([*queries.outermost(self.viewer), node.id]))
        names = organisation.branch_names(session, ids)
        return tuple((one, names[one]) for one in ids if one in names)


DoorDep = Annotated[GradesDoor, Depends()]


def version_of(text: str) -> int:
    """Return the version that a form was made of; nonsense is one that nothing has."""
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


def period_at(text: str, usual: str) -> str:
    """Return the period of an address, `usual` where it says none; raises NotFound for what is none."""
    try:
        return rules.read_period(text) if text else usual
    except Invalid:
        raise NotFound from None
