"""A recognised word with its seconds, and what counts of a text: everything but marks and spaces."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SURE = 0.7
"""Words below this probability are doubtful: a fifth of the text, and half of the errors."""


@dataclass(frozen=True)
class Word:
    """``text`` as it is written, marks at its end; of Chinese mostly one character. Seconds of the
    recording."""

    start_s: float
    end_s: float
    text: str
    probability: float


@dataclass(frozen=True)
class Span:
    """A stretch of sound, in seconds."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


@lru_cache(maxsize=4096)
def counts(character: str) -> bool:
    """Whether a character is said (a letter, a digit, a Chinese character) and no mark and no space."""
    return unicodedata.category(character)[0] in "LN"


def plain(text: str) -> str:
    """The text without marks and spaces."""
    return "".join(filter(counts, text))


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return (
        "\u3400" <= character <= "\u9fff"
        or character == "\u3007"
        or "\U00020000" <= character <= "\U0003ffff"
    )
