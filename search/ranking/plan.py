"""From a query to the terms an engine looks up; the same for every engine, and free of any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from search.meaning.dictionary import NO_DICTIONARY, Dictionary, Units
from search.query import Query
from search.ranking.keys import key
from search.text.analysis import STOP_WORDS, Word, is_han, pair, pairs, unit_texts, words
from search.text.fold import fold

# A pasted paragraph must not cost a hundred posting lists.
MAX_TERMS = 32
# A whole group of one word; and of all words of a query together.
MAX_SYNONYMS = 19
MAX_OTHERS = 60

NAMES = "names"
"""The field of titles, lecturers and topics as wholes."""

_LATIN = re.compile(r"[a-z\u00fc'][a-z0-9\u00fc']*|[0-9]+[a-z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a word: all of the pairs and units; or, if ``names``, any of these names."""

    pairs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sounding:
    """What is written like this run of letters, as pinyin or initials: the characters, and in which names."""

    texts: tuple[str, ...]
    names: tuple[str, ...]


Sounds = Callable[[str], Sounding | None]
"""What a run of letters sounds like; None when it is a word of its own, or sounds like nothing known."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be there, what must not, and what ranks. All texts are folded terms.

    ``required_pairs`` and ``required_units``: every one must occur in a document that holds all the
    words. A word of two or more units is required by its pairs, not as a word: the cutter may cut the
    same characters otherwise in another sentence. ``choices``: of each, one way must be found (synonyms,
    pinyin). ``words`` and ``pairs`` rank; ``other_words`` and ``other_pairs``, of synonyms, a little less.
    ``phrases``, ``excluded``, ``lecturers`` and ``topics`` are unit sequences that must occur (or not) as
    they stand; of each of ``keys`` one must be there.
    """

    required_pairs: tuple[str, ...] = ()
    required_units: tuple[str, ...] = ()
    choices: tuple[tuple[Way, ...], ...] = ()
    words: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    other_words: tuple[str, ...] = ()
    other_pairs: tuple[str, ...] = ()
    phrases: tuple[Units, ...] = ()
    excluded: tuple[Units, ...] = ()
    lecturers: tuple[Units, ...] = ()
    topics: tuple[Units, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()

    @property
    def has_words(self) -> bool:
        """Is there anything that can be relaxed when no document holds all of it?"""
        return bool(self.required_pairs or self.required_units or self.choices)

    @property
    def is_empty(self) -> bool:
        """Nothing that could find a document."""
        return not (self.has_words or self.phrases or self.lecturers or self.topics or self.keys)


def _sequences(texts: tuple[str, ...]) -> tuple[Units, ...]:
    return tuple(tuple(unit_texts(fold(text))[:MAX_TERMS]) for text in texts)


def _unique(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))[:MAX_TERMS]


def whole_words(texts: tuple[str, ...], dictionary: Dictionary = NO_DICTIONARY) -> list[str]:
    """The whole words of a query; without those that say nothing, unless it has no others."""
    cut = [joined(word) for text in texts for word in cut_words(fold(text), dictionary)]
    telling = [word for word in cut if word not in STOP_WORDS]
    return list(dict.fromkeys(telling or cut))[:MAX_TERMS]


def synonyms_of(found: Sequence[str], dictionary: Dictionary) -> dict[str, tuple[Units, ...]]:
    """What is looked for besides each of the words of a query (``whole_words``); words without are left out.

    Together they are at most MAX_OTHERS: the words that come first have theirs.
    """
    others: dict[str, tuple[Units, ...]] = {}
    left = MAX_OTHERS
    for word in found:
        its = dictionary.synonyms.get(tuple(unit_texts(word)), ())[: min(left, MAX_SYNONYMS)]
        if its:
            others[word] = its
            left -= len(its)
    return others


def cut_words(folded: str, dictionary: Dictionary) -> Iterator[Units]:
    """The whole words as units; those of the vocabulary are held together, however the cutter cuts them.

    A single character is no word of its own inside another: whoever teaches 农 does not tear 农业 apart.
    """
    found = tuple(unit_texts(folded))
    borders: list[int] = []
    at = 0
    for word in _words(folded):
        if not word.is_part:
            at += len(unit_texts(word.text))
            borders.append(at)
    start = 0
    loose = 0
    while start < len(found):
        known = dictionary.at(found, start)
        if known is None or (len(known) == 1 and is_han(known[0]) and not _stands_alone(start, borders)):
            start += 1
            continue
        yield from _between(found, loose, start, borders)
        yield known
        start += len(known)
        loose = start
    yield from _between(found, loose, len(found), borders)


