"""Contexts of the page on which a secretary lets a branch in, and of what is printed there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.people.name_rules import NameKind
from server.web.parts import Context, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChoice:
    """A node whose people the viewer keeps, in the order of the tree. `depth` 0 is the root."""

    id: str
    name: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComerRow:
    """Somebody of the node. `names` are further names to sign in with, masked; `invited_until` is when an
    open first link ends. `may_start`: the viewer may invite, reset and sign them out."""

    id: str
    name: str
    username: str
    node: str
    has_password: bool
    active: bool
    may_start: bool
    names: tuple[tuple[NameKind, str], ...] = ()
    invited_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """Somebody who asked to be taken in. `known` are (id, name, account) of people without a password, the
    first `alike` of them of the same name; `inside` counts those of this name who can sign in already."""

    id: str
    name: str
    username: str
    node: str
    asked_at: datetime
    known: tuple[tuple[str, str, str], ...] = ()
    alike: int = 0
    inside: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A branch's code as it is read, its address, and the last day on which it works."""

    code: str
    url: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsPage(Context):
    """GET /invitations?node= (role secretary): the people of a node and below it, and how they come in.

    Forms: POST /invitations/{node_id}/sheet (who=all|new, form=page|xlsx), POST /invitations/{node_id}/void,
    POST /invitations/{node_id}/code (ends_on), POST /invitations/{node_id}/code/revoke (),
    POST /invitations/requests/{id}/approve (known, username), POST /invitations/requests/{id}/refuse (),
    POST /invitations/people/{id}/reset (), POST /invitations/people/{id}/names (staff_number, phone),
    POST /invitations/people/{id}/sign-out (). GET /invitations/{node_id}/poster.
    `nodes` to choose from; none where they are too many and one is typed. `more` people are not listed;
    `too_wide`: so much lies below that only those are listed who belong to the node itself.
    `refused`: a form that was not taken, named as its address is ("code", "requests/{id}", "people/{id}").
    """

    template: ClassVar[str] = "invitations/invitations.html"
    node_id: str
    node: str
    closed: bool
    nodes: tuple[NodeChoice, ...]
    people: tuple[ComerRow, ...]
    more: int
    too_wide: bool
    count: int
    without_password: int
    invited: int
    waiting: tuple[WaitingRow, ...]
    code: CodeView | None
    days: int
    last_day: date
    first_day: date
    typed_node: str = ""
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """What one person gets. `qr` is the path of the dark modules of the address in a square of `size`."""

    name: str
    username: str
    node: str
    code: str
    url: str
    qr: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage(Context):
    """POST /invitations/{node_id}/sheet : the cards of a branch to print and cut, shown this once.

    `voided` links from before stopped working, `left_out` people hold more than the viewer may let in;
    `local`: the address opens on this machine alone; `start_url` is where codes are typed.
    """

    template: ClassVar[str] = "invitations/sheet.html"
    node_id: str
    node: str
    cards: tuple[CardView, ...]
    expires_at: datetime
    voided: int
    left_out: int
    start_url: str
    local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPage(Context):
    """POST /invitations/people/{person_id}/reset : a code to be read out, shown this once.

    `is_first`: the person has never had a password.
    """

    template: ClassVar[str] = "invitations/reset.html"
    node_id: str
    card: CardView
    expires_at: datetime
    start_url: str
    is_first: bool
    local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterPage(Context):
    """GET /invitations/{node_id}/poster : the branch's code to hang up."""

    template: ClassVar[str] = "invitations/poster.html"
    node_id: str
    node: str
    code: CodeView
    qr: str
    size: int
    start_url: str
    local: bool
