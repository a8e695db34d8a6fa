"""Find the words of a query in a text, at the exact characters of the original. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from search.query import Query, parse
from search.ranking.weights import SOUND_WEIGHT
from search.text.analysis import STOP_WORDS, is_han, pair, unit_starts, unit_texts, words
from search.text.dictionary import NO_DICTIONARY, SYNONYM_WEIGHT, Dictionary
from search.text.fold import fold, fold_with_origin
from search.text.query_words import joined, synonyms_of, whole_words
from search.text.sounds import spoken_like

# What the parts of a word and neighbouring characters are worth beside a whole word, and a whole run beside
# its words: found together they tell more than each alone.
_PART = 0.5
_PAIR = 0.5
_RUN = 1.5
_PHRASE = 3.0


class NeedleKind(IntEnum):
    """How much a needle is what the person typed; the higher kinds are marked first."""

    PAIR = 0
    PART = 1
    WORD = 2


@dataclass(frozen=True, slots=True)
class Needle:
    """Units to look for: a whole word or phrase, a part of one, or two neighbouring characters.

    ``is_loose``: a single character that was cut out of something longer; it says nothing by itself.
    ``by_sound``: looked for by how it sounds.
    """

    units: tuple[str, ...]
    weight: float
    kind: NeedleKind
    is_loose: bool = False
    by_sound: bool = False

    def is_within(self, other: Needle) -> bool:
        """Are these units a stretch of the other's?"""
        size = len(self.units)
        return any(other.units[i : i + size] == self.units for i in range(len(other.units) - size + 1))


@dataclass(frozen=True, slots=True)
class Match:
    """A needle found at the characters [start, end) of the original text."""

    start: int
    end: int
    needle: Needle


def _weight(term: str, size: int, weights: Mapping[str, float] | None) -> float:
    """How much a term tells: its rarity in the index, or else its length (long words are rare)."""
    guess = 1.0 + 0.5 * (size - 1)
    return guess if weights is None else weights.get(term, guess)


def needles(
    query: Query, weights: Mapping[str, float] | None = None, dictionary: Dictionary = NO_DICTIONARY
) -> list[Needle]:
    """Everything worth finding for a query, each units sequence once, with its highest weight."""
    best: dict[tuple[str, ...], Needle] = {}
    typed_alone = {tuple(unit_texts(fold(text))) for text in (*query.words, *query.phrases)}

    def add(found: Iterable[str], weight: float, kind: NeedleKind) -> None:
        key = tuple(found)
        known = best.get(key)
        if key and (known is None or (kind, weight) > (known.kind, known.weight)):
            is_loose = len(key) == 1 and is_han(key[0]) and key not in typed_alone
            best[key] = Needle(key, weight, kind, is_loose)

    def rarity(*terms: str) -> float:
        return sum(_weight(term, len(unit_texts(term)), weights) for term in terms)

    for phrase in query.phrases:
        whole = [w.text for w in words(fold(phrase)) if not w.is_part]
        add(unit_texts(fold(phrase)), _PHRASE * rarity(*whole), NeedleKind.WORD)
    for typed in query.words:
        folded = fold(typed)
        for left, right in pairwise(unit_texts(folded)):
            if pair(left, right) not in STOP_WORDS:
                add((left, right), _PAIR * rarity(pair(left, right)), NeedleKind.PAIR)
        for word in words(folded):
            texts = unit_texts(word.text)
            if word.is_part and len(texts) > 1 and word.text not in STOP_WORDS:
                add(texts, _PART * rarity(word.text), NeedleKind.PART)
        whole = whole_words((typed,), dictionary)
        if len(whole) > 1:
            add(unit_texts(folded), _RUN * rarity(*whole), NeedleKind.WORD)
    typed_words = whole_words(query.words, dictionary)
    others = synonyms_of(typed_words, dictionary)
    for word_text in typed_words:
        add(unit_texts(word_text), rarity(word_text), NeedleKind.WORD)
        for other in others.get(word_text, ()):
            add(other, SYNONYM_WEIGHT * rarity(joined(other)), NeedleKind.WORD)
    return list(best.values())


def field_needles(query: Query) -> list[Needle]:
    """The names asked for with lecturer: and topic:, for marking them where they are shown."""
    return [Needle(tuple(unit_texts(fold(t))), 1.0, NeedleKind.WORD) for t in query.lecturers + query.topics]


@dataclass(frozen=True)
class Sought:
    """A query to be found in many texts: what is worth finding is worked out once. ``weights`` as
    ``Results.weights``; ``by_sound`` as ``Results.by_sound``."""

    query: Query
    weights: Mapping[str, float] | None = None
    dictionary: Dictionary = NO_DICTIONARY
    by_sound: bool = False

    @cached_property
    def weighed(self) -> list[Needle]:
        """What to look for where the rarest words say most."""
        return needles(self.query, self.weights, self.dictionary)

    @cached_property
    def named(self) -> list[Needle]:
        """What to look for in short texts."""
        wanted = needles(self.query, dictionary=self.dictionary) + field_needles(self.query)
        return [needle for needle in wanted if needle.kind is not NeedleKind.PAIR]


