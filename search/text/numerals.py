"""One spelling for numbers: 二十大 = 20大, 一九四九年 = 1949年, 10月 = 十月, 3会1课 = 三会一课.

Numbers above ten become Arabic, one to ten become Chinese: words such as 三会一课, 一带一路 and 十分 stay
whole for the word cutter, which does not know 3会1课. 万 and 亿 are left as characters (3000万 = 三千万).
A run of Chinese digits that is no number (十四五, 二三十) or that could be two words (统一三个) is left
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"千": 1000, "百": 100, "十": 10}
_SMALL = "零一二三四五六七八九十"
# 统一十项, 唯一一百: the 一 belongs to the word before it.
_ENDS_IN_ONE = "统唯单同专划归合逐之其任"

_NUMBER = re.compile(
    rf"(?:(?<![{_ENDS_IN_ONE}])[零〇○一二两三四五六七八九十百千]|[零〇○二两三四五六七八九十百千])"
    r"[零〇○一二两三四五六七八九十百千]+"
    r"|(?<![0-9a-z.])(?:10|[1-9])(?![0-9a-z]|\.[0-9])"
)


def _positional(run: str) -> str | None:
    """一九四九 -> 1949. Two digits are left: 五四, 七一 and 八一 are names, and 统一三个 is no number."""
    if len(run) >= 3 and all(c in _DIGITS and c != "两" for c in run):
        return "".join(str(_DIGITS[c]) for c in run)
    return None


def _with_units(run: str) -> int | None:
    """二十 -> 20, 三百零五 -> 305; None for what is no well-formed number (十四五, 一百二)."""
    total, last_unit, i, zero = 0, 10_000, 0, False
    while i < len(run):
        char = run[i]
        if char in "零〇○":
            if zero or i == 0:
                return None
            zero, i = True, i + 1
            continue
        if char == "十" and i == 0:
            digit = 1
        elif char in _DIGITS:
            digit, i = _DIGITS[char], i + 1
        else:
            return None
        unit = _UNITS.get(run[i]) if i < len(run) else None
        if unit is None:
            well_formed = i == len(run) and char != "两" and (zero or last_unit == 10)
            return total + digit if well_formed else None
        if unit >= last_unit:
            return None
        total, last_unit, i, zero = total + digit * unit, unit, i + 1, False
    return None if zero else total


def spelled(run: str) -> str:
    """The one spelling of a run found by ``find``; the run itself when it is no number."""
    if run.isascii():
        return _SMALL[int(run)]
    as_digits = _positional(run)
    if as_digits is not None:
        return as_digits
    if not any(c in _UNITS for c in run):
        return run
    value = _with_units(run)
    if value is None:
        return run
    return str(value) if value > 10 else _SMALL[value]


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, new spelling) of every number in folded text that is spelled otherwise."""
    for match in _NUMBER.finditer(text):
        new = spelled(match.group())
        if new != match.group():
            yield match.start(), match.end(), new


def respell(text: str) -> str:
    """Folded text with every number in its one spelling."""
    return _NUMBER.sub(lambda match: spelled(match.group()), text)
