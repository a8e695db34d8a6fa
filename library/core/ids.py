"""Identifiers that sort by time and are short enough for a QR code."""

from __future__ import annotations

import secrets
import time

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


def new_secret() -> str:
    """Return 256 random bits, URL-safe, for links, sessions and tokens."""
    return secrets.token_urlsafe(32)
