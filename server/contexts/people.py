"""Contexts of the doors, one's own account, and the list of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from library.core.permits import Role
from library.people.rules import PASSWORD_MIN
from server.contexts.parts import Context, Pager, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(Context):
    """GET /sign-in?next= ; POST /sign-in (username, password, next)."""

    template: ClassVar[str] = "people/sign_in.html"
    next: str = "/"
    username: str = ""
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomePage(Context):
    """GET /welcome/{token} : a one-time link; POST to the same address (username, name, password, again).

    `purpose` "first_admin" sets the library up, "invite" lets a person in with `role` at `branch`, "reset"
    gives the person called `username` a new password (the names cannot be changed then).
    """

    template: ClassVar[str] = "people/welcome.html"
    token: str
    purpose: Literal["first_admin", "invite", "reset"]
    role: Role = Role.MEMBER
    branch: str = ""
    username: str = ""
    name: str = ""
    min_password: int = PASSWORD_MIN
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """An API token's label; the token itself is shown only once, when it is made."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A browser that is signed in. `agent` is its User-Agent header."""

    id: str
    agent: str
    last_seen_at: datetime
    this_one: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role a person holds at a branch."""

    role: Role
    branch_id: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Context):
    """GET /account. `new_token` is the token just made, shown once. `problem` belongs to the password form.

    Forms: POST /account/password (old, password, again), POST /account/tokens (label),
    POST /account/tokens/{id}/revoke (), POST /account/sign-out-others (), POST /language (language, next).
    """

    template: ClassVar[str] = "people/account.html"
    roles: tuple[HeldRole, ...]
    tokens: tuple[TokenRow, ...]
    devices: tuple[DeviceRow, ...]
    new_token: str | None = None
    min_password: int = PASSWORD_MIN
    problem: Reason | None = None


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
    """

    template: ClassVar[str] = "people/people.html"
    people: tuple[PersonRow, ...]
    pager: Pager
    branches: tuple[BranchRow, ...]
    roles: tuple[Role, ...]
    invites: tuple[InviteRow, ...] = ()
    q: str = ""
    new_link: str | None = None
    problem: Reason | None = None
