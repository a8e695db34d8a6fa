"""Codes that are read from paper and typed: letters that nobody confuses, and enough of them. Pure.

Ten letters of thirty are 49 bits. Guessed as fast as one address may (rules.BUDGETS[Counted.CODE], some 8,700
a day), with ten thousand codes open and from ten thousand addresses at once, one is found in two years.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 and O, 1, I and L, and U, which is read as V."""
LENGTH = 10
_HALF = LENGTH // 2


def new_code() -> str:
    """Return a new random code as it is kept (hashed) and compared: capitals without a hyphen."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """Return a code as people read it: K7QF2-M9XTB."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


def read(typed: str) -> str:
    """Return the code that somebody typed, in whatever width, case and with whatever between; "" for what
    cannot be one."""
    folded = unicodedata.normalize("NFKC", typed[: 8 * LENGTH]).upper()
    kept = "".join(letter for letter in folded if letter.isalnum())
    return kept if len(kept) == LENGTH and all(letter in ALPHABET for letter in kept) else ""
