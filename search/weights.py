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

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from search.analysis import pairs, unit_texts, word_texts
from search.document import Document
from search.fold import fold

TITLE = 3
TOPIC = 3
LECTURER = 3
SUMMARY = 2
SPOKEN = 1

# Between two fields positions jump, so that no phrase runs from the title into the speech.
GAP = 10


@dataclass(slots=True)
class Terms:
    """The weighted terms of one document; ``positions``: ordinal numbers of the units where pairs begin."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    positions: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

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


def terms_of(document: Document) -> Terms:
    """All terms of a document with their weights and positions."""
    terms = Terms()
    position = 0
    for text, weight in weighted_fields(document):
        folded = fold(text)
        found_units = unit_texts(folded)
        found_pairs = pairs(found_units)
        terms.add((word_texts(folded), found_pairs, found_units), weight)
        for offset, term in enumerate(found_pairs, position):
            terms.positions[term].append(offset)
        position += len(found_units) + GAP
    return terms


def sequence_positions(texts: tuple[str, ...]) -> dict[str, list[int]]:
    """Ordinal positions of the units of several short texts (topics), no phrase running over a border."""
    positions: dict[str, list[int]] = defaultdict(list)
    position = 0
    for text in texts:
        found = unit_texts(fold(text))
        for offset, unit in enumerate(found):
            positions[unit].append(position + offset)
        position += len(found) + GAP
    return positions
