"""Words that belong together, and words that mean the same: what comes with Weike and what staff teach.

All of it is applied to the query and nothing to the index, so a change is felt by the next search and asks
for no reindex:

- a *word* (两个维护) is held together: its characters must stand side by side, which the pairs in the index
  can tell without ever having heard of the word;
- *synonyms* (二十大, 党的二十大) are looked for wherever one of them is asked for. Writing them into the
  index instead would make every change a reindex and every synonym look as common as all of them together.

Entries are folded as documents and queries are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any

from search.text.analysis import unit_texts
from search.text.fold import fold, spelling
from search.text.names import Names, names_of

Units = tuple[str, ...]

# A word that stands for the one typed says a little less than that.
SYNONYM_WEIGHT = 0.7

# Longer ones are sentences, not words.
MAX_WORD_UNITS = 20


Entry = tuple[str, ...]
"""One entry of the dictionary, as people write it: a word, or several that mean the same."""


@dataclass(frozen=True)
class Dictionary:
    """``written``: of each word (as units), how it was first written; ``lengths``: by their first unit, how
    many units words have, the most first; ``synonyms``: of a word, all others."""

    written: Mapping[Units, str] = field(default_factory=dict)
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    synonyms: Mapping[Units, tuple[Units, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str] = (), synonyms: Iterable[Iterable[str]] = ()) -> Dictionary:
        """Fold and order. Each of ``synonyms`` is a group of words that mean the same; entries without any
        letter or character, and those longer than MAX_WORD_UNITS, are left out."""
        written = _usable(words)
        others: dict[Units, dict[Units, None]] = {}
        for group in map(_usable, synonyms):
            for word, text in group.items():
                written.setdefault(word, text)
                others.setdefault(word, {}).update(dict.fromkeys(w for w in group if w != word))
        lengths: dict[str, set[int]] = {}
        for word in written:
            lengths.setdefault(word[0], set()).add(len(word))
        return cls(
            written,
            {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
            {word: tuple(group) for word, group in others.items() if group},
        )

    def synonyms_of(self, word: str) -> tuple[str, ...]:
        """What means the same as a word, each as it was first written."""
        others = self.synonyms.get(tuple(unit_texts(fold(word))), ())
        return tuple(self.written[other] for other in others)

    @cached_property
    def names(self) -> Names:
        """Its words, to be found by how they sound and by what is near; made when first asked for."""
        return names_of(self.written.values())

    @cached_property
    def spellings(self) -> frozenset[Units]:
        """Its words as units, as they are folded and as people write their numbers (20大, 二十大)."""
        return frozenset(self.written) | {tuple(unit_texts(spelling(text))) for text in self.written.values()}

    def at(self, units: Units, start: int) -> Units | None:
        """The longest word that begins at this unit."""
        for size in self.lengths.get(units[start], ()):
            word = units[start : start + size]
            if word in self.written:
                return word
        return None


NO_DICTIONARY = Dictionary()


@lru_cache(maxsize=1 << 16)
def units_of(word: str) -> Units:
    """What a word is looked for as. Words with the same units are one word, however they are written."""
    return tuple(unit_texts(fold(word)))


def _usable(texts: Iterable[str]) -> dict[Units, str]:
    usable: dict[Units, str] = {}
    for text in texts:
        units = units_of(text)
        if 0 < len(units) <= MAX_WORD_UNITS:
            usable.setdefault(units, text)
    return usable


@cache
def shipped_entries() -> tuple[Entry, ...]:
    """What comes with Weike (``party_terms.json``: words and groups of synonyms, no definitions)."""
    known = _party_terms()
    return (*((word,) for word in known["words"]), *map(tuple, known["synonyms"]))


@cache
def standing_terms() -> Dictionary:
    """Terms that are meant as they stand, whoever says them: what comes with Weike, also what staff have
    switched off, and others that searches need no help with."""
    return Dictionary.of(_party_terms()["standing"], shipped_entries())


def _party_terms() -> dict[str, list[Any]]:
    text = resources.files("search.text").joinpath("party_terms.json").read_text(encoding="utf-8")
    known: dict[str, list[Any]] = json.loads(text)
    return known
