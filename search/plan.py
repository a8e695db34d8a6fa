"""From a query to the terms an engine looks up; the same for every engine, and free of any of them."""

from __future__ import annotations

from dataclasses import dataclass

from search.analysis import STOP_WORDS, pair, pairs, unit_texts, words
from search.fold import fold
from search.query import Query

# A pasted paragraph must not cost a hundred posting lists.
MAX_TERMS = 32

Units = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be there, what must not, and what ranks. All texts are folded terms.

    ``required_pairs`` and ``required_units``: every one must occur in a document that holds all the
    words. A word of two or more units is required by its pairs, not as a word: the cutter may cut the
    same characters otherwise in another sentence. ``words`` and ``pairs`` rank. ``phrases``,
    ``excluded``, ``lecturers`` and ``topics`` are unit sequences that must occur (or not) as they stand.
    """

    required_pairs: tuple[str, ...] = ()
    required_units: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    phrases: tuple[Units, ...] = ()
    excluded: tuple[Units, ...] = ()
    lecturers: tuple[Units, ...] = ()
    topics: tuple[Units, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def has_words(self) -> bool:
        """Is there anything that can be relaxed when no document holds all of it?"""
        return bool(self.required_pairs or self.required_units)

    @property
    def is_empty(self) -> bool:
        """Nothing that could find a document."""
        return not (self.has_words or self.phrases or self.lecturers or self.topics or self.years)


def _sequences(texts: tuple[str, ...]) -> tuple[Units, ...]:
    return tuple(tuple(unit_texts(fold(text))[:MAX_TERMS]) for text in texts)


def _unique(terms: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))[:MAX_TERMS]


def whole_words(texts: tuple[str, ...]) -> list[str]:
    """The whole words of a query; without those that say nothing, unless it has no others."""
    cut = [word.text for text in texts for word in words(fold(text)) if not word.is_part]
    telling = [word for word in cut if word not in STOP_WORDS]
    return list(dict.fromkeys(telling or cut))[:MAX_TERMS]


def plan(query: Query) -> Plan:
    """Read off the terms of a query."""
    required_pairs: list[str] = []
    required_units: list[str] = []
    for word in whole_words(query.words):
        texts = unit_texts(word)
        if len(texts) == 1:
            required_units += texts
        else:
            required_pairs += pairs(texts)
    ranking_texts = query.words + query.phrases
    all_words = [w.text for text in ranking_texts for w in words(fold(text))]
    ranking_words = [w for w in all_words if w not in STOP_WORDS] or all_words
    ranking_pairs = [p for text in ranking_texts for p in pairs(unit_texts(fold(text)))]
    return Plan(
        required_pairs=_unique(required_pairs),
        required_units=_unique(required_units),
        words=_unique(ranking_words),
        pairs=_unique([p for p in ranking_pairs if p not in STOP_WORDS]),
        units=_unique([*required_units, *(s[0] for s in _sequences(query.phrases) if len(s) == 1)]),
        phrases=_sequences(query.phrases),
        excluded=_sequences(query.excluded),
        lecturers=_sequences(query.lecturers),
        topics=_sequences(query.topics),
        years=query.years,
    )


def phrase_terms(sequence: Units) -> list[tuple[str, int]]:
    """(pair, offset) that together say "these units in this order"; every second pair is enough.

    A sequence of one unit has no pair: look it up as a unit.
    """
    last = len(sequence) - 2
    offsets = [*range(0, last, 2), last] if last >= 0 else []
    return [(pair(sequence[i], sequence[i + 1]), i) for i in offsets]
