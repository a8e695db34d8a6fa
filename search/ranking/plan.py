"""From a query to the terms an engine looks up; the same for every engine, and free of any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from search.query import Query
from search.ranking.keys import key
from search.text.analysis import STOP_WORDS, is_han, pair, pairs, unit_texts
from search.text.dictionary import NO_DICTIONARY, Dictionary, Units
from search.text.fold import fold
from search.text.query_words import MAX_TERMS, cached_words, joined, synonyms_of, whole_words
from search.text.sounds import sounds_of_pairs

NAMES = "names"
"""The field of titles, lecturers and topics as wholes."""

# What is longer than this without a space is a question or a sentence.
_LONGEST_TERM = 8
# Words that only ask.
_ASKING = frozenset(
    ["怎么回事", "回事", "怎么样", "什么样", "怎么办", "怎么了", "是什么", "有哪些", "哪里", "哪儿", "哪年"]
)

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


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a query that tells something by itself, and how it can be said. ``is_typed``: it stood
    between spaces."""

    ways: tuple[Way, ...]
    is_typed: bool


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
    they stand; of each of ``keys`` one must be there. ``heard``: where words were recognised by a machine, a
    pair is also there when all of these sounds are; who quotes or excludes asks for what is written.
    ``has_recognised``: there are such words; of equals they come last.
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
    parts: tuple[Part, ...] = ()
    question: Units = ()
    heard: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_recognised: bool = False

    @property
    def has_words(self) -> bool:
        """Is there anything that can be relaxed when no document holds all of it?"""
        return bool(self.required_pairs or self.required_units or self.choices)

    @property
    def is_common_sound(self) -> bool:
        """Whether all that is looked for by sound are two syllables: in an hour everything sounds so."""
        return sum(map(len, self.heard.values())) == 1

    @property
    def written(self) -> Plan:
        """The same without what only sounds so."""
        return replace(self, heard={})

    @property
    def is_empty(self) -> bool:
        """Nothing that could find a document."""
        return not (self.has_words or self.phrases or self.lecturers or self.topics or self.keys)


def _sequences(texts: tuple[str, ...]) -> tuple[Units, ...]:
    return tuple(tuple(unit_texts(fold(text))[:MAX_TERMS]) for text in texts)


def _unique(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))[:MAX_TERMS]


@dataclass(slots=True)
class _Required:
    """What the words of a query ask for, gathered word by word."""

    others: Mapping[str, tuple[Units, ...]]
    sounds: Sounds | None
    typed: frozenset[Units]
    pairs: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    choices: list[tuple[Way, ...]] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    sounding: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

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
        self.parts.append(Part(self.choices[-1], is_typed=True))
        self.sounding += heard.texts

    def _take_word(self, word: str) -> None:
        texts = tuple(unit_texts(word))
        others = self.others.get(word, ())
        is_typed = texts in self.typed
        cut = [_telling_units(one.text) for one in cached_words(word) if not one.is_part]
        # A long term answers in part by the words in it, a character cut out of something longer by nothing.
        if is_typed:
            cut.append(texts)
        for piece in dict.fromkeys(cut):
            if len(piece) > 1 or (piece and not is_han(piece[0])) or piece in self.typed:
                ways = (piece, *others) if piece == texts else (piece,)
                self.parts.append(Part(tuple(map(_way, ways)), is_typed=piece in self.typed))
        if others:
            self.choices.append(tuple(_way(one) for one in (texts, *others)))
            self.synonyms += [joined(other) for other in others]
        elif len(texts) == 1:
            self.units += texts
        else:
            self.pairs += pairs(texts)


def _telling_units(word: str) -> Units:
    """The units of a word that says something: 2600 of 2600和, none of 怎么回事."""
    units = tuple(unit_texts(word))
    if word in _ASKING:
        return ()
    return units[:-1] if units[0].isdigit() and units[-1] in STOP_WORDS else units


def _way(word: Units) -> Way:
    return Way(units=word) if len(word) == 1 else Way(pairs=tuple(pairs(word)))


def _telling_words(texts: Sequence[str]) -> list[str]:
    every = [w.text for text in texts for w in cached_words(fold(text))]
    return [w for w in every if w not in STOP_WORDS] or every


def _telling_pairs(texts: Sequence[str]) -> list[str]:
    return [p for text in texts for p in pairs(unit_texts(fold(text))) if p not in STOP_WORDS]


def plan(
    query: Query,
    dictionary: Dictionary = NO_DICTIONARY,
    sounds: Sounds | None = None,
    *,
    has_recognised: bool = False,
) -> Plan:
    """Read off the terms of a query; ``has_recognised``: some visible document holds recognised words."""
    found = whole_words(query.words, dictionary)
    required = _Required(synonyms_of(found, dictionary), sounds, frozenset(_sequences(query.words)))
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
        parts=tuple(required.parts[:MAX_TERMS]),
        question=_question(query),
        heard=_heard((*query.words, *required.sounding, *required.synonyms)) if has_recognised else {},
        has_recognised=has_recognised,
    )


def _heard(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {pair: terms for text in texts for pair, terms in sounds_of_pairs(fold(text))}


def _question(query: Query) -> Units:
    words = _sequences(query.words)
    is_long = any(len(word) > _LONGEST_TERM for word in words)
    return tuple(unit for word in words for unit in word) if is_long and not query.phrases else ()


def _keys(query: Query) -> tuple[tuple[str, ...], ...]:
    """Of each of these, a document must have one."""
    asked = (
        [key("year", str(year)) for year in query.years],
        [key("branch", branch) for branch in query.branches],
        [key("kind", kind) for kind in query.kinds],
        [key("genre", genre) for genre in query.genres],
    )
    return tuple(tuple(values) for values in asked if values)


def phrase_terms(sequence: Units) -> list[tuple[str, int]]:
    """(pair, offset) that together say "these units in this order"; every second pair is enough.

    A sequence of one unit has no pair: look it up as a unit.
    """
    last = len(sequence) - 2
    offsets = [*range(0, last, 2), last] if last >= 0 else []
    return [(pair(sequence[i], sequence[i + 1]), i) for i in offsets]