def find_needles(text: str, wanted: Iterable[Needle]) -> list[Match]:
    """All places of all needles, by where they start; they may overlap."""
    by_first: dict[str, list[Needle]] = defaultdict(list)
    for needle in wanted:
        by_first[needle.units[0]].append(needle)
    folded = fold_with_origin(text)
    texts = unit_texts(folded.text)
    # Most texts have some of the first characters: where units lie is only asked when a needle is there.
    starts: list[int] = []
    matches: list[Match] = []
    for i, first in enumerate(texts):
        for needle in by_first.get(first, ()):
            size = len(needle.units)
            if size == 1 or tuple(texts[i : i + size]) == needle.units:
                starts = starts or unit_starts(folded.text)
                last = i + size - 1
                matches.append(Match(*folded.origin(starts[i], starts[last] + len(texts[last])), needle))
    return matches


def find_heard(text: str, wanted: Iterable[Needle], written: Sequence[Match]) -> list[Match]:
    """All places of recognised words that sound like a needle, without those where it is ``written``."""
    covered = _merged((m.start, m.end) for m in written if not m.needle.is_loose)
    folded = fold_with_origin(text)
    matches: list[Match] = []
    for needle in wanted:
        pattern = spoken_like(needle.units)
        if pattern is None:
            continue
        heard = replace(needle, weight=needle.weight * SOUND_WEIGHT, by_sound=True)
        for found in pattern.finditer(folded.text):
            start, end = folded.origin(*found.span())
            if not any(a <= start and end <= b for a, b in covered):
                matches.append(Match(start, end, heard))
    return matches


def without_strays(matches: Iterable[Match]) -> list[Match]:
    """The matches without loose characters that touch nothing else: 不 and 来 are in every sentence."""
    matches = sorted(matches, key=lambda m: (m.start, m.end))
    firm = [(m.start, m.end) for m in matches if not m.needle.is_loose]
    loose = [m for m in matches if m.needle.is_loose]
    kept = _reached(loose, _merged(firm)) or ([] if firm else _in_runs(loose))
    return sorted([*(m for m in matches if not m.needle.is_loose), *kept], key=lambda m: (m.start, m.end))


def marks(matches: Iterable[Match]) -> tuple[tuple[int, int], ...]:
    """The characters to mark; what touches or overlaps is one mark.

    Whole words are marked. Parts are marked when none of the words they belong to is there, pairs when there
    is nothing else: with 中国式 found, the 中国 of 中国共产党 is noise. A loose character is marked where it
    touches another mark.
    """
    matches = list(matches)
    loose = [m for m in matches if m.needle.is_loose]
    firm = [m for m in matches if not m.needle.is_loose]
    whole = {m.needle for m in firm if m.needle.kind is NeedleKind.WORD}
    parts = {m.needle for m in firm if m.needle.kind is NeedleKind.PART}
    best = whole | {part for part in parts if not any(part.is_within(word) for word in whole)}
    shown = [m for m in firm if m.needle in best] if best else firm
    reached = _reached(loose, _merged((m.start, m.end) for m in shown)) if shown else _in_runs(loose)
    return tuple(_merged((m.start, m.end) for m in (*shown, *reached)))


def highlight(
    text: str, query: Query | str | Sought, dictionary: Dictionary = NO_DICTIONARY
) -> tuple[tuple[int, int], ...]:
    """The ranges of a short text (a title, a lecturer's name, a topic) that the query's words cover."""
    return marks(find_needles(text, sought(query, None, dictionary).named))


def sought(
    query: Query | str | Sought, weights: Mapping[str, float] | None, dictionary: Dictionary
) -> Sought:
    """A query as it is looked for in texts; one that is already stays, with its own weights."""
    if isinstance(query, Sought):
        return query
    return Sought(parse(query) if isinstance(query, str) else query, weights, dictionary)


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _reached(loose: Sequence[Match], firm: Sequence[tuple[int, int]]) -> list[Match]:
    """The loose characters that touch something firm, or one that does."""
    inside = {at for start, end in firm for at in (start, end)}
    chains = _chains(loose)
    return [m for chain in chains if not inside.isdisjoint(_borders(chain)) for m in chain]


def _in_runs(loose: Sequence[Match]) -> list[Match]:
    """The loose characters that touch each other."""
    return [m for chain in _chains(loose) if len({one.start for one in chain}) > 1 for m in chain]


def _chains(loose: Sequence[Match]) -> list[list[Match]]:
    chains: list[list[Match]] = []
    for one in sorted(loose, key=lambda m: (m.start, m.end)):
        if chains and one.start <= chains[-1][-1].end:
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


def _borders(chain: Sequence[Match]) -> set[int]:
    return {at for one in chain for at in (one.start, one.end)}
