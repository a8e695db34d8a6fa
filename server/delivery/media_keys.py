"""The file of the secrets that sign media addresses: the present one, and below it the one before.

Addresses made with the one before play until they expire, so that nobody's lesson stops; `revoke_all` leaves
none, and every address ends at once.
"""

from __future__ import annotations

from pathlib import Path

from server.delivery.signing import MediaSigner
from server.secrets import SETTLE_S, KeyFile, Keys, parse, revoke_all, rotate

__all__ = ["SETTLE_S", "Keys", "MediaKeys", "parse", "revoke_all", "rotate"]


class MediaKeys:
    """The signer of the file's present secrets."""

    def __init__(self, file: Path) -> None:
        """Read the file, made now if there is none; raises SecretUnreadable."""
        self._keys = KeyFile(file, "media keys")
        self._in_use = self._keys.in_use
        self._signer = MediaSigner(*self._in_use)

    @property
    def signer(self) -> MediaSigner:
        """The signer to use now."""
        in_use = self._keys.in_use
        if in_use != self._in_use:
            self._signer = MediaSigner(*in_use)
            self._in_use = in_use
        return self._signer
