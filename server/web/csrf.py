"""The token that shows a form to come from our own page."""

from __future__ import annotations

import hashlib
import hmac


def csrf_token(secret: str, cookie: str) -> str:
    """Return the token that forms of the browser holding `cookie` must carry."""
    return hmac.new(secret.encode(), b"csrf:" + cookie.encode(), hashlib.sha256).hexdigest()[:43]
