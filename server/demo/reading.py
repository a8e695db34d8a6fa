"""How the voice should read a written sentence. Pure.

espeak-ng reads a year as a large number, falls into English at a percent sign and pauses at every quotation
mark; so numbers are spelled out and silent marks removed before it sees them. The transcript keeps the text.
"""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_SILENT = str.maketrans("", "", "“”‘’《》「」·　")
_PAUSING = str.maketrans({"（": "，", "）": "，", "—": "，"})

# Said as single digits: years, and numbers too long to be a quantity here (a telephone number; 1 is then 幺).
_YEAR = re.compile(r"\d{4}(?=年)")
_CALL = re.compile(r"\d{5,}")
_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?(%?)")

_SAID_LIKE = {
    # What espeak-ng gets wrong in these texts, written with characters of the same sound and tone.
    "参与": "餐与",
    "为人民服务": "卫人民服务",
    "是为国而": "是卫国而",
    "土地改革": "土第改革",
    "土地法": "土第法",
}


def spoken(text: str) -> str:
    """Return `text` as it is to be handed to the voice: no digits, no marks that it stumbles over."""
    for written, said in _SAID_LIKE.items():
        text = text.replace(written, said)
    text = _YEAR.sub(lambda m: _one_by_one(m[0]), text)
    text = _CALL.sub(lambda m: _one_by_one(m[0]).replace("一", "幺"), text)
    text = _NUMBER.sub(_quantity, text)
    return text.translate(_PAUSING).translate(_SILENT)


def number(value: int) -> str:
    """Return 0 to 9999 in Chinese: 10 十, 105 一百零五, 9899 九千八百九十九."""
    if not 0 <= value <= 9999:
        raise ValueError(value)
    if value == 0:
        return _DIGITS[0]
    said = ""
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit:
            said += _DIGITS[digit] + _UNITS[power]
        elif said and not said.endswith(_DIGITS[0]):
            said += _DIGITS[0]
    said = said.rstrip(_DIGITS[0])
    return said.removeprefix("一") if 10 <= value <= 19 else said


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(d)] for d in digits)


def _quantity(match: re.Match[str]) -> str:
    whole, fraction, percent = match.groups()
    said = number(int(whole)) + ("点" + _one_by_one(fraction) if fraction else "")
    return ("百分之" if percent else "") + said
