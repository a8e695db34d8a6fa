"""Passwords as they are kept: argon2id hashes, slow on purpose.

One takes 64 MiB and a good part of a second of a core. So none is made or compared while a transaction that
writes is open, and whoever answers others at the same time makes few at once (server/web/doors/hashing.py).
"""

from __future__ import annotations

from typing import NewType

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from library.people import rules

HashedPassword = NewType("HashedPassword", str)
"""The hash of a password that was found good; actions take nothing else."""

NO_PASSWORD = HashedPassword("")
"""Kept for whoever has not chosen one yet, or never will: no password fits it."""

# argon2id with the library's defaults, which follow RFC 9106's second recommendation (64 MiB, 3 passes).
_HASHER = PasswordHash((Argon2Hasher(),))


def chosen(password: str, username: str) -> HashedPassword:
    """Return the hash of a password somebody chose; raises Invalid for a bad one before hashing."""
    rules.check_password(password, username)
    return hashed(password)


def hashed(password: str) -> HashedPassword:
    """Return the hash of a password."""
    return HashedPassword(_HASHER.hash(password))


def fits(password: str, password_hash: str | None) -> bool:
    """Tell whether a hash is that of a password.

    Nobody's (None, NO_PASSWORD) costs the same, so that no name is fished for.
    """
    password = password[: rules.PASSWORD_MAX]
    if not password_hash:
        hashed(password)
        return False
    return _HASHER.verify(password, password_hash)
