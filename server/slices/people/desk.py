"""One request of the staff at the list of people: the list, and what they change on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import queries as access_queries
from library.core.errors import Conflict, Forbidden, Invalid, WeikeError
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Branch
from library.people import queries
from library.people.permits import roles_below
from server.slices.people.contexts import BranchRow, InviteRow, PeoplePage, PersonRow
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Staff
from server.web.errors import status_of
from server.web.pages import pager, reason
from server.web.parts import HeldRole, RefusedForm
from server.web.who import Who

_PER_PAGE = 50
_REFUSALS = (Invalid, Conflict, Forbidden)
"""Raised at a form that the page offers, so the page comes back; what is not there at all is 404."""


class Desk:
    """Shows staff their people, and changes what they ask; a form that is not taken comes back as typed."""

    def __init__(
        self, request: Request, who: Staff, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def change(self, form: str, act: Callable[[Session], object], done: str, **typed: str) -> Response:
        """Change something and show the list again with the word `done`; see `_refuse` for `form`."""
        try:
            with self._db.write() as session:
                act(session)
        except _REFUSALS as error:
            return self._refuse(error, form, typed)
        return self._pages.redirect("/people", done)

    def make_link(self, form: str, act: Callable[[Session], str], **typed: str) -> Response:
        """Make a one-time link, shown this once."""
        try:
            with self._db.write() as session:
                link = act(session)
        except _REFUSALS as error:
            return self._refuse(error, form, typed)
        with self._db.read() as session:
            return self.page(session, new_link=link)

    def _refuse(self, error: WeikeError, form: str, typed: dict[str, str]) -> Response:
        """Return the page with why nothing was changed, at the form it happened in ("": above them all)."""
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self._db.read() as session:
            return self.page(session, refused=refused, status=status_of(error))

    def page(
        self,
        session: Session,
        *,
        q: str = "",
        page: int = 1,
        new_link: str | None = None,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the list; of a refused form of one person, the part of it with that person."""
        viewer = self.viewer
        rows = queries.people_under(session, viewer, q)
        number = clean_number(page)
        ids = [row.id for row in rows]
        about = refused.form.partition("/")[0] if refused else ""
        if about in ids:
            number = 1 + ids.index(about) // _PER_PAGE
        elif refused is not None and refused.form != "invites":
            refused = replace(refused, form="")
        shown = Page(rows[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(rows))
        seen = access_queries.last_seen(session, [row.id for row in shown.items])
        branches = organisation.branches_under(session, viewer, Role.STAFF)
        paths = {b.id: b.path for b in branches}
        roles = {role for b in branches for role in roles_below(viewer, b.path)}
        context = PeoplePage(
            frame=self._pages.frame(self._request, session, self._who),
            people=tuple(_person(row, self._who, paths, seen.get(row.id)) for row in shown.items),
            pager=pager(shown, "/people", q=q),
            branches=tuple(BranchRow(id=b.id, name=b.name, depth=_depth(b)) for b in branches),
            roles=tuple(role for role in Role if role in roles),
            invites=tuple(
                InviteRow(id=i.id, name=i.name, role=i.role, branch=b.name, expires_at=i.expires_at)
                for i, b in access_queries.open_invitations(session, viewer, self.clock())
            ),
            q=q,
            new_link=new_link,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


DeskDep = Annotated[Desk, Depends()]


def _depth(branch: Branch) -> int:
    return branch.path.count("/") - 2


def _person(row: queries.PersonRow, who: Who, paths: dict[str, str], seen_at: datetime | None) -> PersonRow:
    viewer = who.viewer
    may_change = row.id != viewer.person_id and all(
        branch in paths and role in roles_below(viewer, paths[branch]) for role, branch, _name in row.roles
    )
    return PersonRow(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=tuple(HeldRole(role=r, branch_id=b, branch=n) for r, b, n in row.roles),
        last_seen_at=seen_at,
        active=row.active,
        may_change=may_change,
        may_erase=may_change and all(Role.ADMIN in roles_below(viewer, paths[b]) for _r, b, _n in row.roles),
    )
