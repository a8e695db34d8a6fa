"""Decide which documents fit a plan and in what order. Pure: it sees postings, never files.

Everything starts from the documents the searcher may see. Hidden documents are not counted, not ranked,
and do not even make a word look common: the counts that weigh the words are taken among the visible ones.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log
from typing import Protocol

from search.engine import Sort
from search.plan import Plan, Units, phrase_terms

# The usual constants of BM25. Pairs and words weigh the same (measured best on 1,500 known-item questions); a
# lone character says less.
K1 = 1.2
B = 0.75
FIELD_WEIGHT = {"words": 1.0, "pairs": 1.0, "units": 0.5}

# When no document holds all the words: candidates come from the rarest terms, until there are this many. All
# terms score them. (Joining all terms from the start takes five times as long and finds the same first page.)
ENOUGH_CANDIDATES = 500


class Leaf(Protocol):
    """One part of an index, with documents numbered from 0."""

    @property
    def all_documents(self) -> Set[int]:
        """The living documents."""
        ...

    @property
    def days(self) -> Sequence[int]:
        """date.toordinal() of each document, 0 for none."""
        ...

    def weights(self, field: str, term: str) -> Mapping[int, float]:
        """Weight of a term in each document that holds it, deleted ones included."""
        ...

    def positions(self, field: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """Ordinal positions of a term in those of the documents that hold it."""
        ...

    def lengths(self, field: str) -> Sequence[int]:
        """Length of each document in terms of a field."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A document of a leaf; ``leaf`` is the leaf's index in the list searched."""

    leaf: int
    document: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """See ``engine.Results``."""

    total: int
    found: tuple[Found, ...]
    relaxed: bool
    weights: Mapping[str, float]


NOTHING = Ranking(0, (), False, {})


def with_sequence(leaf: Leaf, field: str, sequence: Units, among: Set[int]) -> set[int]:
    """The documents among some that hold these units in this order."""
    if not sequence:
        return set()
    if field == "pairs" and len(sequence) == 1:
        return among & leaf.weights("units", sequence[0]).keys()
    terms = phrase_terms(sequence) if field == "pairs" else [(u, i) for i, u in enumerate(sequence)]
    left: Set[int] = among
    for term in {term for term, _ in terms}:
        left = left & leaf.weights(field, term).keys()
    starts: dict[int, set[int]] = {}
    for n, (term, offset) in enumerate(terms):
        here = leaf.positions(field, term, left)
        shifted = {d: {p - offset for p in at} for d, at in here.items()}
        starts = shifted if n == 0 else {d: starts[d] & at for d, at in shifted.items() if starts.get(d)}
    return {d for d, at in starts.items() if at}


def eligible(plan: Plan, leaf: Leaf, visible: Set[int]) -> Set[int]:
    """The visible documents that keep every condition of the plan except its words."""
    left = visible
    if plan.years:
        years: set[int] = set()
        for year in plan.years:
            years |= leaf.weights("keys", f"year\0{year}").keys()
        left = left & years
    for field, sequences in (("lecturer", plan.lecturers), ("topics", plan.topics), ("pairs", plan.phrases)):
        for sequence in sequences:
            left = with_sequence(leaf, field, sequence, left)
    for sequence in plan.excluded:
        left = left - with_sequence(leaf, "pairs", sequence, left)
    return left


def holding_all(plan: Plan, leaf: Leaf, among: Set[int]) -> Set[int]:
    """The documents among some that hold every required pair and unit; the rarest is asked first."""
    required = [leaf.weights("pairs", p) for p in plan.required_pairs]
    required += [leaf.weights("units", u) for u in plan.required_units]
    left = among
    for postings in sorted(required, key=len):
        left = left & postings.keys()
        if not left:
            break
    return left


@dataclass(frozen=True, slots=True)
class _Term:
    field: str
    text: str
    idf: float
    document_count: int


