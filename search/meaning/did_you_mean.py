"""Another spelling of a query whose words nobody says: a wrong character, a wrong sound.

Pure, and the same for every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from search.engine import Results
from search.meaning.misspelt import OTHER, SpokenWords, spoken_near
from search.meaning.visible_terms import VisibleTerms
from search.query import Query
from search.text.analysis import STOP_WORDS, is_han, pairs, unit_texts
from search.text.dictionary import NO_DICTIONARY, Dictionary
from search.text.fold import fold, spelling
from search.text.query_words import whole_words

# How much of a long word is looked at for something that was meant otherwise.
LONGEST_WINDOW = 8
SHORTEST_WINDOW = 2
LONGEST_WORD = 16
# Two characters that are said side by side are a word that is said; three need not be.
LONGEST_PAIRED = 2
# As many stretches as the longest word has, of all words together: a pasted paragraph is no slip of a finger.
MOST_WINDOWS = 84
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


def first_better(candidates: Iterable[Query], search: Callable[[Query], Results]) -> str | None:
    """The first candidate that finds something without being relaxed."""
    for candidate in candidates:
        results = search(candidate)
        if results.total and not results.relaxed:
            return candidate.text
    return None


def corrections(
    terms: VisibleTerms, query: Query, dictionary: Dictionary = NO_DICTIONARY, *, sounds_only: bool = False
) -> Iterator[Query]:
    """The query with its unknown words replaced by what is near them in visible names, in the dictionary and
    in what is said; the best first. ``sounds_only``: whole words that sound the same and are said."""
    changed: list[tuple[str, list[str]]] = []
    spellings = _Spellings(terms, dictionary, sounds_only=sounds_only)
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
        self._spoken = SpokenWords(terms)

    def of(self, word: str) -> list[str]:
        """The best first; none for a word that somebody says, or that holds only known ones."""
        found = tuple(unit_texts(fold(word)))
        if self._is_said(found):
            return []
        if self._sounds_only or self._is_known(word):
            # Its parts may have met for the first time: only what sounds like the whole is asked about.
            options = self._whole(word) if len(found) <= LONGEST_WINDOW else {}
        else:
            options = self._of_stretches(word)
        ordered = sorted(options, key=lambda new: (options[new], new))
        return [new for new in ordered if new not in STOP_WORDS and new != word][:4]

    def _is_said(self, found: tuple[str, ...]) -> bool:
        """Does somebody say all of it as it stands? What is too short or too long to be asked is."""
        if len(found) == 1:
            return is_han(found[0]) or self._terms.has("units", found[0])
        if not all(self._terms.has("pairs", one) for one in pairs(found)):
            return False
        return not LONGEST_PAIRED < len(found) <= LONGEST_WINDOW or self._spoken.count(found) != 0

    def _whole(self, word: str) -> dict[str, _Rating]:
        near = self._said_near(word, sounds_only=True)
        return {new: (distance, 0, -seen) for new, distance, seen in near if distance < OTHER}

    def _is_known(self, word: str) -> bool:
        found = unit_texts(fold(word))
        if len(found) == 1:
            return self._terms.has("units", found[0])
        if all(self._terms.has("pairs", pair) for pair in pairs(found)):
            return len(found) <= LONGEST_PAIRED
        # Words that are known by themselves may meet for the first time; lone characters always are known.
        cut = [unit_texts(one) for one in whole_words((word,))]
        return all(len(one) > 1 and all(self._terms.has("pairs", pair) for pair in pairs(one)) for one in cut)

    def _of_stretches(self, word: str) -> dict[str, _Rating]:
        """The word with one stretch of it as it is written elsewhere; takes one of what is allowed for each
        stretch that is looked for, and looks no further when there is no more."""
        units = unit_texts(spelling(word))[:LONGEST_WORD]
        options: dict[str, _Rating] = {}
        for size in range(min(len(units), LONGEST_WINDOW), 0, -1):
            for start in range(len(units) - size + 1):
                window = units[start : start + size]
                if (size < SHORTEST_WINDOW and is_han(window[0])) or self._is_known("".join(window)):
                    continue
                if next(self._allowed, None) is None:
                    break
                # One slip in a word is looked for in the whole of it; in a part of it, only by its sound.
                for meant, distance, seen in self._near("".join(window), sounds_only=size < len(units)):
                    new = "".join(units[:start]) + meant + "".join(units[start + size :])
                    rating = (distance, -size, -seen)
                    options[new] = min(options.get(new, rating), rating)
            if options and min(options.values())[0] < OTHER:
                break
        return options

    def _near(self, window: str, *, sounds_only: bool) -> Iterator[tuple[str, float, int]]:
        """(what was meant, how far it is, how many visible documents have it)."""
        for names in self._terms.names():
            for part, distance in names.near(window):
                if seen := self._terms.count_named(part.name.term):
                    yield part.text, distance, seen
        yield from self._said_near(window, sounds_only=sounds_only)

    def _said_near(self, window: str, *, sounds_only: bool) -> Iterator[tuple[str, float, int]]:
        for part, distance in self._dictionary.names.near(window):
            # What the dictionary knows need not be said by anybody whom the searcher may hear.
            if seen := self._spoken.count(tuple(unit_texts(fold(part.text)))):
                yield part.text, distance, seen
        yield from spoken_near(self._spoken, window, sounds_only=sounds_only)
