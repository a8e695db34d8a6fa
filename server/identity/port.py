"""What an identity provider is to whoever signs people in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from library.access.identities.rules import Claimed
from server.identity_settings import ProviderSettings

Kept = Mapping[str, str]
"""What must come back with the browser: it is sealed in its cookie meanwhile."""


@dataclass(frozen=True)
class Begun:
    """Where a browser is sent to, and what is kept until it comes back."""

    url: str
    kept: Kept = field(default_factory=dict)


@dataclass(frozen=True)
class Reached:
    """What `weike doctor` is told: how far the provider's clock is ahead of ours, None where it says none."""

    ahead_s: float | None = None


class IdentityProvider(Protocol):
    """Vouches for people. Every method may raise Away("provider_...") and Forbidden("provider_...").

    `back` is the address of this site that a browser returns to, the same in `begin` and `finish`; `state` is
    random, bound to the browser, and has been compared by whoever calls `finish`.
    """

    settings: ProviderSettings
    ends_sessions: bool
    """Whether somebody who leaves here can sign out there too."""

    async def begin(self, back: str, state: str, *, inside: bool) -> Begun:
        """Return where a browser is sent; `inside` is whether it is the one within the provider's own app."""
        ...

    async def finish(self, back: str, state: str, kept: Kept, query: Mapping[str, str]) -> Claimed:
        """Return for whom the provider vouches, from what the browser brought back."""
        ...

    async def leaving(self, back: str) -> str | None:
        """Return where a browser signs out at the provider too, None when that is not offered."""
        ...

    async def look(self) -> Reached:
        """Look whether the provider answers as it should, without signing anybody in."""
        ...
