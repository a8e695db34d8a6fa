"""Contexts of the doors, one's own account, and the list of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.core.permits import Role
from server.web.parts import Context, HeldRole, Pager, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
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
class PeoplePage(Context):
    """GET /people?q=&page= (role staff). `new_link` is the one-time link just made (absolute, shown once).

    Forms: POST /people/invites (name, role, branch), POST /people/invites/{id}/revoke (),
    POST /people/{id}/grant (role, branch), POST /people/{id}/revoke (role, branch),
    POST /people/{id}/reset () makes a one-time password link, POST /people/{id}/active (active=0|1).
    `refused`: a form that was not taken, named as its address is ("invites", "{id}/grant").
    """

    template: ClassVar[str] = "people/people.html"
    people: tuple[PersonRow, ...]
    pager: Pager
    branches: tuple[BranchRow, ...]
    roles: tuple[Role, ...]
    invites: tuple[InviteRow, ...] = ()
    q: str = ""
    new_link: str | None = None
    refused: RefusedForm | None = None
