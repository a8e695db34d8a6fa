"""Text as it is compared: letters and digits alone, one form of each. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=16_384)
def _letters(character: str) -> str:
    """Return what is compared of a character: nothing of punctuation, spaces, marks and pictures."""
    form = unicodedata.normalize("NFKC", character).casefold()
    return "".join(one for one in form if unicodedata.category(one)[0] in "LN")


def folded(text: str) -> str:
    """Return a text as it is compared."""
    return "".join(map(_letters, text))


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """Return a text as it is compared, and for each of its letters the place in `text` from which it is."""
    letters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for one in _letters(character):
            letters.append(one)
            places.append(at)
    return "".join(letters), places
