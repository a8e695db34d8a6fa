"""Fold text so that one thing has one spelling, and keep the way back to the original characters.

Full and half width, upper and lower case, traditional and simplified, Chinese and Arabic numbers. The same
fold is applied to documents and to queries. Folding changes lengths (㎏ is two characters, 二〇二三 are
four, an accent may be one), so ``Folded`` remembers for each folded character which original ones it
stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

from search.text import numerals

# Seen by nobody, typed by no one, found in pasted text and subtitles: they would cut words apart.
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_COMBINING = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
_NEEDS_CLUSTERS = re.compile(f"[{_INVISIBLE}{_COMBINING}]")
_CLUSTER = re.compile(f"(?s:.)[{_INVISIBLE}{_COMBINING}]*")
_DROP = re.compile(f"[{_INVISIBLE}]")

# Variants that OpenCC's t2s leaves as they are: of Taiwan and Hong Kong (tw2s and hk2s know them, but make
# 幺 of 么), and of old print.
_VARIANTS = str.maketrans("妳牠衞敍枱糭衹粧簷痺鬪囘", "你它卫叙台粽只妆檐痹斗回")
# 著 is 着 in Taiwan's spelling, which tw2s tells from 著名; not from all of these, which are simplified too.
_STAYS_BEHIND = frozenset(  # 显著, 名著
    "原土巨论論译譯合拙遗遺新显顯卓昭名专專编編撰较較所"
)
_STAYS_BEFORE = frozenset("名作者述称稱录錄书書有")

# Up to so many characters a text is a word or a name, which is folded again and again.
_SHORT = 32


class _PerCharacter(dict[int, str]):
    """A table for str.translate that fills itself: NFKC and case folding of single characters."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        # Half of a surrogate pair can come out of broken JSON; no library below accepts it.
        folded = " " if 0xD800 <= code <= 0xDFFF else unicodedata.normalize("NFKC", char).casefold()
        self[code] = folded
        return folded


@cache
def _per_character() -> _PerCharacter:
    return _PerCharacter()


@cache
def _simplify(how: str = "t2s") -> Callable[[str], str]:
    convert: Callable[[str], str] = opencc.OpenCC(how).convert
    return convert


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; ``origin`` leads back. ``_from``/``_to`` are None while no character moved."""

    text: str
    _from: tuple[int, ...] | None = None
    _to: tuple[int, ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The original range that the folded range [start, end) came from; never empty if that is not."""
        if self._from is None or self._to is None:
            return start, end
        if end <= start:
            at = self._from[start] if start < len(self._from) else (self._to[-1] if self._to else 0)
            return at, at
        return self._from[start], self._to[end - 1]


def _clusters(text: str) -> Folded:
    table = _per_character()
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _CLUSTER.finditer(text):
        visible = _DROP.sub("", match.group())
        composed = unicodedata.normalize("NFKC", visible.translate(table))
        out.append(composed)
        starts.extend([match.start()] * len(composed))
        ends.extend([match.end()] * len(composed))
    return Folded("".join(out), tuple(starts), tuple(ends))


def _characters(text: str) -> Folded:
    if not _NEEDS_CLUSTERS.search(text):
        plain = text.translate(_per_character())
        # No single character folds to nothing, so an equal length means that none moved.
        if len(plain) == len(text):
            return Folded(plain)
    return _clusters(text)


def _simplified(text: str) -> str:
    """Traditional to simplified, character for character (so that the way back stays the same)."""
    if text.isascii():
        return text
    text = _without_particle(text.translate(_VARIANTS))
    convert = _simplify()
    converted = convert(text)
    if len(converted) == len(text):
        return converted
    singly = (convert(char) for char in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, singly, strict=True))


def _without_particle(text: str) -> str:
    """沿著 as 沿着, 著名 and 原著 as they are."""
    if "著" not in text:
        return text
    converted = _simplify("tw2s")(text)
    if len(converted) != len(text):
        return text
    return "".join(
        new if old == "著" and not _stays(text, n) else old
        for n, (old, new) in enumerate(zip(text, converted, strict=True))
    )


def _stays(text: str, at: int) -> bool:
    return (at > 0 and text[at - 1] in _STAYS_BEHIND) or text[at + 1 : at + 2] in _STAYS_BEFORE


def _numbers(folded: Folded) -> Folded:
    text = folded.text
    found = list(numerals.find(text))
    if not found:
        return folded
    came_from: Sequence[int] = range(len(text)) if folded._from is None else folded._from
    came_to: Sequence[int] = range(1, len(text) + 1) if folded._to is None else folded._to
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, new in (*found, (len(text), len(text), "")):
        out += [text[done:start], new]
        starts += came_from[done:start]
        ends += came_to[done:start]
        if new:
            a, b = folded.origin(start, end)
            starts += [a] * len(new)
            ends += [b] * len(new)
        done = end
    return Folded("".join(out), tuple(starts), tuple(ends))


def fold_with_origin(text: str) -> Folded:
    """Fold, keeping the way back to the original characters."""
    characters = _characters(text)
    return _numbers(Folded(_simplified(characters.text), characters._from, characters._to))


def spelling(text: str) -> str:
    """Fold the characters but leave the numbers as they are written (for how a name sounds)."""
    return _simplified(_characters(text).text)


def fold(text: str) -> str:
    """Fold, when only the spelling matters (three times faster)."""
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    return numerals.respell(spelling(text))


_fold_short = lru_cache(maxsize=10_000)(_fold)
