"""The keys of plays: whoever began a play, and nobody else, may report on it."""

from __future__ import annotations

import base64
import hashlib
import hmac


class BeatSigner:
    """Makes and checks the keys of plays: whoever began a play, and nobody else, may report on it.

    Who that was stands in the play's row; the key only has to show that it was handed out for this play.
    """

    def __init__(self, secret: str) -> None:
        self._secret = hashlib.sha256(b"beats:" + secret.encode()).digest()

    def key(self, play_id: str) -> str:
        """Return the key of a play."""
        digest = hmac.digest(self._secret, play_id.encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()

    def holds(self, play_id: str, key: str) -> bool:
        """Tell whether `key` is the key of a play."""
        return hmac.compare_digest(key.encode(), self.key(play_id).encode())
