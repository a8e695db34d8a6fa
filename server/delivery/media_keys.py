"""The file of the secrets that sign media addresses: the present one, and below it the one before.

Changing the secret ends the power of one that became known. Addresses made with the one before play until
they expire, so that nobody's lesson stops; `revoke_all` leaves none, and every address ends at once.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from library.core.ids import new_secret
from server import secrets
from server.delivery.signing import MediaSigner
from server.secrets import SecretUnreadable

SETTLE_S = 10.0
"""How long the secret before goes on signing, until every process and nginx have read the new one."""

_LOOK_S = 1.0
_MOST = 2

log = structlog.get_logger()


@dataclass(frozen=True)
class Keys:
    """The secret that signs, and the one whose addresses still play."""

    current: str
    previous: str | None = None


def parse(text: str, file: Path) -> Keys:
    """Return the secrets in a file's text, one per line; raises SecretUnreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(lines) <= _MOST or any(len(line) < 32 for line in lines):
        raise SecretUnreadable(f"{file} must hold one or two secrets of at least 32 characters, one per line")
    return Keys(*lines)


def rotate(file: Path) -> Keys:
    """Make a new secret; the present one becomes the one before. Raises SecretUnreadable, OSError."""
    with _alone(file):
        return _replace(file, Keys(new_secret(), parse(secrets.read(file), file).current))


def revoke_all(file: Path) -> Keys:
    """Make a new secret and keep none, not even from a file that cannot be used. Raises OSError."""
    with _alone(file):
        return _replace(file, Keys(new_secret()))


def _replace(file: Path, keys: Keys) -> Keys:
    was = file.stat()
    text = "".join(f"{secret}\n" for secret in (keys.current, keys.previous) if secret)
    beside = secrets.write_beside(file, text)
    try:
        if was.st_mode & stat.S_IRGRP:  # somebody let nginx's group read it: nginx must read the new one too
            os.chown(beside, -1, was.st_gid)
            beside.chmod(0o640)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return keys


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Let no other process change the file meanwhile: of two changes at once, one secret would be lost."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
        os.fsync(folder)
    finally:
        os.close(folder)


class MediaKeys:
    """The signer of the file's present secrets; looks at the file at most once a second."""

    def __init__(self, file: Path) -> None:
        """Read the file, made now if there is none; raises SecretUnreadable."""
        self._file = file
        self._keys = parse(secrets.read_or_make(file), file)
        self._facts = _facts_of(file)
        self._signer = _signer_of(self._keys, self._facts)
        self._look_at = time.monotonic() + _LOOK_S
        self._why = ""

    @property
    def signer(self) -> MediaSigner:
        """The signer to use now."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_S
            self._look()
        return self._signer

    def _look(self) -> None:
        try:
            facts = _facts_of(self._file)
            if facts != self._facts:
                self._facts = facts
                self._keys = parse(secrets.read(self._file), self._file)
                log.info("other media keys", keys=2 if self._keys.previous else 1)
            self._why = ""
        except (OSError, SecretUnreadable) as error:
            # What plays goes on playing: a slip in this file must not stop every lesson.
            if str(error) != self._why:
                log.warning("media keys stay as they were", why=str(error))
            self._why = str(error)
        self._signer = _signer_of(self._keys, self._facts)


_Facts = tuple[int, int, float]


def _facts_of(file: Path) -> _Facts:
    status = file.stat()
    return status.st_ino, status.st_size, status.st_mtime


def _signer_of(keys: Keys, facts: _Facts) -> MediaSigner:
    if keys.previous is None:
        return MediaSigner(keys.current)
    written_at = facts[2]
    settling = 0 <= time.time() - written_at < SETTLE_S
    return MediaSigner(*((keys.previous, keys.current) if settling else (keys.current, keys.previous)))
