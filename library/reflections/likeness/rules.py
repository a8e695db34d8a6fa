"""Fingerprints of texts, and the passages that two of them have in common. Pure.

Winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003): of the hashes of all GRAM characters in a row the
smallest of each WINDOW is kept, so any GRAM + WINDOW - 1 characters in common share at least one, and a text
has about 2 / (WINDOW + 1) of a fingerprint a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from zlib import crc32

from library.reflections.folding import folded, folded_with_places
from library.reflections.likeness.stock_phrases import FOUND

CODE = 1
"""Of the rules below, of what is folded and of what is left out: raised when code changes what they find. The
lengths and the set phrases are part of RULES by themselves."""
GRAM = 10
WINDOW = 12
LEAST = 24
"""Letters in a row that count as a passage: shorter ones happen by themselves."""
LEAST_COMMON = 60
"""The same where many texts have each part of it: then it is a set phrase, unless it is this long."""
COMMON_FROM = 25
"""In so many texts a fingerprint says little."""
MOST_PASSAGES = 12
"""Of two texts, that are shown; of more is told how many."""
_QUOTED_MOST = 300

RULES = crc32(f"{CODE}|{GRAM}|{WINDOW}|{FOUND.pattern}".encode()) - 2**31
"""By which rules fingerprints are made now; kept with each text, so that others are made anew."""

_GAP = "\n"
"""Stands for a letter that is not compared; no text has it once it is folded."""
_QUOTED = re.compile(rf"“[^“”]{{1,{_QUOTED_MOST}}}”|「[^「」]{{1,{_QUOTED_MOST}}}」|《[^《》]{{1,80}}》")


@dataclass(frozen=True)
class Prepared:
    """A text as it is compared: its letters, from where in the text each is, and the same letters with gaps
    where they are quoted or a set phrase."""

    text: str
    letters: str
    places: Sequence[int]
    counted: str


@dataclass(frozen=True)
class Passage:
    """What two texts have in common, as each has it. `at` is where it begins in the first."""

    at: int
    mine: str
    theirs: str
    letters: int


def prepare(text: str, quotes: Iterable[str] = ()) -> Prepared:
    """Return a text ready to be compared; `quotes` are what it quotes besides what is in quotation marks."""
    letters, places = folded_with_places(text)
    counted = list(letters)
    for start, end in _left_out(text, letters, places, quotes):
        counted[start:end] = _GAP * (end - start)
    return Prepared(text, letters, places, "".join(counted))


def _left_out(
    text: str, letters: str, places: Sequence[int], quotes: Iterable[str]
) -> Iterable[tuple[int, int]]:
    for found in FOUND.finditer(letters):
        yield found.span()
    at = 0
    for quoted in _QUOTED.finditer(text):
        while at < len(places) and places[at] < quoted.start():
            at += 1
        start = at
        while at < len(places) and places[at] < quoted.end():
            at += 1
        yield start, at
    for quote in quotes:
        words = folded(quote)
        if len(words) < 4:
            continue
        start = letters.find(words)
        while start >= 0:
            yield start, start + len(words)
            start = letters.find(words, start + len(words))


def _hashes(run: str) -> list[int]:
    """Return the hash of each GRAM characters in a row, as signed numbers of 32 bits."""
    return [crc32(run[at : at + GRAM].encode()) - 2**31 for at in range(len(run) - GRAM + 1)]


def prints(prepared: Prepared) -> dict[int, list[int]]:
    """Return the fingerprints of a text, each with the places of its letters where it stands."""
    found: dict[int, list[int]] = {}
    begin = 0
    for run in prepared.counted.split(_GAP):
        if len(run) >= GRAM:
            for at, number in _winnowed(_hashes(run)):
                found.setdefault(number, []).append(begin + at)
        begin += len(run) + 1
    return found


def _winnowed(hashes: Sequence[int]) -> list[tuple[int, int]]:
    """Return (place, hash) of the smallest of each window, the last one of equals; each place once."""
    kept: list[tuple[int, int]] = []
    last = -1
    for begin in range(max(1, len(hashes) - WINDOW + 1)):
        window = hashes[begin : begin + WINDOW]
        least = min(window)
        at = begin + len(window) - 1 - window[::-1].index(least)
        if at != last:
            kept.append((at, hashes[at]))
            last = at
    return kept


def passages(
    mine: Prepared,
    theirs: Prepared,
    common: Set[int] = frozenset(),
    known: Mapping[int, Sequence[int]] | None = None,
) -> list[Passage]:
    """Return what two texts have in common, in the order of the first.

    `common` are fingerprints that many texts have, `known` those of the first text with their places: what
    has none besides those is a passage only when it is long.
    """
    where: dict[str, list[int]] = {}
    for at in range(len(theirs.letters) - GRAM + 1):
        its = where.setdefault(theirs.letters[at : at + GRAM], [])
        if len(its) < 4:  # a refrain
            its.append(at)
    rare = sorted(at for one, places in (known or {}).items() if one not in common for at in places)
    found: list[Passage] = []
    at = 0
    while at <= len(mine.letters) - GRAM:
        length, there = 0, 0
        for start in where.get(mine.letters[at : at + GRAM], ()):
            one = _in_common(mine.letters, theirs.letters, at, start)
            if one > length:
                length, there = one, start
        if length and _counts(mine, theirs, at, there, length, rare, bool(common)):
            found.append(
                Passage(mine.places[at], _cut(mine, at, length), _cut(theirs, there, length), length)
            )
        at += length or 1
    return found


def _in_common(mine: str, theirs: str, at: int, start: int) -> int:
    most = min(len(mine) - at, len(theirs) - start)
    length = GRAM
    while length < most and mine[at + length] == theirs[start + length]:
        length += 1
    return length


def _counts(
    mine: Prepared, theirs: Prepared, at: int, there: int, length: int, rare: Sequence[int], has_common: bool
) -> bool:
    pairs = zip(mine.counted[at : at + length], theirs.counted[there : there + length], strict=True)
    counted = sum(one != _GAP and other != _GAP for one, other in pairs)
    least = LEAST
    if has_common and not any(at <= one <= at + length - GRAM for one in rare):
        least = LEAST_COMMON
    return counted >= least


def _cut(prepared: Prepared, at: int, length: int) -> str:
    return prepared.text[prepared.places[at] : prepared.places[at + length - 1] + 1]
