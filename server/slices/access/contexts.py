"""Contexts of the doors and of one's own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.access.identities.rules import LinkedBy
from library.access.rules import TOKEN_DAYS, LinkPurpose, TokenScope
from library.core.permits import Role
from library.people.name_rules import NameKind
from library.people.rules import PASSWORD_MIN
from server.web.parts import Context, HeldRole, Reason, RefusedForm
from server.web.shown.recognition import SpeechChoicePart


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """An identity provider as a page offers it: its key in addresses, and what it is called."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(Context):
    """GET /sign-in?next=&left= ; POST /sign-in (username, password, next).

    `providers` may sign people in too, at GET /sign-in/with/{key}?next= ; `left` is the one by which somebody
    was signed in who has just signed out, and may do so there at GET /sign-in/with/{key}/leave. `by_mail`:
    whoever forgot their password finds GET /sign-in/forgotten.
    """

    template: ClassVar[str] = "access/sign_in.html"
    next: str = "/"
    username: str = ""
    problem: Reason | None = None
    providers: tuple[ProviderChoice, ...] = ()
    left: ProviderChoice | None = None
    by_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomePage(Context):
    """GET /welcome/{token} : a one-time link; POST to the same address (username, name, password, again).

    `purpose` "first_admin" sets the library up, "invite" lets a person in with `role` at `branch`, "start"
    lets the person called `username` choose their first password, "reset" a new one (the names cannot be
    changed then). `made_by` is who made it, and when: what the person is told of a reset.
    """

    template: ClassVar[str] = "access/welcome.html"
    token: str
    purpose: LinkPurpose
    role: Role = Role.MEMBER
    branch: str = ""
    username: str = ""
    name: str = ""
    made_by: str = ""
    made_at: datetime | None = None
    min_password: int = PASSWORD_MIN
    problem: Reason | None = None
    providers: tuple[ProviderChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenPage(Context):
    """GET /sign-in/forgotten, where letters are sent; POST to the same address (username)."""

    template: ClassVar[str] = "access/forgotten.html"
    username: str = ""
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPage(Context):
    """GET /account/mail, where letters are sent: `address` is confirmed, `wanted` waits for its reader.

    Forms: POST /account/mail (address, old) where there is a password, POST /account/mail/remove () with an
    address. `typed` and `problem`: what was not taken, and why.
    """

    template: ClassVar[str] = "access/mail.html"
    address: str
    wanted: str
    has_password: bool
    typed: str = ""
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmMailPage(Context):
    """GET /account/mail/{token}: the link of a letter; POST to the same address ()."""

    template: ClassVar[str] = "access/confirm_mail.html"
    token: str
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStepPage(Context):
    """GET /sign-in/second?next= , when a code is missing; POST to the same address (code, next)."""

    template: ClassVar[str] = "access/second_step.html"
    name: str
    next: str = "/"
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingFactor:
    """A second factor that a phone is to learn: as a QR code (SVG path in a square of `size`), and in groups
    to be typed."""

    code: str
    size: int
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorPage(Context):
    """GET /account/second-factor, and GET /sign-in/second where one must be set up first (`forced`).

    Of these there is one: `codes` were just made and are shown once, `pending` is to be confirmed, `since`
    one counts. Forms below `at`: POST begin (old unless `forced` or not `has_password`, next), POST confirm
    (code, next), and with one that counts POST codes (code), POST off (code; not when it is `required`).
    """

    template: ClassVar[str] = "access/second_factor.html"
    at: str
    forced: bool = False
    required: bool = False
    has_password: bool = True
    next: str = "/"
    since: datetime | None = None
    codes_left: int = 0
    pending: PendingFactor | None = None
    codes: tuple[str, ...] = ()
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """An account at a provider that is linked: what the provider is called, by what it was linked, since
    when, and when it was used last."""

    id: str
    provider: str
    account: str
    linked_by: LinkedBy
    since: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysInPage(Context):
    """GET /people/{person_id}/ways-in: what somebody signs in with besides a password.

    Forms: POST /people/{person_id}/links/{id}/end (), POST /people/{person_id}/second-factor/off () when
    `may_take_off`.
    """

    template: ClassVar[str] = "access/ways_in.html"
    person_id: str
    name: str
    username: str
    factor_since: datetime | None = None
    codes_left: int = 0
    may_take_off: bool = False
    links: tuple[LinkRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """An API token's label and what it is for; the token itself is shown only once, when it is made.

    `over`: it has ended by itself.
    """

    id: str
    label: str
    scope: TokenScope
    created_at: datetime
    expires_at: datetime
    over: bool = False
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A browser that is signed in. `agent` is its User-Agent header, `since` when it signed in, `network`
    where it was last seen (of the address its beginning; "" or "-" unknown)."""

    id: str
    agent: str
    since: datetime
    last_seen_at: datetime
    this_one: bool = False
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRow:
    """That somebody let the person choose a new password: when, by whom ("" the command line), and when the
    link or code was used, None for never."""

    made_at: datetime
    by: str
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Context):
    """GET /account. `new_token` is the token just made, shown once. `refused`: a form that was not taken,
    "password" or "tokens". `second_factor` is "" where the settings offer none, else "none" or "on";
    `links` are the accounts elsewhere with which one signs in. `names` are those with which one may sign in
    too, by their kinds, shown whole to oneself alone; `resets` what others did to one's password of late.
    `mail` is the address that letters go to, "" for none, None where none are sent; see /account/mail.
    `speech`: whether the lessons of somebody who may make some are heard, None for others.

    Forms: POST /account/password (old, password, again), POST /account/tokens (label, scope, days),
    POST /account/tokens/{id}/revoke (), POST /account/devices/{id}/sign-out (),
    POST /account/sign-out-others (), POST /account/sign-out-everywhere (), POST /language (language, next),
    POST /account/speech (choice).
    """

    template: ClassVar[str] = "access/account.html"
    roles: tuple[HeldRole, ...]
    tokens: tuple[TokenRow, ...]
    devices: tuple[DeviceRow, ...]
    new_token: str | None = None
    scopes: tuple[TokenScope, ...] = tuple(TokenScope)
    lives_days: tuple[int, ...] = TOKEN_DAYS
    min_password: int = PASSWORD_MIN
    has_password: bool = True
    second_factor: str = ""
    links: tuple[LinkRow, ...] = ()
    names: tuple[tuple[NameKind, str], ...] = ()
    resets: tuple[ResetRow, ...] = ()
    mail: str | None = None
    speech: SpeechChoicePart | None = None
    refused: RefusedForm | None = None
