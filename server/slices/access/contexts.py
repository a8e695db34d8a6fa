"""Contexts of the doors and of one's own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from library.core.permits import Role
from library.people.rules import PASSWORD_MIN
from server.web.parts import Context, HeldRole, Reason, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(Context):
    """GET /sign-in?next= ; POST /sign-in (username, password, next)."""

    template: ClassVar[str] = "access/sign_in.html"
    next: str = "/"
    username: str = ""
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomePage(Context):
    """GET /welcome/{token} : a one-time link; POST to the same address (username, name, password, again).

    `purpose` "first_admin" sets the library up, "invite" lets a person in with `role` at `branch`, "reset"
    gives the person called `username` a new password (the names cannot be changed then).
    """

    template: ClassVar[str] = "access/welcome.html"
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
class AccountPage(Context):
    """GET /account. `new_token` is the token just made, shown once. `refused`: a form that was not taken,
    "password" or "tokens".

    Forms: POST /account/password (old, password, again), POST /account/tokens (label),
    POST /account/tokens/{id}/revoke (), POST /account/sign-out-others (), POST /language (language, next).
    """

    template: ClassVar[str] = "access/account.html"
    roles: tuple[HeldRole, ...]
    tokens: tuple[TokenRow, ...]
    devices: tuple[DeviceRow, ...]
    new_token: str | None = None
    min_password: int = PASSWORD_MIN
    refused: RefusedForm | None = None
