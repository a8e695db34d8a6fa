"""The token that shows a form to come from our own page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

# `weike doctor` sends as much as a chunk here; it changes nothing, so nobody gains by forging it.
PROBE_PATH = "/healthz/upload-probe"
PROBE_HEADERS = ("tus-resumable", "upload-offset", "upload-length", "upload-metadata", "x-csrf-token")
"""What uploads cannot do without."""


def csrf_token(secret: str, cookie: str) -> str:
    """Return the token that forms of the browser holding `cookie` must carry."""
    return hmac.new(secret.encode(), b"csrf:" + cookie.encode(), hashlib.sha256).hexdigest()[:43]


def csrf_tokens(secrets: Iterable[str], cookie: str) -> tuple[str, ...]:
    """Return the tokens that forms of the browser may carry: a page may be older than the present secret."""
    return tuple(csrf_token(one, cookie) for one in secrets)


def masked(token: str) -> str:
    """Return a token as a page carries it: other characters each time, so that compressing the page tells
    nobody which they are."""
    pad = secrets.token_bytes(len(token))
    return (pad + _xor(token.encode(), pad)).hex()


def unmasked(given: str) -> str:
    """Return the token that a page carried; what is no masked token is returned as it is."""
    try:
        both = bytes.fromhex(given)
    except ValueError:
        return given
    half = len(both) // 2
    if 2 * half != len(both) or half < _LEAST_CHARACTERS:
        return given
    return _xor(both[half:], both[:half]).decode("latin-1")


_LEAST_CHARACTERS = 32
"""Half of a masked token is longer than this; a bare one, of 43 hexadecimal digits, is no whole bytes."""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
