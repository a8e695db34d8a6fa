"""Letting a branch in under /api/v1, with a token for people: sheets, resets, further names, who waits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from library.access.coming_in import codes, joining, queries, starting
from library.access.coming_in.starting import Card
from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.name_rules import NameKind, masked
from library.people.sign_in_names import rows_of
from server.web.deps import AddressDep, ClockDep, Reading, Secretary, SettingsDep, Writing
from server.web.limits.fields import LineQuery, LineText, WordText
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1/invitations", tags=["invitations"])


class CardOut(BaseModel):
    """What one person gets, told this once: the address and the code let in one time."""

    person_id: str
    name: str
    username: str
    node: str
    url: str
    code: str
    expires_at: datetime


class SheetIn(BaseModel):
    """For which node (an id, a code, a name or a path), and whether those with an open link are left out."""

    node: LineText
    new_only: bool = False


class SheetOut(BaseModel):
    """The cards of a branch; `voided` earlier links stopped working, `left_out` people hold more than you may
    let in."""

    cards: list[CardOut]
    voided: int
    left_out: int


class CodeIn(BaseModel):
    """For which node, and through which day."""

    node: LineText
    ends_on: date


class CodeOut(BaseModel):
    """The code of a branch."""

    code: str
    url: str
    ends_on: date


class KnownOut(BaseModel):
    """Somebody of the branch who has no password yet."""

    person_id: str
    name: str
    username: str


class WaitingOut(BaseModel):
    """Somebody who asked to be taken in; `namesakes` can sign in already under the same name."""

    id: str
    name: str
    username: str
    node: str
    asked_at: datetime
    known: list[KnownOut]
    namesakes: int


class RequestsOut(BaseModel):
    """Who waits, longest first."""

    requests: list[WaitingOut]


class ApproveIn(BaseModel):
    """As whom somebody is taken in: a known person, else a new one, under another user name where the one
    that was asked for is taken."""

    known: WordText = ""
    username: LineText = ""


class NamesIn(BaseModel):
    """Further names to sign in with; "" takes one away, one that is not given stays."""

    staff_number: Annotated[str | None, Field(max_length=200)] = None
    phone: Annotated[str | None, Field(max_length=200)] = None


class NamesOut(BaseModel):
    """The same as others may see them."""

    names: dict[NameKind, str]


def _node(session: Session, viewer: Viewer, text: str) -> Node:
    within = organisation.outermost(viewer, Role.SECRETARY)
    try:
        return queries.kept_node(session, viewer, text)
    except NotFound:
        return organisation.meant(session, within, text, "node")


def _card(card: Card, address: str) -> CardOut:
    return CardOut(
        person_id=card.person_id,
        name=card.name,
        username=card.username,
        node=card.node,
        url=f"{address}/welcome/{card.secret}",
        code=codes.shown(card.code),
        expires_at=card.expires_at,
    )


@router.post("/sheet")
def make_sheet(
    session: Writing,
    who: Secretary,
    clock: ClockDep,
    settings: SettingsDep,
    address: AddressDep,
    body: SheetIn,
) -> SheetOut:
    """Make first links and codes for everybody of a node and below it who has no password yet."""
    node = _node(session, who.viewer, body.node)
    made = starting.make_sheet(
        *(session, who.viewer, node, settings.invitation_days, clock()),
        by=who.viewer.person_id,
        new_only=body.new_only,
    )
    cards = [_card(card, address) for card in made.cards]
    return SheetOut(cards=cards, voided=made.voided, left_out=made.left_out)


@router.post("/code")
def make_code(
    session: Writing, who: Secretary, clock: ClockDep, address: AddressDep, body: CodeIn
) -> CodeOut:
    """Give a branch a code; the one before stops working."""
    node = _node(session, who.viewer, body.node)
    made = joining.make_code(session, who.viewer, node, body.ends_on, clock())
    url = f"{address}/join/{made.code}"
    return CodeOut(code=codes.shown(made.code), url=url, ends_on=made.ends_on)


@router.get("/requests", dependencies=[reads("people_list")])
def list_requests(session: Reading, who: Secretary, clock: ClockDep, node: LineQuery = "") -> RequestsOut:
    """Who asked to be taken into a node or below it (without one: the first that you keep)."""
    text = node or organisation.outermost(who.viewer, Role.SECRETARY)[0]
    found = queries.waiting_at(session, who.viewer, _node(session, who.viewer, text), clock())
    return RequestsOut(
        requests=[
            WaitingOut(
                id=one.request.id,
                name=one.request.name,
                username=one.request.username,
                node=one.node.name,
                asked_at=one.request.asked_at,
                known=[
                    KnownOut(person_id=known.id, name=known.name, username=known.username)
                    for known in one.candidates
                ],
                namesakes=one.namesakes_inside,
            )
            for one in found
        ]
    )


@router.post("/requests/{request_id}/approve")
def approve(session: Writing, who: Secretary, clock: ClockDep, request_id: str, body: ApproveIn) -> KnownOut:
    """Take somebody in who asked."""
    made = joining.approve(session, who.viewer, request_id, body.known or None, body.username, clock())
    return KnownOut(person_id=made.id, name=made.name, username=made.username)


@router.post("/requests/{request_id}/refuse", status_code=204)
def refuse(session: Writing, who: Secretary, clock: ClockDep, request_id: str) -> None:
    """Take somebody not in; what they typed is forgotten."""
    joining.refuse(session, who.viewer, request_id, clock())


@router.post("/people/{person_id}/reset")
def reset(session: Writing, who: Secretary, clock: ClockDep, address: AddressDep, person_id: str) -> CardOut:
    """Make a code with which somebody chooses a new password within a day; they are signed out everywhere."""
    return _card(starting.reset_code(session, who.viewer, person_id, clock()), address)


@router.put("/people/{person_id}/names")
def names(session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: NamesIn) -> NamesOut:
    """Let somebody sign in by a staff number or a phone number too."""
    given = {NameKind.STAFF_NUMBER: body.staff_number, NameKind.PHONE: body.phone}
    wanted = {kind: text for kind, text in given.items() if text is not None}
    starting.rename(session, who.viewer, person_id, wanted, clock())
    session.flush()
    return NamesOut(names={row.kind: masked(row.key) for row in rows_of(session, [person_id])})
