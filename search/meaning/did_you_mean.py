"""Another spelling of a query whose words nobody says: a wrong character, a wrong sound.

A word that stands in a dictionary was meant as it stands, said or not, and so are the words that a longer
one is made of: what may be wrong are the characters left over. All that is offered is said, or is the name of
something; what only a machine heard is offered when a dictionary knows it. Pure, the same for every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from search.meaning.misspelt import OTHER, SHORTEST_EDITED, SpokenWords, spoken_near, without_one
from search.meaning.typed_words import TypedWord
from search.meaning.visible_terms import VisibleTerms
from search.query import Query
from search.text.analysis import STOP_WORDS, is_han, pairs, unit_texts
from search.text.dictionary import NO_DICTIONARY, Dictionary, Units
from search.text.fold import fold, spelling
from search.text.lookalikes import same_look
from search.text.names import NamePart
from search.text.query_words import joined

# How much of a long word is looked at for something that was meant otherwise.
LONGEST_WINDOW = 8
SHORTEST_WINDOW = 2
# Two characters that are said side by side are a word that is said; three need not be.
LONGEST_PAIRED = 2
# Stretches looked for in all words of a query together: a pasted paragraph is no slip of a finger. Those of a
# word of one slip are some twenty.
MOST_WINDOWS = 60
# Characters of a word that people type as they would say it; what is longer is a question of theirs.
_TYPED_WHOLE = range(3, 9)

_Rating = tuple[float, int, int]
"""How far it is, how much of the word it replaces (less is more), how often it is there (likewise)."""


def is_found_in_pieces(query: Query, shown: Iterable[str]) -> bool:
    """Whether some word of a query stands nowhere in the texts shown for it: its characters met by chance,
    and another spelling may have been meant. False where nothing is shown."""
    words = (unit_texts(fold(word)) for word in query.words)
    wanted = ["".join(units) for units in words if len(units) in _TYPED_WHOLE and all(map(is_han, units))]
    texts = list(shown) if wanted else []
    said = "".join(unit_texts(fold("\n".join(texts))))
    return bool(texts) and any(word not in said for word in wanted)


def first_better(candidates: Iterable[Query], is_found: Callable[[Query], bool]) -> str | None:
    """The first candidate of which all the words are found together."""
    return next((candidate.text for candidate in candidates if is_found(candidate)), None)


def corrections(
    terms: VisibleTerms, query: Query, dictionary: Dictionary = NO_DICTIONARY, *, sounds_only: bool = False
) -> Iterator[Query]:
    """The query with its unknown words replaced by what is near them in visible names, in the dictionary and
    in what is said; the best first. ``sounds_only``: whole words that sound the same and are said."""
    changed: list[tuple[str, list[str]]] = []
    spellings = _Spellings(terms.remembered(), dictionary, sounds_only=sounds_only)
    for word in query.words:
        if new := spellings.of(word):
            changed.append((word, new))
    if not changed:
        return
    for n in range(max(len(new) for _, new in changed)):
        text, words = query.text, dict.fromkeys(query.words, "")
        for word, new in changed:
            chosen = new[min(n, len(new) - 1)]
            text = text.replace(word, chosen, 1)
            words[word] = chosen
        yield replace(query, text=text, words=tuple(new or word for word, new in words.items()))


class _Spellings:
    """What the words of one query may have been meant for."""

    def __init__(self, terms: VisibleTerms, dictionary: Dictionary, *, sounds_only: bool) -> None:
        self._terms, self._dictionary, self._sounds_only = terms, dictionary, sounds_only
        self._allowed = iter(range(MOST_WINDOWS))
        self._spoken = SpokenWords(terms, dictionary)

    def of(self, word: str) -> list[str]:
        """The best first; none for a word that somebody says, or that stands in a dictionary."""
        if self._is_said(tuple(unit_texts(fold(word)))):
            return []
        typed = TypedWord.read(word, self._dictionary)
        if typed.is_word:
            return []
        is_whole = self._sounds_only or not typed.loose
        options = self._whole(typed) if is_whole else self._of_stretches(typed)
        ordered = sorted(options, key=lambda new: (options[new], new))
        return [new for new in ordered if new not in STOP_WORDS and new != word][:4]

    def _is_said(self, found: Units) -> bool:
        """Does somebody say all of it as it stands? What is too short or too long to be asked is."""
        if len(found) == 1:
            return is_han(found[0]) or self._terms.has("units", found[0])
        if not all(self._terms.has("pairs", one) for one in pairs(found)):
            return False
        return not LONGEST_PAIRED < len(found) <= LONGEST_WINDOW or self._spoken.count(found) != 0

    def _whole(self, typed: TypedWord) -> dict[str, _Rating]:
        """For a word that is made of words, and where only what sounds like the whole is asked about."""
        if len(typed.units) > LONGEST_WINDOW:
            return {}
        near = self._near(typed, 0, len(typed.units), sounds_only=True)
        options = {new: (distance, 0, -seen) for new, distance, seen in near if distance < OTHER}
        if not options and not self._sounds_only and not typed.terms:
            for meant in without_one(self._spoken, typed.units):
                if seen := self._spoken.count_written(tuple(unit_texts(fold(joined(meant))))):
                    options[joined(meant)] = (OTHER, 0, -seen)
        return options

    def _of_stretches(self, typed: TypedWord) -> dict[str, _Rating]:
        """The word with one stretch of it as it is written elsewhere; takes one of what is allowed for each
        stretch that is looked for, and looks no further when there is no more."""
        places = self._suspects(typed)
        units = typed.units
        options: dict[str, _Rating] = {}
        for size in range(min(len(units), LONGEST_WINDOW), 0, -1):
            for start in range(len(units) - size + 1):
                end = start + size
                if not typed.holds_one_of(places, start, end) or typed.cuts(start, end):
                    continue
                if (size < SHORTEST_WINDOW and is_han(units[start])) or self._are_pairs(units[start:end]):
                    continue
                if next(self._allowed, None) is None:
                    break
                # One slip in a word is looked for in the whole of it; in a part of it, only by its sound.
                for new, distance, seen in self._near(typed, start, end, sounds_only=size < len(units)):
                    rating = (distance, -size, -seen)
                    options[new] = min(options.get(new, rating), rating)
            if options and min(options.values())[0] < OTHER:
                break
        return options

    def _suspects(self, typed: TypedWord) -> frozenset[int]:
        """The places at which a character may be wrong. A question has many words, and most that nobody asked
        like this before: there, only those that nobody says beside either neighbour."""
        units = typed.units
        if len(units) <= LONGEST_WINDOW:
            return typed.loose

        def is_unheard(at: int) -> bool:
            beside = [units[n : n + 2] for n in (at - 1, at) if 0 <= n < len(units) - 1]
            return not any(self._are_pairs(two) for two in beside)

        return frozenset(at for at in typed.loose if units[at] not in STOP_WORDS and is_unheard(at))

    def _are_pairs(self, units: Units) -> bool:
        """Is each of these said beside the next, or the only one said?"""
        found = unit_texts(fold(joined(units)))
        if len(found) == 1:
            return self._terms.has("units", found[0])
        return len(found) == LONGEST_PAIRED and self._terms.has("pairs", pairs(found)[0])

    def _near(
        self, typed: TypedWord, start: int, end: int, *, sounds_only: bool
    ) -> Iterator[tuple[str, float, int]]:
        """(the word with a stretch of it as it was meant, how far that is, how many visible documents have
        it)."""
        before, after = "".join(typed.units[:start]), "".join(typed.units[end:])
        for meant, distance, seen in self._near_stretch(typed.units[start:end], sounds_only=sounds_only):
            new = before + meant + after
            if typed.keeps_its_words(new, by_sound=distance < OTHER):
                yield new, distance, seen

    def _near_stretch(self, stretch: Units, *, sounds_only: bool) -> Iterator[tuple[str, float, int]]:
        window = joined(stretch)
        for names in self._terms.names():
            for part, distance in names.near(window):
                if distance >= OTHER and not _is_likely(stretch, part):
                    continue
                if self._loses_none(stretch, part.text) and (seen := self._terms.count_named(part.name.term)):
                    yield part.text, distance, seen
        for part, distance in self._dictionary.names.near(window):
            if not self._loses_none(stretch, part.text):
                continue
            # What the dictionary knows need not be said by anybody whom the searcher may hear.
            if said := self._spoken.count(tuple(unit_texts(fold(part.text)))):
                yield part.text, distance, said
        word = TypedWord.read(fold(window), self._dictionary)
        if word.loose:
            yield from spoken_near(self._spoken, word, sounds_only=sounds_only)

    def _loses_none(self, typed: Units, meant: str) -> bool:
        """Whether what was meant has as many characters, or lost one that was one too many."""
        found = tuple(unit_texts(spelling(meant)))
        if len(found) >= len(typed) or not all(map(is_han, typed)):
            return True
        place = next((n for n, unit in enumerate(found) if unit != typed[n]), len(found))
        return self._spoken.is_one_too_many(typed, place)


def _is_likely(typed: Units, part: NamePart) -> bool:
    """Whether a piece of a name that sounds otherwise may have been meant: of few characters one that differs
    makes another word, and so does one that looks otherwise, unless the piece is all of the name."""
    meant = part.name.units[part.start : part.end]
    if not all(map(is_han, typed)):
        return True
    if len(typed) < SHORTEST_EDITED:
        return False
    differ = [n for n, units in enumerate(zip(typed, meant, strict=False)) if units[0] != units[1]]
    if len(meant) != len(typed) or len(differ) != 1:
        return True
    is_whole = len(meant) == len(part.name.units)
    return is_whole or meant[differ[0]] in same_look(typed[differ[0]])
