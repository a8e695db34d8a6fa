"""What must be read again and must not lie open: encrypted, and worthless when it was changed.

Fernet (AES-128-CBC, HMAC-SHA-256) with keys made of the library's secrets: the first seals, all open.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """It was sealed with another secret, was changed, or is too old."""


class Sealing:
    """Seals text for one purpose: what was sealed for another does not open."""

    def __init__(self, secrets: Callable[[], Sequence[str]], purpose: str) -> None:
        """`secrets` are asked each time, the one that seals first."""
        self._secrets, self._purpose = secrets, purpose.encode()

    def seal(self, text: str, now: datetime) -> str:
        """Return `text` so that nobody without the secret reads or makes it."""
        return self._fernet.encrypt_at_time(text.encode(), int(now.timestamp())).decode()

    def open(self, sealed: str, now: datetime, life_s: int | None = None) -> str:
        """Return what was sealed, at most `life_s` seconds ago; raises Unsealable."""
        try:
            if life_s is None:
                return self._fernet.decrypt(sealed.encode()).decode()
            return self._fernet.decrypt_at_time(sealed.encode(), life_s, int(now.timestamp())).decode()
        except (InvalidToken, UnicodeError) as error:
            raise Unsealable from error

    def seal_values(self, values: dict[str, Any], now: datetime) -> str:
        """Return a flat object of JSON, sealed."""
        return self.seal(json.dumps(values, separators=(",", ":")), now)

    def open_values(self, sealed: str, now: datetime, life_s: int) -> dict[str, Any]:
        """Return a sealed object; raises Unsealable."""
        found = json.loads(self.open(sealed, now, life_s))
        if not isinstance(found, dict):
            raise Unsealable
        return found

    @property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(self._key(secret)) for secret in self._secrets()])

    def _key(self, secret: str) -> bytes:
        made = HKDF(SHA256(), 32, salt=None, info=b"weike:" + self._purpose).derive(secret.encode())
        return base64.urlsafe_b64encode(made)
