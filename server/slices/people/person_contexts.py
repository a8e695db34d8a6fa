"""Contexts of one person's page, and of who belongs to a node on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.core.permits import MemberState, Role
from library.people.rules import ExemptionReason, MembershipKind, TransferState
from server.web.parts import Context, Pager, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRow:
    """That a person belonged to a node. `by` noted it, "" for the command line and who was erased; `may_end`:
    it is open, and the viewer may end it or put its day right."""

    id: str
    node_id: str
    node: str
    kind: MembershipKind
    state: MemberState | None
    since: date
    until: date | None
    by: str = ""
    may_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """A transfer; what the viewer may do of it, as long as it waits. `name` is the person's, in a list."""

    id: str
    person_id: str = ""
    name: str = ""
    sender: str
    receiver: str
    state: TransferState
    note: str = ""
    answer: str = ""
    asked_at: datetime
    asked_by: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    may_answer: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionRow:
    """That a person is not counted among who is due; `is_open`: it can still be ended."""

    id: str
    reason: ExemptionReason
    since: date
    until: date | None
    by: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStayRow:
    """That a person is, or was, in a learning group."""

    group_id: str
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """A role that was given, and perhaps ended: when, and by whom ("" for the command line)."""

    role: Role
    node: str
    given_at: datetime
    given_by: str = ""
    until: date | None = None
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice:
    """A learning group to choose."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """That a person is a member of a committee (班子成员); `is_open`: it can still be ended."""

    id: str
    since: date
    until: date | None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage(Context):
    """GET /people/{id}: where a person belongs and belonged, for themselves and who keeps their people.

    Forms, where `may_keep`: POST /people/{id}/home (to, day, state), POST /people/{id}/state (state, day),
    POST /people/{id}/guest (to, day), POST /people/{id}/transfer (to, note), POST /people/{id}/exempt
    (reason, since, until), POST /people/{id}/committee (since, until), POST /people/{id}/join (group, day);
    of a row POST /people/{id}/committee-end (term, day), POST /people/{id}/end (membership,
    day), POST /people/{id}/since (membership, day), POST /people/{id}/exempt-end (exemption, day),
    POST /people/{id}/leave (group, day), POST /people/{id}/answer (transfer, answer, why).
    `asked` is the transfer that waits. `refused`: a form that was not taken, named as its address ends.
    """

    template: ClassVar[str] = "people/person.html"
    id: str
    name: str
    username: str
    active: bool
    has_password: bool
    today: date
    home: StayRow | None = None
    stays: tuple[StayRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()
    exemptions: tuple[ExemptionRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
    groups: tuple[GroupStayRow, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    group_choices: tuple[GroupChoice, ...] = ()
    states: tuple[MemberState, ...] = tuple(MemberState)
    reasons: tuple[ExemptionReason, ...] = tuple(ExemptionReason)
    asked: TransferRow | None = None
    may_keep: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """Somebody who belongs to the node on the day; `node` where those of nodes below are listed too."""

    person_id: str
    name: str
    username: str
    kind: MembershipKind
    state: MemberState | None
    since: date
    node: str = ""
    exempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A learning group that the node keeps, and how many are in it now."""

    id: str
    name: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersPage(Context):
    """GET /organisation/{node_id}/members?day=&below=&page=: who belongs to a node on a day.

    `states` are (what they are, "unknown" where nobody told it; how many), of those at home.
    Forms: POST /organisation/{node_id}/groups (name), POST /people/groups/{id}/rename (name),
    POST /people/groups/{id}/close (). `refused`: "groups" or "<group's id>/rename".
    """

    template: ClassVar[str] = "people/members.html"
    node_id: str
    node: str
    above: tuple[str, ...]
    day: date
    today: date
    below: bool
    home: int
    guests: int
    exempt: int
    states: tuple[tuple[str, int], ...]
    people: tuple[MemberLine, ...]
    pager: Pager
    transfers: tuple[TransferRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    refused: RefusedForm | None = None
