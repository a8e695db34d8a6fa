"""Who needs a second factor, which codes are right, and what recovery codes look like. Pure.

Codes are TOTP (RFC 6238) as every authenticator makes them: SHA-1, six digits, 30 s.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import pyotp

from library.core.permits import Role, Viewer

STEP_S = 30
"""RFC 6238, 5.2: the step that authenticators use."""
DRIFT_STEPS = 1
"""So many steps before and after now are believed: the RFC's recommendation for clocks and slow fingers."""
RECOVERY_CODES = 10
HALF_MIN = 15
"""For so many minutes a sign-in may stay half done."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 4, 4


class SecondFactorPolicy(StrEnum):
    """What `WEIKE_SECOND_FACTOR` says.

    OFF: nobody is asked, what was set up is kept. OFFERED: whoever set one up is asked. STAFF and ADMINS: the
    same, and staff (with administrators), or administrators alone, get nowhere without one.
    """

    OFF = "off"
    OFFERED = "offered"
    STAFF = "staff"
    ADMINS = "admins"


class Missing(StrEnum):
    """What a sign-in that is half done still needs."""

    CODE = "code"
    SET_UP = "set_up"


def is_required(policy: SecondFactorPolicy, viewer: Viewer) -> bool:
    """Tell whether the roles of a viewer oblige them to a second factor."""
    if policy is SecondFactorPolicy.STAFF:
        return viewer.has(Role.STAFF)
    return policy is SecondFactorPolicy.ADMINS and viewer.has(Role.ADMIN)


def missing_after_first(
    policy: SecondFactorPolicy, viewer: Viewer, *, has_factor: bool, proved_elsewhere: bool
) -> Missing | None:
    """Return what is missing after a first proof, None when the browser may come in.

    `proved_elsewhere`: the provider that vouches is trusted to have asked for a second factor itself.
    """
    if policy is SecondFactorPolicy.OFF or proved_elsewhere:
        return None
    if has_factor:
        return Missing.CODE
    return Missing.SET_UP if is_required(policy, viewer) else None


def new_totp_secret() -> str:
    """Return 160 random bits in base 32, as RFC 4226 (4, R6) recommends."""
    return pyotp.random_base32(32)


def otpauth_uri(secret: str, username: str, site: str) -> str:
    """Return what the QR code of a set-up says to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=site)


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """Return the step whose code this is; None for a wrong code, and for one not newer than `last_step`.

    Every step is compared, whichever fits: nothing is told by the time it takes.
    """
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    here = int(now.timestamp()) // STEP_S
    made = pyotp.TOTP(secret, interval=STEP_S)
    fitting = [
        step
        for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1)
        if hmac.compare_digest(made.generate_otp(step), digits) and step > last_step
    ]
    return fitting[0] if fitting else None


def new_recovery_codes() -> Sequence[str]:
    """Return ten codes of 79 random bits each, in groups that can be read out."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def folded_recovery_code(typed: str) -> str:
    """Return what was typed as codes are made: small letters in groups; "" for what can be none of them."""
    plain = "".join(sign for sign in typed.lower() if sign.isalnum())
    if len(plain) != _GROUPS * _GROUP or not set(plain) <= set(_ALPHABET):
        return ""
    return "-".join(plain[at : at + _GROUP] for at in range(0, len(plain), _GROUP))
