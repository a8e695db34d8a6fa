"""How recognised text is written: simplified, with Chinese marks, and numbers so that the search finds
them.

Only what the search folds to the same is changed (a test holds every change to that): a year said digit
by digit is written in digits, a single digit among Chinese characters as a character (3会1课 is 三会一课, and
3月1日 stays). Everything else about numbers stays as it was recognised, for the search knows 十一条 and 11条
as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import opencc

from speech.words import Word, is_han

_MARKS = str.maketrans({",": "，", "?": "？", "!": "！", ":": "：", ";": "；", ".": "。"})
# Variants that OpenCC's t2s leaves as they are.
_VARIANTS = str.maketrans("妳牠衞敍枱糭衹粧簷痺鬪囘", "你它卫叙台粽只妆檐痹斗回")
_DIGITS = {digit: str(n) for n, digit in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_SMALL = "零一二三四五六七八九"
_YEAR = re.compile("[零〇○一二三四五六七八九]{4}(?=年)")
# Not before what digits are usual with, nor where the digit is part of a number.
_NUMERALS = "零〇○一二两三四五六七八九十百千万亿点"
_SINGLE = re.compile(
    rf"(?<![0-9A-Za-z.,:：%第{_NUMERALS}·])([1-9])(?=[\u4e00-\u9fff])"
    rf"(?![{_NUMERALS}年月日号时分秒个条次%元岁届周级楼期])"
)


def written(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words as they are to be written. Each stays a word of its own with its seconds; one
    whose text went into a neighbour's is left out."""
    if not words:
        return ()
    text = "".join(word.text for word in words)
    lengths = [len(word.text) for word in words]
    changed = numbers(marks(simplified(text)))
    assert len(changed) == len(text)  # noqa: S101 - each step keeps the number of characters
    found, at = [], 0
    for word, length in zip(words, lengths, strict=True):
        found.append(replace(word, text=changed[at : at + length]))
        at += length
    return tuple(word for word in found if word.text.strip())


def simplified(text: str) -> str:
    """Traditional characters become simplified ones, one for one."""
    if text.isascii():
        return text
    text = text.translate(_VARIANTS)
    for how in ("t2s", "tw2s"):
        text = _one_for_one(text, _converter(how), only="著" if how == "tw2s" else None)
    return text


def _one_for_one(text: str, convert: Callable[[str], str], only: str | None) -> str:
    """What a converter makes of it; characters alone where it would change how many there are."""
    if only is not None and only not in text:
        return text
    new = convert(text)
    if len(new) != len(text):
        new = "".join(made if len(made) == 1 else old for old, made in ((c, convert(c)) for c in text))
    if only is None:
        return new
    # 沿著 is 沿着; 著名 and 原著 stay, and so does what else Taiwan writes otherwise.
    return "".join(
        made if old == only and not _stays(text, n) else old
        for n, (old, made) in enumerate(zip(text, new, strict=True))
    )


_BEFORE, _AFTER = frozenset("原土巨论译合拙遗新显卓昭名专编撰较所"), frozenset("名作者述称录书有")


def _stays(text: str, at: int) -> bool:
    return (at > 0 and text[at - 1] in _BEFORE) or text[at + 1 : at + 2] in _AFTER


@cache
def _converter(how: str) -> Callable[[str], str]:
    convert: Callable[[str], str] = opencc.OpenCC(how).convert
    return convert


def marks(text: str) -> str:
    """Marks behind a Chinese character are Chinese ones; 3.5 and Mr. stay."""
    found = list(text)
    for n, character in enumerate(text):
        if character in ",?!:;." and n and is_han(text[n - 1]):
            found[n] = character.translate(_MARKS)
    return "".join(found)


def numbers(text: str) -> str:
    """Years in digits, single digits among Chinese characters as characters; as many characters as
    before."""
    text = _YEAR.sub(lambda year: "".join(_DIGITS[digit] for digit in year.group()), text)
    return _SINGLE.sub(lambda digit: _SMALL[int(digit[1])], text)
