"""How text sounds: toneless syllables, one list for what was written and for what was recognised.

A recogniser that writes a wrong character mostly hears the right syllable (15 % wrong characters, 4 % wrong
syllables), so scripts are compared by sound. Numbers sound as they are read: 2018年 is er ling yi ba nian.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import cast

from speech.words import counts, is_han

_DIGITS = ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu")
_POWERS = ("", "shi", "bai", "qian")
_LARGE = ("", "wan", "yi", "wan")
_UNIT = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+", re.ASCII)
_MOST_READ = 16

# Characters that nobody knows how to read come back one by one (the library allows it, its types do not).
_APART = cast("Callable[[str], str]", list)
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"))
"""What speakers of the south do not tell apart, and recognisers neither."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable, and which characters of the text it is said for, ``text[start:end]``."""

    sound: str
    start: int
    end: int


def syllables(text: str) -> tuple[Syllable, ...]:
    """The syllables of a text; letters are one for each run of them, marks none."""
    found: list[Syllable] = []
    for han, run in groupby(enumerate(text), lambda pair: is_han(pair[1])):
        some = list(run)
        first, written = some[0][0], "".join(character for _at, character in some)
        if han:
            found += [Syllable(sound, first + n, first + n + 1) for n, sound in enumerate(_read(written))]
        else:
            after = text[first + len(written) : first + len(written) + 1]
            found += _others(written, first, after)
    return tuple(found)


def sounds(text: str) -> tuple[str, ...]:
    """The syllables' sounds alone."""
    return tuple(one.sound for one in syllables(text))


@cache
def folded(sound: str) -> str:
    """Syllables that are easily mistaken for each other come out the same (zheng, zhen, zen)."""
    for one, other in _ALIKE:
        sound = sound.replace(one, other)
    return sound


@lru_cache(maxsize=65_536)
def _read(han: str) -> tuple[str, ...]:
    # Imported here: it takes 0.3 s.
    from pypinyin import lazy_pinyin

    # Read together: 行 is hang in 银行 and xing in 行动.
    read = lazy_pinyin(han, errors=_APART)
    return tuple(read) if len(read) == len(han) else tuple(han)


def _others(written: str, first: int, after: str) -> list[Syllable]:
    found = []
    for match in _UNIT.finditer(written):
        start, end = first + match.start(), first + match.end()
        unit = match.group()
        if unit[0].isdigit():
            rest = written[match.end() :] + after
            read = _share(unit, rest) or _number(unit, is_year=rest.startswith("年"))
            found += [Syllable(sound, start, end) for sound in read]
        else:
            found.append(Syllable(unit.lower(), start, end))
    # Letters of other scripts and digits of other forms: each for itself.
    left = [
        Syllable(character.lower(), first + n, first + n + 1)
        for n, character in enumerate(written)
        if counts(character) and not character.isascii()
    ]
    return sorted(found + left, key=lambda one: one.start) if left else found


def _share(unit: str, rest: str) -> list[str]:
    """80% is said bai fen zhi ba shi."""
    return ["bai", "fen", "zhi", *_number(unit, is_year=False)] if rest[:1] in ("%", "％") else []


def _number(unit: str, *, is_year: bool) -> list[str]:
    whole, _, part = unit.replace(",", "").partition(".")
    digit_by_digit = len(whole) > _MOST_READ or whole.startswith("0") or (is_year and len(whole) == 4)
    said = [_DIGITS[int(d)] for d in whole] if digit_by_digit else _quantity(int(whole))
    return said + (["dian", *(_DIGITS[int(d)] for d in part)] if part else [])


def _quantity(value: int) -> list[str]:
    if value == 0:
        return [_DIGITS[0]]
    groups = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    said: list[str] = []
    for n in range(len(groups) - 1, -1, -1):
        group = groups[n]
        if group and said and group < 1000:
            said.append(_DIGITS[0])
        said += _group(group)
        if (group or n == 2) and n:
            said.append(_LARGE[n])
    return said[1:] if said[:2] == ["yi", "shi"] else said


def _group(value: int) -> list[str]:
    said: list[str] = []
    for power in range(3, -1, -1):
        digit = value // 10**power % 10
        if digit:
            said += [_DIGITS[digit], *([_POWERS[power]] if power else [])]
        elif said and said[-1] != _DIGITS[0] and value % 10**power:
            said.append(_DIGITS[0])
    return said
