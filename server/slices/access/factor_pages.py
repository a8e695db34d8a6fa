"""What a page shows of a second factor that is being set up."""

from __future__ import annotations

from urllib.parse import urlsplit

from library.access.second_factor_rules import otpauth_uri
from server.slices.access.contexts import PendingFactor
from server.web.shown.sharing import qr_path


def pending_factor(secret: str, username: str, site: str) -> PendingFactor:
    """Return a secret as a code to scan, and in groups of four to be typed."""
    uri = otpauth_uri(secret, username, f"微课 {urlsplit(site).hostname or ''}".strip())
    code, size = qr_path(uri)
    typed = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return PendingFactor(code=code, size=size, typed=typed)
