"""The words of a query: cut with the dictionary, and what is looked for besides each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from search.text.analysis import STOP_WORDS, Word, is_han, pair, unit_texts, words
from search.text.dictionary import NO_DICTIONARY, Dictionary, Units
from search.text.fold import fold

# A pasted paragraph must not cost a hundred posting lists.
MAX_TERMS = 32
# A whole group of one word; and of all words of a query together.
MAX_SYNONYMS = 19
MAX_OTHERS = 60


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
        synonyms = dictionary.synonyms.get(tuple(unit_texts(word)), ())[: min(left, MAX_SYNONYMS)]
        if synonyms:
            others[word] = synonyms
            left -= len(synonyms)
    return others


def cut_words(folded: str, dictionary: Dictionary) -> Iterator[Units]:
    """The whole words as units; those of the dictionary are held together, however the cutter cuts them.

    A single character is no word of its own inside another: whoever teaches 农 does not tear 农业 apart.
    """
    found = tuple(unit_texts(folded))
    borders: list[int] = []
    at = 0
    for word in cached_words(folded):
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
    """The cutter's words in a stretch that no word of the dictionary covers."""
    for border in [*(b for b in borders if start < b < end), end]:
        if border > start:
            yield found[start:border]
            start = border


def _stands_alone(start: int, borders: list[int]) -> bool:
    return start + 1 in borders and (start == 0 or start in borders)


def joined(word: Units) -> str:
    """A word as text: only two runs of letters need a space between them."""
    return word[0] + "".join(pair(left, right)[len(left) :] for left, right in pairwise(word))


@lru_cache(maxsize=2_000)
def cached_words(folded: str) -> tuple[Word, ...]:
    """The words of a part of a query, which is cut more than once."""
    return tuple(words(folded))
