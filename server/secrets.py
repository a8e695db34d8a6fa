"""Secrets are made on the machine they serve, in files only their owner can read; none has a default.

A file holds the present secret, and below it the one before. Changing the secret ends the power of one that
became known; what the one before made is believed until the next change, so that nobody notices.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from library.core.ids import new_secret

SETTLE_S = 10.0
"""How long the secret before goes on signing, until every process and nginx have read the new one."""

_LOOK_S = 1.0
_MOST = 2

log = structlog.get_logger()


class SecretUnreadable(Exception):
    """A secret file is empty or can be read by others; the message says which and what to do."""


def read_or_make(file: Path) -> str:
    """Return the secret in `file`, made now if there is none; raises SecretUnreadable.

    Two processes that start at once agree: the file appears whole, by one link, and the second reads it.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = write_beside(file, new_secret())
        try:
            os.link(beside, file)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return read(file)


def write_beside(file: Path, text: str) -> Path:
    """Write a file of mode 600 beside `file`, for a link or a rename to bring to its place whole."""
    # A name of its own, also where several containers share the folder and each is process 1.
    descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return Path(beside)


def read(file: Path) -> str:
    """Return what is in a secret file; raises SecretUnreadable, OSError."""
    secret = file.read_text().strip()
    if len(secret) < 32:
        raise SecretUnreadable(
            f"{file} holds no secret of at least 32 characters: delete it, one is made anew"
        )
    if file.stat().st_mode & 0o004:
        raise SecretUnreadable(f"{file} can be read by everybody: run chmod 600 on it")
    return secret


def read_password(file: Path) -> str:
    """Return a password that somebody else made, from a file only its owner can read.

    Raises SecretUnreadable, also when the file is not there.
    """
    try:
        password, mode = file.read_text().strip(), file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnreadable(f"{file} cannot be read: {error}") from error
    if mode & 0o044:
        raise SecretUnreadable(f"{file} can be read by others: run chmod 600 on it")
    if not password:
        raise SecretUnreadable(f"{file} is empty")
    return password


@dataclass(frozen=True)
class Keys:
    """The secret that signs, and the one before, which is still believed."""

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
        return _replace(file, Keys(new_secret(), parse(read(file), file).current))


def revoke_all(file: Path) -> Keys:
    """Make a new secret and keep none, not even from a file that cannot be used. Raises OSError."""
    with _alone(file):
        return _replace(file, Keys(new_secret()))


def _replace(file: Path, keys: Keys) -> Keys:
    was = file.stat()
    text = "".join(f"{secret}\n" for secret in (keys.current, keys.previous) if secret)
    beside = write_beside(file, text)
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


_Facts = tuple[int, int, float]


class KeyFile:
    """The secrets in a file, made now if there is none; looks at the file at most once a second."""

    def __init__(self, file: Path, what: str) -> None:
        """`what` names the secrets in the log; raises SecretUnreadable."""
        self._file, self._what = file, what
        self._keys = parse(read_or_make(file), file)
        self._facts = _facts_of(file)
        self._look_at = time.monotonic() + _LOOK_S
        self._why = ""

    @property
    def in_use(self) -> tuple[str, ...]:
        """The secrets to use now: the first signs, and all are believed."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_S
            self._look()
        current, previous = self._keys.current, self._keys.previous
        if previous is None:
            return (current,)
        settling = 0 <= time.time() - self._facts[2] < SETTLE_S
        return (previous, current) if settling else (current, previous)

    def _look(self) -> None:
        try:
            facts = _facts_of(self._file)
            if facts != self._facts:
                self._facts = facts
                self._keys = parse(read(self._file), self._file)
                log.info(f"other {self._what}", keys=2 if self._keys.previous else 1)
            self._why = ""
        except (OSError, SecretUnreadable) as error:
            # What works goes on working: a slip in this file must not stop every lesson.
            if str(error) != self._why:
                log.warning(f"{self._what} stay as they were", why=str(error))
            self._why = str(error)


def _facts_of(file: Path) -> _Facts:
    status = file.stat()
    return status.st_ino, status.st_size, status.st_mtime