def _between(found: Units, start: int, end: int, borders: list[int]) -> Iterator[Units]:
    """The cutter's words in a stretch that no word of the vocabulary covers."""
    for border in [*(b for b in borders if start < b < end), end]:
        if border > start:
            yield found[start:border]
            start = border


def _stands_alone(start: int, borders: list[int]) -> bool:
    return start + 1 in borders and (start == 0 or start in borders)


def joined(word: Units) -> str:
    """A word as text: only two runs of letters need a space between them."""
    return word[0] + "".join(pair(left, right)[len(left) :] for left, right in pairwise(word))


@dataclass(slots=True)
class _Required:
    """What the words of a query ask for, gathered word by word."""

    others: Mapping[str, tuple[Units, ...]]
    sounds: Sounds | None
    pairs: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    choices: list[tuple[Way, ...]] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    sounding: list[str] = field(default_factory=list)

    def take(self, found: list[str]) -> None:
        """Take all words; letters that follow each other may be one name in pinyin (dang shi)."""
        at = 0
        while at < len(found):
            end = at
            while end < len(found) and _LATIN.fullmatch(found[end]):
                end += 1
            if end > at:
                self._take_letters(found[at:end])
                at = end
            else:
                self._take_word(found[at])
                at += 1

    def _take_letters(self, runs: list[str]) -> None:
        together = self.sounds("".join(runs)) if self.sounds and len(runs) > 1 else None
        if together is not None:
            self._take_sounding(together)
            return
        for run in runs:
            heard = self.sounds(run) if self.sounds else None
            if heard is None:
                self._take_word(run)
            else:
                self._take_sounding(heard)

    def _take_sounding(self, heard: Sounding) -> None:
        self.choices.append((Way(names=heard.names),))
        self.sounding += heard.texts

    def _take_word(self, word: str) -> None:
        texts = tuple(unit_texts(word))
        others = self.others.get(word, ())
        if others:
            self.choices.append(tuple(_way(one) for one in (texts, *others)))
            self.synonyms += [joined(other) for other in others]
        elif len(texts) == 1:
            self.units += texts
        else:
            self.pairs += pairs(texts)


def _way(word: Units) -> Way:
    return Way(units=word) if len(word) == 1 else Way(pairs=tuple(pairs(word)))


@lru_cache(maxsize=2_000)
def _words(folded: str) -> tuple[Word, ...]:
    """The words of a part of a query, which is cut more than once."""
    return tuple(words(folded))


def _telling_words(texts: Sequence[str]) -> list[str]:
    every = [w.text for text in texts for w in _words(fold(text))]
    return [w for w in every if w not in STOP_WORDS] or every


def _telling_pairs(texts: Sequence[str]) -> list[str]:
    return [p for text in texts for p in pairs(unit_texts(fold(text))) if p not in STOP_WORDS]


def plan(query: Query, dictionary: Dictionary = NO_DICTIONARY, sounds: Sounds | None = None) -> Plan:
    """Read off the terms of a query."""
    found = whole_words(query.words, dictionary)
    required = _Required(synonyms_of(found, dictionary), sounds)
    required.take(found)
    texts = (*query.words, *query.phrases, *required.sounding)
    single = [s[0] for s in _sequences(query.phrases) if len(s) == 1]
    chosen = [u for ways in required.choices for way in ways for u in way.units]
    return Plan(
        required_pairs=_unique(required.pairs),
        required_units=_unique(required.units),
        choices=tuple(required.choices[:MAX_TERMS]),
        words=_unique(_telling_words(texts)),
        pairs=_unique(_telling_pairs(texts)),
        units=_unique([*required.units, *chosen, *single]),
        other_words=_unique([w for w in _telling_words(required.synonyms) if w not in _telling_words(texts)]),
        other_pairs=_unique([p for p in _telling_pairs(required.synonyms) if p not in _telling_pairs(texts)]),
        phrases=_sequences(query.phrases),
        excluded=_sequences(query.excluded),
        lecturers=_sequences(query.lecturers),
        topics=_sequences(query.topics),
        keys=_keys(query),
    )


def _keys(query: Query) -> tuple[tuple[str, ...], ...]:
    """Of each of these, a document must have one."""
    asked = (
        [key("year", str(year)) for year in query.years],
        [key("branch", branch) for branch in query.branches],
        [key("kind", kind) for kind in query.kinds],
    )
    return tuple(tuple(values) for values in asked if values)


def phrase_terms(sequence: Units) -> list[tuple[str, int]]:
    """(pair, offset) that together say "these units in this order"; every second pair is enough.

    A sequence of one unit has no pair: look it up as a unit.
    """
    last = len(sequence) - 2
    offsets = [*range(0, last, 2), last] if last >= 0 else []
    return [(pair(sequence[i], sequence[i + 1]), i) for i in offsets]
