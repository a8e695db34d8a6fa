"""Many entries as text, one a line: what is pasted, downloaded, imported and exported. Pure.

# a note
共同富裕
二十大=党的二十大=中共二十大
停用:建党节=七一=党的生日      (a shipped entry that is not wanted; also off:)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from library.core.errors import Invalid
from library.core.text import clean_line
from library.dictionary.rules import Draft, Entry, draft, group_draft, shown, split_words, word_draft

LINES_MAX = 10_000
"""More than the fullest dictionary has."""

_BREAK = re.compile(r"\r\n|[\r\n\u2028\u2029]")
_OFF = re.compile(r"(?:停用|off)\s*[:：]", re.IGNORECASE)
_JOINT = re.compile("[=＝]")


@dataclass(frozen=True)
class Line:
    """A line that says something; `number` counts from 1 over all lines."""

    number: int
    text: str


@dataclass(frozen=True)
class Wish:
    """What a line asks for: an entry to be added, or a shipped one to be switched off."""

    draft: Draft
    off: bool = False


def read_lines(text: str) -> list[Line]:
    """Return the lines that are neither empty nor notes; raises Invalid when there are none, or too many."""
    every = ((number, clean_line(line)) for number, line in enumerate(_BREAK.split(text), 1))
    lines = [Line(number, line) for number, line in every if line and not line.startswith(("#", "＃"))]
    if not lines:
        raise Invalid("empty", field="lines")
    if len(lines) > LINES_MAX:
        raise Invalid("too_many_lines", field="lines", most=LINES_MAX, count=len(lines))
    return lines


def read_line(text: str) -> Wish:
    """Return what a line asks for; raises Invalid."""
    if (off := _OFF.match(text)) is not None:
        return Wish(draft(split_words(text[off.end() :]) or [""]), off=True)
    if _JOINT.search(text):
        return Wish(group_draft([word for word in _JOINT.split(text) if word.strip()]))
    return Wish(word_draft(text))


def written(entries: Iterable[Entry]) -> str:
    """Return what staff have done as text that can be pasted: what they switched off, their words and groups.

    In this order nothing stands in the way of what follows it: not a shipped entry that is no longer wanted,
    and not a large group that holds all words of a small one.
    """
    every = list(entries)
    off = [f"停用:{shown(e.words)}\n" for e in every if e.shipped and not e.on]
    own = sorted((e.words for e in every if not e.shipped), key=lambda words: (len(words), words))
    return "".join([*off, *(f"{shown(words)}\n" for words in own)])
