"""Cut folded text into what the index holds: units, pairs of units, and words.

- A *unit* is one Chinese character or one run of letters and digits. Punctuation and spaces are not units
  and do not separate: transcripts get theirs from a recogniser's guess, and a phrase goes on over the
  border of a cue.
- A *pair* is two neighbouring units. Pairs find any string, however the word cutter would cut it.
- A *word* comes from rjieba in search mode (a long word and the words in it). Words rank; phrases are
  decided on pairs, whose positions are ordinal numbers and never character offsets (with offsets no
  phrase ever matches).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

# Letters from here on are written without spaces: each is a unit (々, kana, hanzi, hangul, the astral
# planes).
_FIRST_HAN = "\u3005"
_HAN = r"[^\W\u0000-\u3004]"
_OTHER = r"[^\W_\u3005-\U0010ffff]"
_UNIT = re.compile(f"{_HAN}|{_OTHER}+")
_RUN = re.compile(f"{_HAN}+|{_OTHER}+")

# Words that say nothing about what is looked for. They are kept when a query has no others.
STOP_WORDS = frozenset(
    "的了是在和与及或就都也而被把对从到为于以之其这那有吗呢吧啊呀么几哪谁我你他它她讲里中上下"
) | {
    *(
        "这个",
        "那个",
        "一个",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "为什么",
        "为何",
        "哪些",
        "哪个",
        "哪里",
        "多少",
    ),
    *(
        "请问",
        "关于",
        "我们",
        "他们",
        "你们",
        "讲到",
        "a",
        "an",
        "and",
        "are",
        "for",
        "in",
        "is",
        "of",
        "on",
        "or",
    ),
    *("the", "to", "what", "who", "how"),
}


@cache
def word_cutter() -> ModuleType:
    """The module rjieba, loaded with its dictionary (0.1 s) when something is cut."""
    import rjieba

    return rjieba


class Unit(NamedTuple):
    """``start`` and ``end`` are character offsets in the folded text."""

    text: str
    start: int
    end: int


class Word(NamedTuple):
    """``is_part``: it lies inside a longer word (中国 in 中国式); the longer one stands in the list too."""

    text: str
    is_part: bool = False


def is_han(unit: str) -> bool:
    """Is this unit a single Chinese (or Japanese, Korean) character?"""
    return unit >= _FIRST_HAN


def units(folded: str) -> list[Unit]:
    """All units of folded text in order."""
    return [Unit(m.group(), m.start(), m.end()) for m in _UNIT.finditer(folded)]


def unit_texts(folded: str) -> list[str]:
    """As ``units``, without the offsets."""
    return _UNIT.findall(folded)


def unit_starts(folded: str) -> list[int]:
    """Where each of ``unit_texts`` begins."""
    return [match.start() for match in _UNIT.finditer(folded)]


def pair(left: str, right: str) -> str:
    """The term for two neighbouring units. Only two runs of letters need a space between them."""
    return left + right if left >= _FIRST_HAN or right >= _FIRST_HAN else f"{left} {right}"


def pairs(texts: Sequence[str]) -> list[str]:
    """The pairs of a sequence of units."""
    # As ``pair``, without a call for each of a lecture's thousands.
    return [
        left + right if left >= _FIRST_HAN or right >= _FIRST_HAN else f"{left} {right}"
        for left, right in pairwise(texts)
    ]


def words(folded: str) -> list[Word]:
    """All words of folded text, whole words in order; 20大 and 1949年 are words, with their parts."""
    found: list[Word] = []
    number_before: tuple[str, int] | None = None
    for match in _RUN.finditer(folded):
        run = match.group()
        if not is_han(run):
            found.append(Word(run))
            number_before = (run, match.end()) if run.isdigit() else None
            continue
        cut = _cut(run)
        if number_before is not None and number_before[1] == match.start() and len(cut[0].text) == 1:
            # The word cutter does not know 20大, which folding made of 二十大.
            found[-1] = Word(number_before[0] + cut[0].text)
            cut = [Word(number_before[0], is_part=True), Word(cut[0].text, is_part=True), *cut[1:]]
        found += cut
        number_before = None
    return found


def word_texts(folded: str) -> list[str]:
    """The texts of ``words``, in no particular order, in half the time: for counting."""
    found: list[str] = []
    for match in _RUN.finditer(folded):
        run = match.group()
        if not is_han(run):
            found.append(run)
        elif found and match.start() and folded[match.start() - 1].isdigit():
            # The number before it may belong to it.
            found += [word.text for word in words(folded[match.start() - len(found.pop()) : match.end()])]
        else:
            found += word_cutter().cut_for_search(run)
    return found


def _cut(run: str) -> list[Word]:
    """The words of one run of Chinese characters, each followed by its parts."""
    groups: list[list[Word]] = []
    whole_start = len(run)
    # Search mode gives the parts of a word before the word; so from behind, the word comes first.
    for text, start, _end in reversed(word_cutter().tokenize(run, mode="search")):
        if start >= whole_start:
            groups[-1].append(Word(text, is_part=True))
        else:
            groups.append([Word(text)])
            whole_start = start
    return [word for group in reversed(groups) for word in group]
