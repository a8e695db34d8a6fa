"""How something sounds: its syllables without tones, for people who type letters instead of characters.

Names (titles, lecturers, topics) are spelled out for who types letters, and never what is said: half of all
syllables stand for ten characters or more, and in a lecture everything sounds like something. What a machine
recognised is found by its sounds in another way: ``sounds``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import cast

from search.text.analysis import is_han, unit_texts
from search.text.fold import spelling

# The first character of a Chinese name, where it is read otherwise as a surname.
_SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "任": "ren",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "华": "hua",
    "覃": "qin",
    "翟": "zhai",
    "尉": "wei",
    "乐": "yue",
    "员": "yun",
    "折": "she",
    "缪": "miao",
    "燕": "yan",
    "宁": "ning",
    "车": "che",
    "秘": "bi",
    "种": "chong",
    "召": "shao",
    "洗": "xian",
}
_DIGITS = ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu")
_POWERS = ("", "shi", "bai", "qian")
_MIXED = re.compile(r"\d+|[^\d]+")
# Characters that nobody knows how to read come back one by one (the library allows it, its types do not).
_APART = cast("Callable[[str], str]", list)
# What many Chinese speakers do not tell apart, or their keyboards correct for them.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("h", "f"))


def syllables(name: str, *, is_person: bool = False) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(unit, its syllables) of a name; numbers are spelled out, letters are one syllable of their own."""
    # Imported here: it takes 0.3 s, and most queries need no sounds.
    from pypinyin import lazy_pinyin

    units = unit_texts(spelling(name))
    found: list[tuple[str, tuple[str, ...]]] = []
    for han, run in groupby(units, is_han):
        some = list(run)
        # Read together: 行 is hang in 银行 and xing in 行动.
        read = lazy_pinyin("".join(some), errors=_APART) if han else []
        if han and len(read) != len(some):
            read = some  # nobody knows how it is read
        found += zip(some, [(one,) for one in read] if han else map(letters, some), strict=True)
    if is_person and found and found[0][0] in _SURNAMES:
        found[0] = (found[0][0], (_SURNAMES[found[0][0]],))
    return tuple(found)


def letters(run: str) -> tuple[str, ...]:
    """The syllables of a run of letters and digits: 20da is er shi da."""
    found: list[str] = []
    for part in _MIXED.findall(run):
        found += _number(part) if part.isascii() and part.isdigit() else [part.replace("\u00fc", "v")]
    return tuple(found)


def _number(digits: str) -> list[str]:
    """Years and long numbers are read digit by digit, others as quantities."""
    if len(digits) > 3 or digits.startswith("0"):
        return [_DIGITS[int(d)] for d in digits]
    said: list[str] = []
    for power, digit in zip(range(len(digits) - 1, -1, -1), map(int, digits), strict=True):
        if digit:
            said += [_DIGITS[digit], _POWERS[power]]
        elif said and said[-1] != _DIGITS[0]:
            said.append(_DIGITS[0])
    while said and said[-1] in ("", _DIGITS[0]):
        said.pop()
    return said[1:] if said[:2] == ["yi", "shi"] else said


@cache
def alike(sound: str) -> str:
    """Syllables that are easily mistaken for each other come out the same (zheng, zhen, zen)."""
    for one, other in _ALIKE:
        sound = sound.replace(one, other)
    return sound


@cache
def _sounds() -> tuple[dict[str, tuple[str, ...]], dict[str, str], dict[str, str]]:
    """How each character in common use may be read; the characters of each sound, the commonest first; and
    those of each sound as ``alike`` has it."""
    from pypinyin.constants import PINYIN_DICT

    read: dict[str, tuple[str, ...]] = {}
    same: dict[str, list[str]] = {}
    near: dict[str, list[str]] = {}
    for code, readings in sorted(PINYIN_DICT.items(), key=lambda known: _commonness(chr(known[0]))):
        character = chr(code)
        if _commonness(character) == _UNCOMMON:
            break
        sounds = tuple(dict.fromkeys(map(_without_tone, readings.split(","))))
        read[character] = sounds
        for sound in sounds:
            same.setdefault(sound, []).append(character)
        for sound in dict.fromkeys(map(alike, sounds)):
            near.setdefault(sound, []).append(character)
    return read, {k: "".join(v) for k, v in same.items()}, {k: "".join(v) for k, v in near.items()}


def same_sound(character: str, *, is_alike: bool = False) -> str:
    """The other characters in common use that may be read like this one, whichever way it is read;
    ``is_alike``: that are read nearly so, and not so."""
    read, same, near = _sounds()
    sounds = read.get(character, ())
    exact = dict.fromkeys("".join(same[sound] for sound in sounds))
    if not is_alike:
        return "".join(one for one in exact if one != character)
    nearly = dict.fromkeys("".join(near[sound] for sound in dict.fromkeys(map(alike, sounds))))
    return "".join(one for one in nearly if one not in exact)


def common_characters() -> tuple[str, ...]:
    """The characters in common use, the commonest first."""
    return tuple(_sounds()[0])


def read_as(sound: str) -> str:
    """The characters in common use that may be read so, or nearly so, the commonest first; "" for what is no
    syllable as ``alike`` has it."""
    return _sounds()[2].get(sound, "")


_UNCOMMON = 2
_UMLAUT = "\u0308"


def _commonness(character: str) -> int:
    """GB 2312 holds the 3,755 commonest characters first, then 3,008 others."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return _UNCOMMON
    return _UNCOMMON if len(code) < 2 else int(code[0] >= 0xD8)


def _without_tone(reading: str) -> str:
    apart = unicodedata.normalize("NFD", reading).replace("u" + _UMLAUT, "v")
    return "".join(char for char in apart if not unicodedata.combining(char))
