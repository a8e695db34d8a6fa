"""How what a recogniser heard is found although its characters are wrong: by pairs of toneless syllables.

A recogniser that hears 正兴 for 振兴 has the sound right. A pair of syllables is to such words what a pair of
units is to words that somebody wrote: of a text of recognised words all pairs are in the index, each once,
and a pair of a query asks for what sounds like it beside the pair itself. Numbers are spelled out, so that a
一 that was heard for 意 sounds like it too. What many speakers do not tell apart (zh and z, n and l) is one
sound here.

Single syllables are not looked for: half of all stand for ten characters or more. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from search.text.analysis import is_han, pair
from search.text.pinyin import alike, letters, read_as, syllables

_DIGITS = {alike(sound): digit for digit in "0123456789" for sound in letters(digit)}


def sound_terms(folded: str) -> list[str]:
    """The pairs of syllables of folded text, each once."""
    return list(dict.fromkeys(_pairs(sound for _, sounds in syllables(folded) for sound in sounds)))


@lru_cache(maxsize=2_000)
def sounds_of_pairs(word: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(pair of units, the terms that a text holds in which it is heard) of a folded word of a query, which is
    read as a whole: 行 is hang in 银行."""
    heard = syllables(word)
    return tuple(
        (pair(one, other), tuple(_pairs((*sounds, *more))))
        for (one, sounds), (other, more) in pairwise(heard)
    )


@lru_cache(maxsize=2_000)
def spoken_like(units: tuple[str, ...]) -> re.Pattern[str] | None:
    """What folded texts hold where these units are heard: characters of which each may be read so, whatever
    stands between them that is neither; None for what is too short to be told by its sound."""
    heard = syllables("".join(units)) if all(map(is_han, units)) else syllables(" ".join(units))
    if len(heard) < 2:
        return None
    return re.compile(r"[\W_]*".join(_written(unit, sounds) for unit, sounds in heard))


def _written(unit: str, sounds: Sequence[str]) -> str:
    one_by_one = r"[\W_]*".join(
        f"[{read_as(sound)}{_DIGITS.get(sound, '')}]" if read_as(sound) else re.escape(sound)
        for sound in map(alike, sounds)
    )
    return f"(?:{re.escape(unit)}|{one_by_one})"


def _pairs(sounds: Iterable[str]) -> list[str]:
    return [pair(one, other) for one, other in pairwise(map(alike, sounds))]