def _scored_terms(plan: Plan) -> Iterator[tuple[str, str]]:
    yield from (("words", word) for word in plan.words)
    yield from (("pairs", pair) for pair in plan.pairs)
    yield from (("units", unit) for unit in plan.units)


def _terms(plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Set[int]]) -> list[_Term]:
    """The ranking terms that some visible document holds, the rarest first."""
    documents = sum(map(len, visible))
    terms: list[_Term] = []
    for field, text in _scored_terms(plan):
        count = 0
        for leaf, seen in zip(leaves, visible, strict=True):
            postings = leaf.weights(field, text)
            count += len(postings.keys() & seen) if postings else 0
        if count:
            idf = log(1 + (documents - count + 0.5) / (count + 0.5))
            terms.append(_Term(field, text, idf, count))
    return sorted(terms, key=lambda term: term.document_count)


def _relaxed(terms: Sequence[_Term], leaves: Sequence[Leaf], among: Sequence[Set[int]]) -> list[Set[int]]:
    """The documents that hold any of the rarest terms."""
    chosen: list[Set[int]] = [set() for _ in leaves]
    for term in terms:
        for n, leaf in enumerate(leaves):
            chosen[n] = chosen[n] | (among[n] & leaf.weights(term.field, term.text).keys())
        if sum(map(len, chosen)) >= ENOUGH_CANDIDATES:
            break
    return chosen


def _scores(
    terms: Iterable[_Term], leaf: Leaf, documents: Set[int], average: Mapping[str, float]
) -> dict[int, float]:
    scores = dict.fromkeys(documents, 0.0)
    for term in terms:
        factor = term.idf * (K1 + 1) * FIELD_WEIGHT[term.field]
        lengths = leaf.lengths(term.field)
        flat, slope = K1 * (1 - B), K1 * B / average[term.field]
        postings = leaf.weights(term.field, term.text)
        for document in postings.keys() & documents:
            weight = postings[document]
            scores[document] += factor * weight / (weight + flat + slope * lengths[document])
    return scores


def _averages(leaves: Sequence[Leaf]) -> dict[str, float]:
    averages: dict[str, float] = {}
    for field in FIELD_WEIGHT:
        lengths = [leaf.lengths(field) for leaf in leaves]
        averages[field] = max(1.0, sum(map(sum, lengths)) / max(1, sum(map(len, lengths))))
    return averages


def rank(
    plan: Plan,
    leaves: Sequence[Leaf],
    visible: Sequence[Set[int]],
    allowed: Sequence[Set[int]],
    *,
    wanted: int,
    sort: Sort,
) -> Ranking:
    """The best ``wanted`` documents and how many fit.

    ``visible``: per leaf, what the searcher may see; ``allowed``: that, narrowed by the filters of the page.
    """
    if plan.is_empty:
        return NOTHING
    fitting = [eligible(plan, leaf, some) for leaf, some in zip(leaves, allowed, strict=True)]
    if not any(fitting):
        return NOTHING
    terms = _terms(plan, leaves, visible)
    chosen = [holding_all(plan, leaf, some) for leaf, some in zip(leaves, fitting, strict=True)]
    relaxed = plan.has_words and not any(chosen)
    if relaxed:
        chosen = _relaxed(terms, leaves, fitting)
    average = _averages(leaves)
    keyed: list[tuple[float, float, int, int, float]] = []
    for n, leaf in enumerate(leaves):
        days = leaf.days
        for document, score in _scores(terms, leaf, chosen[n], average).items():
            by = (-score, -days[document]) if sort == "relevance" else (-days[document], -score)
            keyed.append((*by, n, document, score))
    best = heapq.nsmallest(max(0, wanted), keyed)
    found = tuple(Found(n, document, score) for _, _, n, document, score in best)
    weights = {term.text: term.idf for term in terms}
    return Ranking(len(keyed), found, relaxed and bool(keyed), weights)
