"""Passwords as they are kept: argon2id hashes, slow on purpose."""

from __future__ import annotations

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# argon2id with the library's defaults, which follow RFC 9106's second recommendation (64 MiB, 3 passes).
_HASHER = PasswordHash((Argon2Hasher(),))


def hashed(password: str) -> str:
    """Return the hash of a password."""
    return _HASHER.hash(password)


def fits(password: str, password_hash: str) -> bool:
    """Tell whether a hash is that of a password."""
    return _HASHER.verify(password, password_hash)
