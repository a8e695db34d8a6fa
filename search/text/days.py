"""Days that are names: 九·一八, 九一八, 9·18 and 918事变 are one, and so are 12·9 and 一二·九.

With a dot between month and day they are known by themselves, without one (or with a point, which is a
number's) only by what follows: 54运动, 9.18事变. 九十八 and 9.18 are numbers, 十二·五 is a five-year plan.
"""

from __future__ import annotations

import re

_DIGIT = "零〇○一二三四五六七八九"
_SMALL = "零一二三四五六七八九十"
_VALUE = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}

_DOT = "[·•・‧∙⋅]"
_MONTH = "1[0-2]|0?[1-9]"
_DAY = "3[01]|[12][0-9]|0?[1-9]"
_HAN_MONTH = "十[一二]?|一[零〇○一二]|[一二三四五六七八九]"
_HAN_DAY = (
    "卅|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|三[零〇○一]|[一二][零〇○一二三四五六七八九]|"
    "[一二三四五六七八九]"
)
_QUOTE = "[\"'”’」』》]?"
# What happened on such a day, or is named for it.
_EVENT = (
    "事变|事件|运动|惨案|血案|起义|政变|革命|大罢工|罢工|大会|会议|讲话|指示|精神|青年节|建军节|"
    "建党节|劳动节|儿童节|妇女节|国际|国庆|红旗手|勋章|奖章|奖状|阅兵|学社|烈士|纪念|"
    "大地震|地震|晚会|公祭"
)
# Two digits without a dot, which any number is: only those that are days.
_SHORT = "27|38|51|54|61|71|77|81|87|93"

PATTERN = (
    rf"(?<![{_DIGIT}十百千])十[一二三四五]{_DOT}五(?![{_DIGIT}十百千万亿])|"
    rf"(?<![0-9a-z.]|[{_DIGIT}十百千])(?:(?:{_MONTH}){_DOT}(?:{_DAY})|(?:{_HAN_MONTH})(?:{_DOT}|\.)(?:{_HAN_DAY}))"
    rf"(?![0-9a-z%‰]|[.][0-9]|[{_DIGIT}十百千万亿])"
    rf"|(?<![0-9a-z.])(?:{_MONTH})[.](?:{_DAY})(?={_QUOTE}(?:{_EVENT}))"
    rf"|(?<![0-9a-z.])(?:{_SHORT})(?={_QUOTE}(?:{_EVENT}))"
    rf"|(?<![0-9a-z.])530(?={_QUOTE}(?:{_EVENT}))"
)
"""A day's name in folded text; what it becomes says ``spelled``."""

_PARTS = re.compile(rf"(.+?)(?:{_DOT}|\.)(.+)")


def spelled(name: str) -> str:
    """The one spelling of a day's name: its digits, as years and 九一八 have them; two of them in Chinese
    (五四, which is no 54), and 五卅 and 十一 as everybody says."""
    parts = _PARTS.fullmatch(name)
    month, day = (parts[1], parts[2]) if parts else (name[0], name[1:])
    if month[0] == "十" and day == "五":
        return month + day
    digits = _number(month), _number(day)
    if digits == (5, 30):
        return "五卅"
    if digits == (10, 1):
        return "11"
    if max(digits) < 10:
        return "".join(_SMALL[digit] for digit in digits)
    return f"{digits[0]}{digits[1]}"


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    if text == "卅":
        return 30
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_VALUE[tens] if tens else 1) + (_VALUE[ones] if ones else 0)
    return int("".join(str(_VALUE[c]) for c in text))
