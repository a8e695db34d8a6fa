"""The cookies by which browsers without an account are known again: made here, signed, not too many at once.

A cookie is `id.group.signature`. `group` is empty, or stands for all browsers that one address asked for
after it had had its share: these are counted together, as one visitor; all else works as for everybody.
A cookie that we did not sign is none: whoever sends it gets another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes

from library.core.clock import Clock
from server.web.doors.networks import Allowances, origin_key

_ID_BYTES = 16
_SIGNATURE_BYTES = 18
_MOST_CHARACTERS = 100

BURST_MIN = 3.0
"""So many minutes' worth of new visitors an address may have at once: a room that opens the page together."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser. `group`: those with whom it is counted as one, "" for a browser that counts alone."""

    id: str
    group: str = ""

    @property
    def counted_as(self) -> str:
        """By whom its plays are counted."""
        return self.group or self.id


def new_visitor() -> Visitor:
    """Return a browser that nobody has seen before."""
    return Visitor(_text(token_bytes(_ID_BYTES)))


class Visitors:
    """Reads and makes the cookies, with the site's secrets."""

    def __init__(self, secrets: Callable[[], tuple[str, ...]], clock: Clock, a_minute: int) -> None:
        """`secrets`: those in use, the one that signs first; `a_minute`: visitors of an address, 0: any."""
        self.secrets, self._clock = secrets, clock
        self._allowances = Allowances(a_minute, BURST_MIN)

    def read(self, cookie: str) -> Visitor | None:
        """Return whose cookie it is, None when it is not one of ours."""
        if len(cookie) > _MOST_CHARACTERS or cookie.count(".") != 2 or not cookie.isascii():
            return None
        visitor_id, group, signature = cookie.split(".")
        visitor = Visitor(visitor_id, group)
        signed = any(hmac.compare_digest(signature, _signature(one, visitor)) for one in self.secrets())
        return visitor if signed and visitor_id else None

    def is_of_now(self, cookie: str, visitor: Visitor) -> bool:
        """Tell whether a visitor's cookie carries the present signature, and need not be set anew."""
        return cookie == self.signed(visitor)

    def signed(self, visitor: Visitor) -> str:
        """Return a visitor's cookie."""
        return f"{visitor.id}.{visitor.group}.{_signature(self.secrets()[0], visitor)}"

    def first_cookie(self, visitor: Visitor, origin: str) -> str:
        """Return the cookie of a browser that has none yet and asks from `origin`."""
        if not self._allowances.take(origin):
            hour = self._clock().strftime("%Y-%m-%dT%H")
            visitor = Visitor(visitor.id, origin_key(self.secrets()[0], origin, "visitors", hour))
        return self.signed(visitor)


def _signature(secret: str, visitor: Visitor) -> str:
    key = hashlib.sha256(b"visitors:" + secret.encode()).digest()
    said = f"{visitor.id}.{visitor.group}".encode()
    return _text(hmac.digest(key, said, "sha256")[:_SIGNATURE_BYTES])


def _text(some: bytes) -> str:
    return base64.urlsafe_b64encode(some).decode().rstrip("=")
