"""Terms that belong together, and words that mean the same: what staff teach the search.

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
from functools import cache
from importlib import resources

from search.analysis import unit_texts
from search.fold import fold

Units = tuple[str, ...]

# A word that stands for the one typed says a little less than that.
SYNONYM_WEIGHT = 0.7

# Longer ones are sentences, not words.
MAX_UNITS = 16


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``longest_first``: by their first unit, the words (as units); ``synonyms``: of a word, all others."""

    longest_first: Mapping[str, tuple[Units, ...]] = field(default_factory=dict)
    synonyms: Mapping[Units, tuple[Units, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str] = (), synonyms: Iterable[Iterable[str]] = ()) -> Vocabulary:
        """Fold and order. Each of ``synonyms`` is a group of words that mean the same; entries without any
        letter or character, and those longer than MAX_UNITS, are left out."""
        groups = [_entries(group) for group in synonyms]
        known = {*_entries(words), *(word for group in groups for word in group)}
        by_first: dict[str, list[Units]] = {}
        for word in sorted(known, key=lambda word: (-len(word), word)):
            by_first.setdefault(word[0], []).append(word)
        others: dict[Units, dict[Units, None]] = {}
        for group in groups:
            for word in group:
                others.setdefault(word, {}).update(dict.fromkeys(w for w in group if w != word))
        return cls({k: tuple(v) for k, v in by_first.items()}, {k: tuple(v) for k, v in others.items() if v})

    def at(self, units: Units, start: int) -> Units | None:
        """The longest word that begins at this unit."""
        for word in self.longest_first.get(units[start], ()):
            if units[start : start + len(word)] == word:
                return word
        return None


NO_VOCABULARY = Vocabulary()


def _entries(texts: Iterable[str]) -> list[Units]:
    cut = (tuple(unit_texts(fold(text))) for text in texts)
    return [units for units in dict.fromkeys(cut) if 0 < len(units) <= MAX_UNITS]


@cache
def party_terms() -> Vocabulary:
    """The terms that come with Weike (``party_terms.json``: words and groups of synonyms, no definitions)."""
    known = json.loads(resources.files("search").joinpath("party_terms.json").read_text(encoding="utf-8"))
    return Vocabulary.of(known["words"], known["synonyms"])
