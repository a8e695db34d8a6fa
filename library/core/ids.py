"""Identifiers that sort by time and are short enough for a QR code."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case: no i, l, o, u
ID_LENGTH = 16


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def new_id() -> str:
    """Return a new 16-character id: 48 bits of milliseconds, then 32 random bits."""
    return _base32((time.time_ns() // 1_000_000 << 32) | secrets.randbits(32), ID_LENGTH)


def first_id(moment: datetime) -> str:
    """Return the id that sorts before every one that is made from a moment on, and after all made before."""
    return _base32(int(moment.timestamp() * 1000) << 32, ID_LENGTH)


def made_at(its_id: str) -> datetime:
    """Return when an id was made; raises ValueError for what is none."""
    number = 0
    for character in its_id:
        number = number * 32 + _ALPHABET.index(character)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number >> 32)


def new_secret() -> str:
    """Return 256 random bits, URL-safe, for links, sessions and tokens."""
    return secrets.token_urlsafe(32)
