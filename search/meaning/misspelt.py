"""What somebody meant by a word that nobody says: words that are said and sound or look nearly like it. Pure.

The words of an index are too many to compare one by one, and none of them needs to be: a word is said where
its pairs are, so a character is tried only where both pairs that it makes are there, and a word only offered
when it is said as it stands, in what the searcher may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.meaning.visible_terms import VisibleTerms
from search.text.analysis import is_han, pair, unit_texts
from search.text.fold import fold
from search.text.pinyin import same_sound
from search.text.query_words import joined

# For all words of a query together: pairs looked up, words looked up, and pairs read that begin alike.
MOST_PAIRS = 1_200
MOST_SAID = 60
MOST_READ = 2_000

# How far a word is from what was typed, as for names: the same sound, nearly the same, another character.
SAME, ALIKE, OTHER = 0.0, 0.5, 1.0
# Of two or three characters one that differs makes another word.
SHORTEST_EDITED = 4


@dataclass(slots=True)
class SpokenWords:
    """What is said in the documents that the searcher may see; for one query, as long as the allowance
    lasts."""

    terms: VisibleTerms
    pairs_left: int = MOST_PAIRS
    said_left: int = MOST_SAID
    read_left: int = MOST_READ

    def are_pair(self, left: str, right: str) -> bool:
        """Are these two said side by side? No, when too much was asked."""
        self.pairs_left -= 1
        return self.pairs_left >= 0 and self.terms.has("pairs", pair(left, right))

    def count(self, units: tuple[str, ...]) -> int | None:
        """How many documents say this; None when too much was asked."""
        self.said_left -= 1
        return self.terms.count_saying(units) if self.said_left >= 0 else None

    def after(self, unit: str) -> Iterator[str]:
        """The characters that are said after this one, hidden ones among them."""
        for read in islice(self.terms.pairs_from(unit), max(0, self.read_left)):
            self.read_left -= 1
            follows = read[len(unit) :]
            if len(follows) == 1 and is_han(follows):
                yield follows


def spoken_near(spoken: SpokenWords, word: str, *, sounds_only: bool) -> Iterator[tuple[str, float, int]]:
    """(what was meant, how far it is from ``word``, how many documents say it), of folded words."""
    typed = tuple(unit_texts(fold(word)))
    found = False
    places = _wrong_places(spoken, typed)
    for distance, meant in _sounding(spoken, typed, places):
        if count := spoken.count(meant):
            found = True
            yield joined(meant), distance, count
    if found or sounds_only or len(typed) < SHORTEST_EDITED:
        return
    for meant in dict.fromkeys(_edited(spoken, typed, places)):
        if meant != typed and (count := spoken.count(meant)):
            yield joined(meant), OTHER, count


def _wrong_places(spoken: SpokenWords, typed: tuple[str, ...]) -> list[int]:
    """Where one wrong character explains every pair that is never said; everywhere when all are said."""
    places = set(range(len(typed)))
    for i in range(len(typed) - 1):
        if not spoken.are_pair(typed[i], typed[i + 1]):
            places &= {i, i + 1}
    return sorted(places)


def _fits(spoken: SpokenWords, typed: tuple[str, ...], place: int, character: str) -> bool:
    return (place == 0 or spoken.are_pair(typed[place - 1], character)) and (
        place == len(typed) - 1 or spoken.are_pair(character, typed[place + 1])
    )


def _sounding(
    spoken: SpokenWords, typed: tuple[str, ...], places: list[int]
) -> Iterator[tuple[float, tuple[str, ...]]]:
    for distance, is_alike in ((SAME, False), (ALIKE, True)):
        for place in places:
            if not is_han(typed[place]):
                continue
            for character in same_sound(typed[place], is_alike=is_alike):
                if _fits(spoken, typed, place, character):
                    yield distance, (*typed[:place], character, *typed[place + 1 :])


def _edited(spoken: SpokenWords, typed: tuple[str, ...], places: list[int]) -> Iterator[tuple[str, ...]]:
    """Two characters that changed places, one too many, another one, one too few."""
    for i in range(len(typed) - 1):
        yield (*typed[:i], typed[i + 1], typed[i], *typed[i + 2 :])
    for i in places:
        yield (*typed[:i], *typed[i + 1 :])
    for i in range(1, len(typed) - 1):
        before, after = typed[i - 1], typed[i + 1]
        is_missing = not spoken.are_pair(before, typed[i])
        if i not in places and not is_missing:
            continue
        for character in spoken.after(before):
            if i in places and spoken.are_pair(character, after):
                yield (*typed[:i], character, *typed[i + 1 :])
            if is_missing and spoken.are_pair(character, typed[i]):
                yield (*typed[:i], character, *typed[i:])
