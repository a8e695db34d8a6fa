"""What somebody meant by a word that nobody says: words that are said and sound or look nearly like it. Pure.

The words of an index are too many to compare one by one, and none of them needs to be: a word is said where
its pairs are, so a character is tried only where both pairs that it makes are there, and a word only offered
when it is said as it stands, in what the searcher may see. What belongs to a word of a dictionary is not
tried: whoever types 四个意识 in a library that says 意识 means no 四个识.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.meaning.typed_words import TypedWord
from search.meaning.visible_terms import VisibleTerms
from search.text.analysis import STOP_WORDS, is_han, pair
from search.text.dictionary import Dictionary, Units
from search.text.lookalikes import same_look
from search.text.pinyin import same_sound
from search.text.query_words import joined

# For all words of a query together: pairs looked up, words looked up, and pairs read that begin alike. More
# find hardly more, and each is looked up in every part of an index.
MOST_PAIRS = 160
MOST_SAID = 12
MOST_READ = 500

# How far a word is from what was typed, as for names: the same sound, nearly the same, another character.
SAME, ALIKE, OTHER = 0.0, 0.5, 1.0
# Of two or three characters one that differs makes another word.
SHORTEST_EDITED = 4
# What may be left out of a word without making another one of it (强制性: 强制).
_SAYS_LITTLE = frozenset("性的地之")


@dataclass(slots=True)
class SpokenWords:
    """What is said in the documents that the searcher may see; for one query, as long as the allowance
    lasts."""

    terms: VisibleTerms
    dictionary: Dictionary
    pairs_left: int = MOST_PAIRS
    said_left: int = MOST_SAID
    read_left: int = MOST_READ

    def are_pair(self, left: str, right: str) -> bool:
        """Are these two said side by side? No, when too much was asked."""
        self.pairs_left -= 1
        return self.pairs_left >= 0 and self.terms.has("pairs", pair(left, right))

    def count(self, units: Units) -> int | None:
        """How many documents say this; None when too much was asked."""
        self.said_left -= 1
        return self.terms.count_saying(units) if self.said_left >= 0 else None

    def count_written(self, units: Units) -> int | None:
        """How many documents say this in words that no machine recognised; None when too much was asked."""
        self.said_left -= 1
        return self.terms.count_written(units) if self.said_left >= 0 else None

    def after(self, unit: str) -> Iterator[str]:
        """The characters that are said after this one, hidden ones among them."""
        for read in islice(self.terms.pairs_from(unit), max(0, self.read_left)):
            self.read_left -= 1
            follows = read[len(unit) :]
            if len(follows) == 1 and is_han(follows):
                yield follows

    def is_one_too_many(self, typed: Units, place: int) -> bool:
        """Whether a character is a slip and no part of a term: said twice; or one inside that nobody says
        beside its neighbours, and without it whole words are left. (组织生活会 is no 组织生活, and 教育家精神
        no 教育精神.)"""
        if typed[place] in typed[max(0, place - 1) : place] + typed[place + 1 : place + 2]:
            return True
        if not 0 < place < len(typed) - 1:
            return False
        is_loose = place in TypedWord.read(joined(typed), self.dictionary).loose
        if not is_loose and typed[place] not in _SAYS_LITTLE:
            return False
        if self.are_pair(*typed[place - 1 : place + 1]) or self.are_pair(*typed[place : place + 2]):
            return False
        left = joined(typed[:place] + typed[place + 1 :])
        return not TypedWord.read(left, self.dictionary).loose


def spoken_near(
    spoken: SpokenWords, word: TypedWord, *, sounds_only: bool
) -> Iterator[tuple[str, float, int]]:
    """(what was meant, how far it is from ``word``, how many documents say it), of folded words."""
    found = False
    places = _wrong_places(spoken, word)
    for distance in (SAME, ALIKE):
        for meant in [] if found else _sounding(spoken, word, places, is_alike=distance == ALIKE):
            if count := spoken.count_written(meant):
                found = True
                yield joined(meant), distance, count
    if found or sounds_only or len(word.units) < SHORTEST_EDITED:
        return
    for meant in dict.fromkeys(_edited(spoken, word, places)):
        if meant != word.units and (count := spoken.count_written(meant)):
            yield joined(meant), OTHER, count


def _wrong_places(spoken: SpokenWords, word: TypedWord) -> list[int]:
    """Where one wrong character that is no part of a word explains every pair that is never said."""
    typed, places = word.units, set(word.loose)
    for i in range(len(typed) - 1):
        if places and not spoken.are_pair(typed[i], typed[i + 1]):
            places &= {i, i + 1}
    return sorted(places)


def _fits(spoken: SpokenWords, typed: Units, place: int, character: str) -> bool:
    return (place == 0 or spoken.are_pair(typed[place - 1], character)) and (
        place == len(typed) - 1 or spoken.are_pair(character, typed[place + 1])
    )


def _sounding(spoken: SpokenWords, word: TypedWord, places: list[int], *, is_alike: bool) -> Iterator[Units]:
    typed = word.units
    for place in places:
        if not is_han(typed[place]):
            continue
        is_border = place in (0, len(typed) - 1)
        for character in same_sound(typed[place], is_alike=is_alike):
            # 改革开放史 is no 改革开放是: what stands between words begins and ends none.
            if is_border and character in STOP_WORDS:
                continue
            if _fits(spoken, typed, place, character):
                yield (*typed[:place], character, *typed[place + 1 :])


def _edited(spoken: SpokenWords, word: TypedWord, places: list[int]) -> Iterator[Units]:
    """Two characters that changed places, one that looks like another, one too many, one too few."""
    typed, loose = word.units, word.loose
    for i in range(len(typed) - 1):
        if i in loose or i + 1 in loose:
            yield (*typed[:i], typed[i + 1], typed[i], *typed[i + 2 :])
    for place in places:
        for character in same_look(typed[place]):
            if _fits(spoken, typed, place, character):
                yield (*typed[:place], character, *typed[place + 1 :])
    yield from without_one(spoken, typed)
    for i in range(1, len(typed) - 1):
        if i - 1 not in loose and i not in loose:
            continue
        before = typed[i - 1]
        if spoken.are_pair(before, typed[i]):
            continue
        for character in spoken.after(before):
            if spoken.are_pair(character, typed[i]):
                yield (*typed[:i], character, *typed[i:])


def without_one(spoken: SpokenWords, typed: Units) -> Iterator[Units]:
    """A word without a character that is one too many."""
    if len(typed) >= SHORTEST_EDITED:
        for i in range(len(typed)):
            if spoken.is_one_too_many(typed, i):
                yield (*typed[:i], *typed[i + 1 :])
