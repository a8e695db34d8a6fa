"""Contexts of the doors, one's own account, and the list of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.core.permits import Role
from server.web.parts import Context, HeldRole, Pager, Reason, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """A node of the organisation tree, in the order of the tree. `depth` 0 is the root."""

    id: str
    name: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person of the list. `may_change` is False for people this viewer may not touch (also
    themselves); `may_erase` is for administrators of all the person's branches.
    """

    id: str
    username: str
    name: str
    roles: tuple[HeldRole, ...]
    last_seen_at: datetime | None
    active: bool = True
    may_change: bool = False
    may_erase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteRow:
    """An invite link that nobody has used yet."""

    id: str
    name: str
    role: Role
    branch: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """A transfer that waits for the viewer's answer."""

    person_id: str
    name: str
    sender: str
    receiver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage(Context):
    """GET /people?q=&node=&page= (role secretary). `new_link` is the one-time link just made (absolute, shown
    once).

    Forms: POST /people (name, role, branch), POST /people/invites/{id}/revoke (),
    POST /people/{id}/grant (role, branch), POST /people/{id}/revoke (role, branch),
    POST /people/{id}/reset () makes a one-time password link, POST /people/{id}/active (active=0|1),
    POST /people/{id}/sign-out () ends all with which they are signed in.
    `branches`: those to choose from; none where they are too many for a list and are typed (a code, a name, a
    path of names). `more`: there are more than `pager.total` says. `node` is what was typed to look in,
    `unclear` why that is no node. `waiting` are transfers to answer. `refused`: a form that was not taken,
    named as its address is ("invites", "{id}/grant"). `ways_in`: each has a page GET /people/{id}/ways-in of
    what they sign in with.
    """

    template: ClassVar[str] = "people/people.html"
    people: tuple[PersonRow, ...]
    pager: Pager
    branches: tuple[NodeRow, ...]
    roles: tuple[Role, ...]
    invites: tuple[InviteRow, ...] = ()
    q: str = ""
    ways_in: bool = False
    node: str = ""
    unclear: Reason | None = None
    more: bool = False
    waiting: tuple[WaitingRow, ...] = ()
    new_link: str | None = None
    refused: RefusedForm | None = None
