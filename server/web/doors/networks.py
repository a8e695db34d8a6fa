"""Where a request comes from, as far as limits ask: the network of a household or an office.

The address is the one that uvicorn believes: that of the line itself, or what a proxy named in
WEIKE_TRUSTED_PROXIES says of it. Whoever else sends X-Forwarded-For says nothing.
"""

from __future__ import annotations

import base64
import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import Scope

from server.addresses import network_of, shortened

_MOST_CHARACTERS = 64
_KEY_BYTES = 16
_MOST_KNOWN = 50_000


def origin_of(scope: Scope) -> str:
    """Return the IPv4 address, or the /64 of the IPv6 address, that a request comes from; "" without any.

    Of IPv6 every household has 2**64 addresses, so one of them says nothing.
    """
    client = scope.get("client")
    return network_of(str(client[0])[:_MOST_CHARACTERS]) if client else ""


def seen_from(scope: Scope) -> str:
    """Return the network that a request comes from as its own person is shown it (IPv4: /24, IPv6: /48): no
    address, and "-" where there is none."""
    client = scope.get("client")
    return (shortened(str(client[0])[:_MOST_CHARACTERS]) if client else "") or "-"


def origin_key(secret: str, origin: str, *more: str) -> str:
    """Return what stands for an origin where it is written down: nobody without `secret` can tell which."""
    said = "\0".join(("origin", origin, *more))
    digest = hmac.digest(secret.encode(), said.encode(), "sha256")[:_KEY_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Allowances:
    """So many things a minute for each origin, with some minutes' worth at once; kept in memory.

    A bucket that is full again is forgotten, and of very many origins the one longest unheard of.
    """

    def __init__(self, a_minute: int, burst_min: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`a_minute` 0: no limit. `clock` counts seconds."""
        self._pause_s = 60 / a_minute if a_minute else 0.0
        self._most_ahead_s = burst_min * 60
        self._clock = clock
        self._turn = threading.Lock()
        # When the bucket of an origin is full again (the generic cell rate algorithm, ITU-T I.371).
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, origin: str) -> bool:
        """Take one thing for an origin; returns whether there was one left."""
        if not self._pause_s:
            return True
        now = self._clock()
        with self._turn:
            full_at = max(now, self._full_at.pop(origin, now)) + self._pause_s
            is_left = full_at - now <= self._most_ahead_s + 1e-9
            self._full_at[origin] = full_at if is_left else full_at - self._pause_s
            while self._full_at and (
                len(self._full_at) > _MOST_KNOWN or next(iter(self._full_at.values())) <= now
            ):
                self._full_at.popitem(last=False)
        return is_left
