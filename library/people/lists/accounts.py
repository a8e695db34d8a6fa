"""Names of accounts: which look like one another, and what is proposed to who brings none. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from library.core.text import NAME_MAX, name_key

_SAME = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1"})
_BETWEEN = re.compile(r"[\s._\-@]+")


def look_alike_key(username: str) -> str:
    """Return the key under which names look the same: 0 and o, 1, l and i, leading zeros, dashes and dots."""
    key = _BETWEEN.sub("", username.translate(_SAME))
    return key.lstrip("0") or key


def proposed(name: str, is_taken: Callable[[str], bool]) -> str:
    """Return a free account's name for somebody: the name in letters, wangfang, wangfang2; as it is written
    where nobody can spell it."""
    from search import syllables  # it takes a part of a second, and most lists bring accounts

    letters = "".join(sound for _unit, run in syllables(name, is_person=True) for sound in run)
    plain = re.sub(r"[^a-z0-9]", "", letters.casefold()) if letters.isascii() else ""
    base = (plain or name_key(name).replace(" ", ""))[: NAME_MAX - 6]
    number = 1
    while is_taken(base if number == 1 else f"{base}{number}"):
        number += 1
    return base if number == 1 else f"{base}{number}"
