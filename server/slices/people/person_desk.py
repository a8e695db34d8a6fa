"""One person's page: all that is kept of where they belong, and what may be done there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import local_day
from library.core.days import parse_date
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.belonging import groups, histories
from library.people.belonging.histories import History
from library.people.permits import keeps
from library.people.rules import MembershipKind, TransferState
from library.people.tables import Membership, Transfer
from server.slices.people.person_contexts import (
    ExemptionRow,
    GroupChoice,
    GroupStayRow,
    PersonPage,
    RoleRow,
    StayRow,
    TermRow,
    TransferRow,
)
from server.web.deps import ClockDep, DatabaseDep, PagesDep, SignedIn
from server.web.errors import status_of
from server.web.pages import reason
from server.web.parts import RefusedForm

_REFUSALS = (Invalid, Conflict, Forbidden)
"""Raised at a form that the page offers, so the page comes back; what is not there at all is 404."""


class PersonDesk:
    """Shows a person to who may look, and changes what they ask; a form not taken comes back as typed."""

    def __init__(
        self, request: Request, who: SignedIn, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    @property
    def by(self) -> str | None:
        """The id of who asks."""
        return self._who.viewer.person_id

    def today(self) -> date:
        """Return the day."""
        return local_day(self.clock())

    def day(self, text: str, field: str = "day") -> date:
        """Return a day as typed, today for nothing; raises Invalid."""
        return parse_date(text, field) or self.today()

    def change(
        self, person_id: str, form: str, act: Callable[[Session, History], object], done: str, **typed: str
    ) -> Response:
        """Change something of a person whom the viewer may look at; then their page. Raises NotFound."""
        try:
            with self._db.write() as session:
                act(session, histories.history_for(session, self.viewer, person_id))
        except _REFUSALS as error:
            return self._refuse(error, person_id, form, typed)
        try:
            with self._db.read() as session:
                histories.history_for(session, self.viewer, person_id)
        except NotFound:  # gone to another's people: the page is not theirs any more
            return self._pages.redirect("/people", done)
        return self._pages.redirect(f"/people/{person_id}", done)

    def _refuse(self, error: WeikeError, person_id: str, form: str, typed: dict[str, str]) -> Response:
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self._db.read() as session:
            return self.page(session, person_id, refused=refused, status=status_of(error))

    def page(
        self, session: Session, person_id: str, *, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return a person's page; raises NotFound, also where the viewer may not look."""
        history = histories.history_for(session, self.viewer, person_id)
        stays = tuple(self._stay(history, one) for one in history.memberships)
        may_keep = histories.may_keep(self.viewer, history)
        home = next((s for s in stays if s.kind is MembershipKind.HOME and s.until is None), None)
        moves = tuple(transfer_row(self.viewer, history, one) for one in history.transfers)
        context = PersonPage(
            frame=self._pages.frame(self._request, session, self._who),
            id=history.person.id,
            name=history.person.name,
            username=history.person.username,
            active=history.person.active,
            has_password=bool(history.person.password_hash),
            today=self.today(),
            home=home,
            stays=stays,
            transfers=moves,
            asked=next((one for one in moves if one.state is TransferState.ASKED), None),
            exemptions=self._exemptions(history),
            terms=self._terms(history),
            groups=tuple(
                GroupStayRow(group_id=group.id, name=group.name, since=stay.since, until=stay.until)
                for stay, group in history.groups
            ),
            roles=self._roles(history),
            group_choices=self._choices(session) if may_keep else (),
            may_keep=may_keep,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def _stay(self, history: History, one: Membership) -> StayRow:
        node = history.nodes[one.node_id]
        may_end = one.until is None and (
            keeps(self.viewer, node.path) or histories.may_keep(self.viewer, history)
        )
        return StayRow(
            id=one.id,
            node_id=node.id,
            node=node.name,
            kind=one.kind,
            state=one.state,
            since=one.since,
            until=one.until,
            by=history.names.get(one.noted_by or "", ""),
            may_end=may_end,
        )

    def _exemptions(self, history: History) -> tuple[ExemptionRow, ...]:
        today = self.today()
        return tuple(
            ExemptionRow(
                id=one.id,
                reason=one.reason,
                since=one.since,
                until=one.until,
                by=history.names.get(one.noted_by or "", ""),
                is_open=one.until is None or one.until > today,
            )
            for one in history.exemptions
        )

    def _terms(self, history: History) -> tuple[TermRow, ...]:
        today = self.today()
        return tuple(
            TermRow(
                id=one.id,
                since=one.since,
                until=one.until,
                is_open=one.until is None or one.until > today,
            )
            for one in history.terms
        )

    def _roles(self, history: History) -> tuple[RoleRow, ...]:
        return tuple(
            RoleRow(
                role=one.role,
                node=history.nodes[one.node_id].name,
                given_at=one.granted_at,
                given_by=history.names.get(one.granted_by or "", ""),
                until=one.until,
                ended_at=one.ended_at,
                ended_by=history.names.get(one.ended_by or "", ""),
            )
            for one in history.roles
        )

    def _choices(self, session: Session) -> tuple[GroupChoice, ...]:
        found = histories.groups_kept(session, self.viewer)
        return tuple(GroupChoice(id=one.id, name=one.name) for one in found)


PersonDeskDep = Annotated[PersonDesk, Depends()]


def transfer_row(viewer: Viewer, history: History, one: Transfer) -> TransferRow:
    """Return a transfer as pages show it, with what the viewer may do of it."""
    sender, receiver = history.nodes[one.from_id], history.nodes[one.to_id]
    waits = one.state is TransferState.ASKED
    return TransferRow(
        id=one.id,
        sender=sender.name,
        receiver=receiver.name,
        state=one.state,
        note=one.note,
        answer=one.answer,
        asked_at=one.asked_at,
        asked_by=history.names.get(one.asked_by or "", ""),
        answered_at=one.answered_at,
        answered_by=history.names.get(one.answered_by or "", ""),
        may_answer=waits and keeps(viewer, receiver.path),
        may_withdraw=waits and keeps(viewer, sender.path),
    )


def check_keeps(viewer: Viewer, history: History) -> None:
    """Raise Forbidden unless the viewer may change where a person belongs."""
    if not histories.may_keep(viewer, history):
        raise Forbidden


def kept_node(session: Session, viewer: Viewer, text: str) -> Node:
    """Return the node that the viewer keeps the people of and means; raises Invalid."""
    return organisation.meant(session, organisation.outermost(viewer, Role.SECRETARY), text, "to")


def any_node(session: Session, text: str) -> Node:
    """Return the node of the whole tree that is meant, for a transfer goes anywhere; raises Invalid."""
    return organisation.meant(session, [organisation.root_node(session).id], text, "to")


def kept_stay(session: Session, viewer: Viewer, history: History, membership_id: str) -> str:
    """Return the id of a membership of the person that the viewer may change; raises NotFound, Forbidden."""
    row = next((one for one in history.memberships if one.id == membership_id), None)
    if row is None:
        raise NotFound
    if not keeps(viewer, history.nodes[row.node_id].path):
        check_keeps(viewer, history)
    return row.id


def kept_group(session: Session, viewer: Viewer, group_id: str) -> str:
    """Return the id of a group that the viewer keeps; raises NotFound, also where they do not."""
    row = groups.group(session, group_id)
    if not keeps(viewer, organisation.node(session, row.node_id).path):
        raise NotFound
    return row.id
