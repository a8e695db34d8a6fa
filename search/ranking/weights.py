"""Turn a document into weighted terms: BM25F with the field weights below, added up before saturation.

Adding the weights of a term over the fields and then saturating once is what the F of BM25F stands for
(Robertson, Zaragoza and Taylor 2004, "Simple BM25 extension to multiple weighted fields"): a word in
title and speech is one piece of evidence, not two. It also means one posting list per term instead of
five.

Why these weights: a title has about ten characters and says what the clip is about; speech has 1,500 and
comes back to the subject by itself, so one mention in the title counts like three spoken ones. Topics are
chosen by staff for exactly this purpose and lecturers' names are rare; both count as the title. A summary
is written to be dense: two.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import log

from search.document import Document
from search.text.analysis import pairs, unit_texts, word_texts
from search.text.fold import fold

TITLE = 3
TOPIC = 3
LECTURER = 3
SUMMARY = 2
SPOKEN = 1

# What sounds like a pair, beside the pair: what is written so comes first.
SOUND_WEIGHT = 0.85

# Between two fields positions jump, so that no phrase runs from the title into the speech.
GAP = 10


# Where a term stands: its one ordinal position, or all of them in order.
Positions = int | list[int]


@dataclass(slots=True)
class Terms:
    """The weighted terms of one document; ``positions``: ordinal numbers of the units where pairs begin."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    positions: dict[str, Positions] = field(default_factory=dict)

    def add(self, term_counts: tuple[list[str], list[str], list[str]], weight: int) -> None:
        """Count words, pairs and units of one field, ``weight`` times each."""
        for counter, found in zip((self.words, self.pairs, self.units), term_counts, strict=True):
            # Counter.update counts in C; the fields that weigh more than one are short.
            for _ in range(weight):
                counter.update(found)


def weighted_fields(document: Document) -> list[tuple[str, int]]:
    """The texts of a document with their weights."""
    return [
        (document.title, TITLE),
        *((topic, TOPIC) for topic in document.topics),
        (document.lecturer, LECTURER),
        (document.summary, SUMMARY),
        (document.spoken, SPOKEN),
    ]


def inverse_frequency(documents: int, holding: int) -> float:
    """BM25's weight of a term that ``holding`` of ``documents`` visible documents have."""
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))


def terms_of(document: Document) -> Terms:
    """All terms of a document with their weights and positions."""
    terms = Terms()
    position = 0
    every_pair: list[str] = []
    at: list[int] = []
    for text, weight in weighted_fields(document):
        folded = fold(text)
        found_units = unit_texts(folded)
        found_pairs = pairs(found_units)
        terms.add((word_texts(folded), found_pairs, found_units), weight)
        every_pair += found_pairs
        at += range(position, position + len(found_pairs))
        position += len(found_units) + GAP
    terms.positions = _places(every_pair, at)
    return terms


def _places(found: list[str], at: list[int]) -> dict[str, Positions]:
    """Where each term stands. Nearly all pairs of a lecture are said once: no lists are made for those."""
    places: dict[str, Positions] = dict(zip(found, at, strict=True))
    if len(places) == len(found):
        return places
    lists: dict[str, list[int]] = {term: [] for term, times in Counter(found).items() if times > 1}
    for term, position in zip(found, at, strict=True):
        if term in lists:
            lists[term].append(position)
    return places | lists


def sequence_positions(texts: tuple[str, ...]) -> dict[str, Positions]:
    """Ordinal positions of the units of several short texts (topics), no phrase running over a border."""
    every_unit: list[str] = []
    at: list[int] = []
    position = 0
    for text in texts:
        found = unit_texts(fold(text))
        every_unit += found
        at += range(position, position + len(found))
        position += len(found) + GAP
    return _places(every_unit, at)
