"""Secrets are made on the machine they serve, in files only their owner can read; none has a default."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from library.core.ids import new_secret


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
