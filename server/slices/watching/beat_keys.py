"""The keys of plays: whoever began a play, and nobody else, may report on it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache


class BeatSigner:
    """Makes keys of plays with one secret, and checks those made with it or with `others`.

    Who began the play stands in its row; the key only has to show that it was handed out for this play.
    """

    def __init__(self, secret: str, *others: str) -> None:
        self._secrets = [hashlib.sha256(b"beats:" + one.encode()).digest() for one in (secret, *others)]

    def key(self, play_id: str) -> str:
        """Return the key of a play."""
        return _key(self._secrets[0], play_id)

    def holds(self, play_id: str, key: str) -> bool:
        """Tell whether `key` is the key of a play."""
        # Half of a surrogate pair, which JSON can carry, is no text that has bytes.
        return key.isascii() and any(
            hmac.compare_digest(key.encode(), _key(one, play_id).encode()) for one in self._secrets
        )


def _key(secret: bytes, play_id: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(secret, play_id.encode(), "sha256")[:24]).decode()


def signer_of(in_use: Callable[[], tuple[str, ...]]) -> Callable[[], BeatSigner]:
    """Return what gives the signer of the secrets that are in use now."""
    made = lru_cache(maxsize=2)(BeatSigner)
    return lambda: made(*in_use())
