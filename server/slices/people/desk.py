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
from library.access.second_factor_rules import SecondFactorPolicy
from library.core.errors import Conflict, Forbidden, Invalid, WeikeError
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import directory, queries
from library.people.belonging import histories
from library.people.permits import may_change, may_erase, roles_below
from server.slices.people.contexts import InviteRow, NodeRow, PeoplePage, PersonRow, WaitingRow
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Secretary, SettingsDep
from server.web.errors import status_of
from server.web.pages import pager, reason
from server.web.parts import HeldRole, Reason, RefusedForm

_MOST_LISTED = 60
"""Of more nodes than these nobody chooses from a list: they are typed."""
_REFUSALS = (Invalid, Conflict, Forbidden)
"""Raised at a form that the page offers, so the page comes back; what is not there at all is 404."""


class Desk:
    """Shows staff their people, and changes what they ask; a form that is not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: Secretary,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        off = settings.second_factor is SecondFactorPolicy.OFF
        self._ways_in = not off or bool(settings.identity_providers)
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
        node: str = "",
        page: int = 1,
        new_link: str | None = None,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the list; of a refused form of one person, the part of it with that person."""
        viewer = self.viewer
        about = refused.form.partition("/")[0] if refused else ""
        if refused is not None and refused.form != "invites":
            found = directory.position_of(session, viewer, about) if about else None
            page = found or page
            refused = refused if found else replace(refused, form="")
        within, unclear = self._within(session, node)
        shown = directory.people_page(session, viewer, q, within, page)
        seen = access_queries.last_seen(session, [row.id for row in shown.items])
        branches = organisation.nodes_under(session, viewer, Role.STAFF, _MOST_LISTED + 1)
        roles = {role for grant in viewer.grants for role in roles_below(viewer, grant.path)}
        context = PeoplePage(
            frame=self._pages.frame(self._request, session, self._who),
            ways_in=self._ways_in,
            people=tuple(_person(row, viewer, seen.get(row.id)) for row in shown.items),
            pager=pager(shown, "/people", q=q, node=node),
            more=shown.total > directory.COUNTED_MOST,
            node=node,
            unclear=unclear,
            waiting=self._waiting(session),
            branches=tuple(
                NodeRow(id=b.id, name=b.name, depth=_depth(b))
                for b in (branches if len(branches) <= _MOST_LISTED else ())
            ),
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

    def _within(self, session: Session, node: str) -> tuple[str, Reason | None]:
        """Return the id of the node that was typed to look in, or "" and why it is none."""
        if not node:
            return "", None
        try:
            kept = organisation.outermost(self.viewer, Role.SECRETARY)
            return organisation.meant(session, kept, node, "node").id, None
        except Invalid as error:
            return "", reason(error)

    def _waiting(self, session: Session) -> tuple[WaitingRow, ...]:
        waiting = histories.waiting_for(session, self.viewer)
        names = organisation.node_names(session, {i for t, _n in waiting for i in (t.from_id, t.to_id)})
        return tuple(
            WaitingRow(
                person_id=one.person_id,
                name=name,
                sender=names.get(one.from_id, ""),
                receiver=names.get(one.to_id, ""),
            )
            for one, name in waiting
        )


DeskDep = Annotated[Desk, Depends()]


def _depth(branch: Node) -> int:
    return branch.path.count("/") - 2


def _person(row: queries.PersonRow, viewer: Viewer, seen_at: datetime | None) -> PersonRow:
    return PersonRow(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=tuple(HeldRole(role=r, node_id=b, branch=n) for r, b, n in row.roles),
        last_seen_at=seen_at,
        active=row.active,
        may_change=may_change(viewer, row.id, row.held),
        may_erase=may_erase(viewer, row.id, row.held),
    )
