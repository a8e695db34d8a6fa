"""One request of whoever keeps the people of a branch: the page, and what they change on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access.coming_in import codes, queries
from library.access.coming_in.queries import Comer, Waiting
from library.access.coming_in.starting import Card
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import Role, Viewer, node_chain
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.name_rules import NameKind, masked
from library.people.sign_in_names import rows_of
from server.slices.invitations.contexts import (
    CardView,
    CodeView,
    ComerRow,
    InvitationsPage,
    NodeChoice,
    WaitingRow,
)
from server.web.deps import AddressDep, ClockDep, DatabaseDep, PagesDep, Secretary, SettingsDep
from server.web.errors import status_of
from server.web.pages import reason
from server.web.parts import Context, RefusedForm
from server.web.shown.sharing import qr_path
from server.web.who import Who

_MOST_LISTED = 60
"""Of more nodes than these nobody chooses from a list: they are typed."""
_MOST_PEOPLE = 200
"""So many people are listed; for more a node further down is chosen."""
_CODE_DAYS = 14
"""For so long a branch's code is offered to work."""
_REFUSALS = (Invalid, Conflict, Forbidden)
"""Raised at a form that the page offers, so the page comes back; what is not there at all is 404."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Desk:
    """Shows secretaries their people, and changes what they ask; a form not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: Secretary,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
        address: AddressDep,
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self.clock, self.days, self.address = clock, settings.invitation_days, address

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    @property
    def who(self) -> Who:
        """Who asks, with their language."""
        return self._who

    @property
    def start_url(self) -> str:
        """Where codes are typed."""
        return f"{self.address}/start"

    @property
    def is_local(self) -> bool:
        """Whether the address opens on this machine alone."""
        return urlsplit(self.address).hostname in _LOOPBACK

    def node(self, session: Session, node_id: str) -> Node:
        """Return a node whose people the viewer keeps; raises NotFound."""
        return queries.kept_node(session, self.viewer, node_id)

    def write(
        self, node_id: str, form: str, act: Callable[[Session], Response | str], **typed: str
    ) -> Response:
        """Change something, and return what `act` answers: a page, or the word of what was done."""
        try:
            with self._db.write() as session:
                done = act(session)
        except _REFUSALS as error:
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                return self.page(session, node_id, refused=refused, status=status_of(error))
        if isinstance(done, str):
            return self._pages.redirect(f"/invitations?{urlencode({'node': node_id})}", done)
        return done

    def respond(self, session: Session, make: Callable[..., Context], **values: object) -> Response:
        """Return a page of ours with its frame; what is shown once is kept by no cache."""
        frame = self._pages.frame(self._request, session, self._who)
        answer = self._pages.respond(self._request, self._who, make(frame=frame, **values))
        answer.headers["cache-control"] = "no-store"
        return answer

    def card(self, card: Card) -> CardView:
        """Return what one person gets, with the address as a QR code."""
        url = f"{self.address}/welcome/{card.secret}"
        qr, size = qr_path(url)
        return CardView(
            name=card.name,
            username=card.username,
            node=card.node,
            code=codes.shown(card.code),
            url=url,
            qr=qr,
            size=size,
        )

    def code(self, session: Session, node: Node) -> CodeView | None:
        """Return the code of a node that works today."""
        found = queries.code_of(session, node.id, local_day(self.clock()))
        if found is None or node.closed_at is not None:
            return None
        url = f"{self.address}/join/{found.code}"
        return CodeView(code=codes.shown(found.code), url=url, ends_on=found.ends_on)

    def chosen(self, session: Session, typed: str) -> tuple[Node, WeikeError | None]:
        """Return the node that is meant by an id, a code, a name or a path; the first of the viewer's with
        why where it is none of theirs."""
        within = organisation.outermost(self.viewer, Role.SECRETARY)
        first = organisation.node(session, within[0])
        if not typed.strip():
            return first, None
        try:
            return self.node(session, typed.strip()), None
        except NotFound:
            pass
        try:
            return organisation.meant(session, within, typed, "node"), None
        except Invalid as error:
            return first, error

    def page(
        self,
        session: Session,
        typed_node: str = "",
        *,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a node."""
        node, unknown = self.chosen(session, typed_node)
        if unknown is not None and refused is None:
            refused = RefusedForm(form="node", typed={"node": typed_node}, reason=reason(unknown))
            status = status_of(unknown)
        now = self.clock()
        found = queries.comers(session, self.viewer, node, now, _MOST_PEOPLE)
        waiting = queries.waiting_at(session, self.viewer, node, now)
        counts = queries.counts(session, node, now)
        nodes = organisation.nodes_under(session, self.viewer, Role.SECRETARY, _MOST_LISTED + 1)
        today = local_day(now)
        shown = self._refused(refused, found, waiting)
        context = InvitationsPage(
            frame=self._pages.frame(self._request, session, self._who),
            node_id=node.id,
            node=node.name,
            closed=node.closed_at is not None,
            nodes=tuple(
                NodeChoice(id=one.id, name=one.name, depth=len(node_chain(one.path)) - 1)
                for one in (nodes if 1 < len(nodes) <= _MOST_LISTED else ())
            ),
            people=self._rows(session, found, now),
            too_wide=queries.is_too_wide(session, node),
            more=max(0, counts.people - len(found)),
            count=counts.people,
            without_password=counts.waiting,
            invited=counts.invited,
            waiting=tuple(_waiting(one) for one in waiting),
            code=self.code(session, node),
            days=self.days,
            first_day=today,
            last_day=today + timedelta(days=_CODE_DAYS),
            typed_node="" if len(nodes) <= _MOST_LISTED else typed_node,
            refused=shown,
        )
        return self._pages.respond(self._request, self._who, context, status)

    @staticmethod
    def _refused(
        refused: RefusedForm | None, people: list[Comer], waiting: list[Waiting]
    ) -> RefusedForm | None:
        """Return the reason where its form is on the page, and above them all where it is gone."""
        if refused is None:
            return None
        forms = {"node", "code", "sheet"}
        forms |= {f"people/{one.id}" for one in people} | {f"requests/{one.request.id}" for one in waiting}
        return refused if refused.form in forms else replace(refused, form="")

    def _rows(self, session: Session, found: list[Comer], now: datetime) -> tuple[ComerRow, ...]:
        ids = [one.id for one in found]
        open_until = queries.open_links(session, ids, now)
        names: dict[str, list[tuple[NameKind, str]]] = {}
        for row in rows_of(session, ids):
            names.setdefault(row.person_id, []).append((row.kind, masked(row.key)))
        return tuple(
            ComerRow(
                id=one.id,
                name=one.name,
                username=one.username,
                node=one.node,
                has_password=one.has_password,
                active=one.active,
                may_start=one.may_start,
                names=tuple(names.get(one.id, ())),
                invited_until=open_until.get(one.id),
            )
            for one in found
        )


def _waiting(one: Waiting) -> WaitingRow:
    key = queries.called(one.request.name)
    return WaitingRow(
        id=one.request.id,
        name=one.request.name,
        username=one.request.username,
        node=one.node.name,
        asked_at=one.request.asked_at,
        known=tuple((known.id, known.name, known.username) for known in one.candidates),
        alike=sum(queries.called(known.name) == key for known in one.candidates),
        inside=one.namesakes_inside,
    )


DeskDep = Annotated[Desk, Depends()]
