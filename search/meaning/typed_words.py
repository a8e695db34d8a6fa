"""Which stretches of what was typed are words of a dictionary: those were meant as they stand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from search.text.analysis import is_han, unit_texts, word_cutter
from search.text.dictionary import MAX_WORD_UNITS, Dictionary, Units, standing_terms
from search.text.fold import fold, spelling
from search.text.query_words import joined

_NUMERALS = frozenset("零一二三四五六七八九十百千万两双")

Stretch = tuple[int, int]
"""From one unit of a word to another, the end not included."""


@dataclass(frozen=True)
class TypedWord:
    """A word as it was typed, cut into units. ``terms``: the stretches that are words of our dictionary;
    ``words``: those of two or more characters that are words of the language."""

    units: Units
    terms: tuple[Stretch, ...]
    words: tuple[Stretch, ...]

    @classmethod
    def read(cls, text: str, dictionary: Dictionary) -> TypedWord:
        """Look a word up in the standing terms, in ``dictionary`` and in that of the word cutter."""
        units = tuple(unit_texts(spelling(text)))
        return cls(units, tuple(_terms(units, (standing_terms(), dictionary))), tuple(_words(units)))

    @property
    def text(self) -> str:
        """The word."""
        return joined(self.units) if self.units else ""

    @cached_property
    def is_word(self) -> bool:
        """Whether all of it is one word of a dictionary."""
        whole = (0, len(self.units))
        if whole in self.terms or whole in self.words:
            return True
        return len(self.units) > 1 and bool(word_cutter().has_word(self.text))

    @cached_property
    def loose(self) -> frozenset[int]:
        """The characters and runs of letters that belong to no word: one of them may be wrong."""
        held = {at for start, end in (*self.terms, *self.words) for at in range(start, end)}
        return frozenset(at for at, unit in enumerate(self.units) if not unit.isdigit() and at not in held)

    def cuts(self, start: int, end: int) -> bool:
        """Whether a stretch begins or ends inside a word."""
        return any(a < border < b for a, b in (*self.terms, *self.words) for border in (start, end))

    def holds_one_of(self, places: frozenset[int], start: int, end: int) -> bool:
        """Whether one of some places lies in a stretch."""
        return any(start <= at < end for at in places)

    def keeps_its_words(self, meant: str, *, by_sound: bool) -> bool:
        """Whether ``meant`` leaves alone what was certainly meant: the terms and, unless it sounds the same
        or two characters only changed places, the words; and every number: 三个务必 is no 两个务必."""
        folded, spelled = fold(meant), spelling(meant)
        is_same = by_sound or sorted(spelled) == sorted("".join(self.units))
        kept = self.terms if is_same else (*self.terms, *self.words)
        if any(fold(joined(self.units[start:end])) not in folded for start, end in kept):
            return False
        left = iter(spelled)
        return all(numeral in left for numeral in self.text if numeral in _NUMERALS)


def _terms(units: Units, dictionaries: tuple[Dictionary, ...]) -> list[Stretch]:
    found = []
    for start in range(len(units)):
        for end in range(min(len(units), start + MAX_WORD_UNITS), start + 1, -1):
            if any(units[start:end] in known.spellings for known in dictionaries):
                found.append((start, end))
                break
    return found


def _words(units: Units) -> list[Stretch]:
    """Without what the cutter only guesses to be a word: a wrong character would make one."""
    found = []
    start = 0
    while start < len(units):
        end = start
        while end < len(units) and is_han(units[end]):
            end += 1
        at = start
        for word in word_cutter().cut("".join(units[start:end]), False) if end > start else ():
            if len(word) > 1:
                found.append((at, at + len(word)))
            at += len(word)
        start = end + 1
    return found
