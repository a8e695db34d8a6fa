"""One spelling for numbers: 二十大 = 20大, 一九四九年 = 1949年, 10月 = 十月, 3会1课 = 三会一课, 1.5万.

Numbers above ten become Arabic, one to ten become Chinese: words such as 三会一课, 一带一路 and 十分 stay
whole for the word cutter, which does not know 3会1课. With 万 and 亿 they are written out (一万五千 = 15000);
千万工程 and 百万雄师 are none. A run of Chinese digits that is no number (十四五, 二三十) or that could be
two words (统一三个) is left alone. Shares become 百分之 with a number. Names of days (``days``) come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from search.text import days

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"千": 1000, "百": 100, "十": 10}
_LARGE = {"亿": 100_000_000, "万": 10_000}
_SMALL = "零一二三四五六七八九十"
# 统一十项, 唯一一百: the 一 belongs to the word before it.
_ENDS_IN_ONE = "统唯单同专划归合逐之其任"

_HAN = "零〇○一二两三四五六七八九十百千"
_HAN_DIGIT = "零〇○一二三四五六七八九"
_FIRST_HAN = rf"(?:(?<![{_ENDS_IN_ONE}])[{_HAN}]|[零〇○二两三四五六七八九十百千])"
_ARABIC = r"(?<![0-9a-z.,])(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+)?)"
_SHARE = rf"[0-9]+(?:\.[0-9]+)?|[{_HAN}]+(?:点[{_HAN_DIGIT}]+)?"

_LARGE_NUMBER = (
    rf"(?:{_ARABIC}|{_FIRST_HAN}[{_HAN}]*(?:点[{_HAN_DIGIT}]+)?)[百千]?[万亿]+"
    rf"(?:(?:[0-9]+(?![0-9.,])|[{_HAN}]+)[百千]?[万亿]*)*"
)
_GROUPED = r"(?<![0-9a-z.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9a-z]|[.,][0-9])"
_MIXED = r"(?<![0-9a-z.,])[0-9]+(?:\.[0-9]+)?[百千](?![0-9零〇○一二两三四五六七八九十百千万亿])"
_RUN = rf"{_FIRST_HAN}[{_HAN}]+|(?<![0-9a-z.])(?:10|[1-9])(?![0-9a-z]|\.[0-9])"
_PLAIN = re.compile(_RUN)

_NUMBER = re.compile(
    rf"(?=[0-9{_HAN}])(?:"
    rf"(?P<day>{days.PATTERN})"
    rf"|(?P<of>百分之|千分之)(?P<share>{_SHARE})"
    rf"|(?<![0-9a-z.])(?P<percent>[0-9]+(?:\.[0-9]+)?)(?P<sign>[%‰])"
    rf"|(?P<large>{_LARGE_NUMBER}|{_GROUPED}|{_MIXED})"
    rf"|(?P<run>{_RUN}))"
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
    """The one spelling of a run of digits, Chinese ones or Arabic ones up to ten; the run itself when it is
    no number."""
    if run.isascii():
        return _SMALL[int(run)]
    as_digits = _positional(run)
    if as_digits is not None:
        return as_digits
    if not any(c in _UNITS for c in run):
        return run
    value = _with_units(run)
    return run if value is None else _written(value)


def _written(value: int) -> str:
    return str(value) if value > 10 else _SMALL[value]


def _section(text: str) -> Decimal | None:
    """What stands before 万 or 亿, or alone: 五千, 1.5, 15,000, 3百, 一点五."""
    factor = 1
    if text[:1].isascii():
        if text[-1:] in ("百", "千"):
            text, factor = text[:-1], _UNITS[text[-1]]
        plain = text.replace(",", "")
        return Decimal(plain) * factor if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain) else None
    whole, point, part = text.partition("点")
    value = _DIGITS[whole] if whole in _DIGITS else _with_units(whole)
    if value is None or (point and not part):
        return None
    return Decimal(value) + (Decimal("0." + "".join(str(_DIGITS[c]) for c in part)) if point else 0)


def _rest(text: str) -> Decimal | None:
    """What stands behind 万 or 亿: 五千, 零五百, 5000; a lone digit (一万五) is said for many things."""
    if not text:
        return Decimal(0)
    lacks = text[0] in "零〇○"
    text = text[1:] if lacks else text
    return None if text in _DIGITS and not lacks else _large(text)


def _large(text: str) -> Decimal | None:
    """一万五千, 1.5万, 三千万, 一万五千亿, 1亿2千万; None for what is no well-formed number."""
    for name, size in _LARGE.items():
        if name in text:
            before, _, after = text.rpartition(name)
            head, rest = _large(before) if before else None, _rest(after)
            return None if head is None or rest is None or rest >= size else head * size + rest
    return _section(text)


def _share(text: str) -> str:
    """八, 80, 百, 8.50, 八点五 as they stand behind 百分之."""
    if text == "百":
        return "100"
    if text.isascii():
        whole, _, part = text.partition(".")
    else:
        first, _, last = text.partition("点")
        value = _DIGITS[first] if first in _DIGITS else _with_units(first)
        if value is None:
            return text
        whole, part = str(value), "".join(str(_DIGITS[c]) for c in last)
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else _written(int(whole))


def _new(match: re.Match[str]) -> str:
    """The one spelling of what was found."""
    if match["run"] is not None:
        return spelled(match["run"])
    if match["day"] is not None:
        return days.spelled(match["day"])
    if match["of"] is not None:
        return match["of"] + _share(match["share"])
    if match["percent"] is not None:
        return ("百分之" if match["sign"] == "%" else "千分之") + _share(match["percent"])
    text = match["large"]
    value = _large(text)
    if value is None or value != value.to_integral_value():
        return _PLAIN.sub(lambda run: spelled(run.group()), text)
    return _written(int(value))


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, new spelling) of every number in folded text that is spelled otherwise."""
    for match in _NUMBER.finditer(text):
        new = _new(match)
        if new != match.group():
            yield match.start(), match.end(), new


def respell(text: str) -> str:
    """Folded text with every number in its one spelling."""
    return _NUMBER.sub(_new, text)
