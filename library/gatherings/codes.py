"""The rotating code of a gathering: what the QR on the screen says, and the six digits that are read out.

Both are made of the gathering's secret and the server's clock; no phone's clock matters. A photo of the code
that is sent by chat works for as long as the code itself does: so it is short, and the secretary's list stays
the truth. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

QR_S = 20
"""Seconds for which a QR is shown; the one before is still taken, for whoever scanned it just then."""

DIGITS_S = 120
"""Seconds for which six digits are read out; those before are still taken."""

TICKET_S = 300
"""Seconds that whoever scanned has until they press the button; nobody else can use what they were given."""

AFTER_END = timedelta(hours=3)
"""For so long after its planned end a gathering that nobody ended takes codes."""


def _made(secret: str, *parts: object) -> bytes:
    return hmac.digest(secret.encode(), ":".join(map(str, parts)).encode(), hashlib.sha256)


def _short(made: bytes) -> str:
    return base64.b32encode(made[:10]).decode().lower()


def _slot(now: datetime, seconds: int) -> int:
    return int(now.timestamp()) // seconds


def left_s(now: datetime, seconds: int) -> int:
    """Return for how many seconds what is shown now stays, at least one."""
    return seconds - int(now.timestamp()) % seconds


def qr_of(secret: str, room: int, now: datetime, *, ago: int = 0) -> str:
    """Return the code of a room's QR, `ago` slots before the present one."""
    return _short(_made(secret, "qr", room, _slot(now, QR_S) - ago))


def qr_fits(secret: str, room: int, typed: str, now: datetime) -> bool:
    """Tell whether a code is the room's present one or the one before."""
    given = typed.strip().lower().encode()
    return any(hmac.compare_digest(given, qr_of(secret, room, now, ago=ago).encode()) for ago in (0, 1))


def digits_of(secret: str, now: datetime, *, ago: int = 0) -> str:
    """Return the six digits that are read out, `ago` slots before the present ones."""
    number = int.from_bytes(_made(secret, "digits", _slot(now, DIGITS_S) - ago)[:8], "big")
    return f"{number % 1_000_000:06}"


def digits_fit(secret: str, typed: str, now: datetime) -> bool:
    """Tell whether six digits are the present ones or those before; spaces do not matter."""
    given = "".join(typed.split()).encode()
    return any(hmac.compare_digest(given, digits_of(secret, now, ago=ago).encode()) for ago in (0, 1))


def ticket_of(secret: str, person_id: str, room: int, now: datetime) -> str:
    """Return what whoever scanned gets with the page, "moment.room.code": good for them alone."""
    at = int(now.timestamp())
    return f"{at}.{room}.{_short(_made(secret, 'ticket', person_id, room, at))}"


def ticket_room(secret: str, person_id: str, ticket: str, now: datetime) -> int | None:
    """Return the room of a ticket that is this person's and not too old, None otherwise."""
    at, _dot, rest = ticket.partition(".")
    room, _dot, code = rest.partition(".")
    if not (at.isascii() and at.isdecimal() and room.isascii() and room.isdecimal()):
        return None
    if len(at) > 12 or len(room) > 4 or not 0 <= int(now.timestamp()) - int(at) <= TICKET_S:
        return None
    made = _short(_made(secret, "ticket", person_id, int(room), int(at)))
    return int(room) if hmac.compare_digest(code.encode(), made.encode()) else None
