"""Decide which documents fit a plan and in what order. Pure: it sees postings, never files.

Everything starts from the documents the searcher may see. Hidden documents are not counted, not ranked,
and do not even make a word look common: the counts that weigh the words are taken among the visible ones.

The filters of the page come last: whether a query must be relaxed is decided without them, so that each count
beside a filter is what choosing it will show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from search.engine import Popularity, Sort
from search.ranking.order import highest_first, most_watched_first
from search.ranking.partial import FEW, enough_of
from search.ranking.plan import NAMES, Plan, Way, phrase_terms
from search.ranking.weights import inverse_frequency
from search.text.dictionary import SYNONYM_WEIGHT, Units

# The usual constants of BM25. Pairs and words weigh the same (measured best on 1,500 known-item questions); a
# lone character says less.
K1 = 1.2
B = 0.75
FIELD_WEIGHT = {"words": 1.0, "pairs": 1.0, "units": 0.5}

# When no document holds all the words: candidates come from the rarest terms, until there are this many. All
# terms score them. (Joining all terms from the start takes five times as long and finds the same first page.)
ENOUGH_CANDIDATES = 500

Mask = NDArray[np.bool_]
Ids = NDArray[np.intp]


class Postings(NamedTuple):
    """The documents that hold a term, ascending, deleted ones included, and its weight in each."""

    ids: Ids
    weights: NDArray[np.float64]


class Column(NamedTuple):
    """What a leaf's documents are counted by: document ``ids[i]`` has ``values[codes[i]]``."""

    values: tuple[str, ...]
    ids: Ids
    codes: Ids


class Leaf(Protocol):
    """One part of an index, with documents numbered from 0."""

    @property
    def alive(self) -> Mask:
        """Which documents have not been deleted."""
        ...

    @property
    def days(self) -> NDArray[np.int64]:
        """date.toordinal() of each document, 0 for none."""
        ...

    def postings(self, field: str, term: str) -> Postings:
        """Who holds a term; empty when nobody does."""
        ...

    def positions(self, field: str, term: str) -> tuple[Ids, NDArray[np.int64]]:
        """Each occurrence of a term as (document, ordinal position)."""
        ...

    def lengths(self, field: str) -> NDArray[np.float64]:
        """Length of each document in terms of a field."""
        ...

    def column(self, kind: str) -> Column:
        """What the documents have of a kind of filter (topic, lecturer, year, branch, kind, length), or their
        lesson."""
        ...


@dataclass(frozen=True, slots=True)
class RankedDocument:
    """A document of a leaf; ``leaf`` is the leaf's index in the list searched."""

    leaf: int
    document: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """See ``engine.Results``. ``matching``: per leaf what fits the query, before the page's filters."""

    total: int
    best: tuple[RankedDocument, ...]
    relaxed: bool
    weights: Mapping[str, float]
    matching: tuple[Mask, ...] = ()
    in_part: int = 0


_Scored = tuple[Leaf, Ids, NDArray[np.float64]]
"""A leaf, those of its documents that fit, and their scores."""

NOTHING = Ranking(0, (), False, {})


def holders(leaf: Leaf, field: str, terms: Sequence[str]) -> Mask:
    """Which documents hold any of the terms."""
    found = np.zeros(len(leaf.alive), dtype=np.bool_)
    for term in terms:
        found[leaf.postings(field, term).ids] = True
    return found


def with_sequence(leaf: Leaf, field: str, sequence: Units) -> Mask:
    """Which documents hold these units in this order."""
    if not sequence:
        return np.zeros(len(leaf.alive), dtype=np.bool_)
    if field == "pairs" and len(sequence) == 1:
        return holders(leaf, "units", sequence)
    terms = phrase_terms(sequence) if field == "pairs" else [(u, i) for i, u in enumerate(sequence)]
    starts: NDArray[np.int64] | None = None
    for term, offset in terms:
        documents, at = leaf.positions(field, term)
        # Document and first position as one number; a start before the text's beginning meets nothing.
        here = (documents.astype(np.int64) << 32) + at - offset
        starts = here if starts is None else np.intersect1d(starts, here, assume_unique=True)
        if not len(starts):
            break
    found = np.zeros(len(leaf.alive), dtype=np.bool_)
    if starts is not None:
        found[starts >> 32] = True
    return found


def eligible(plan: Plan, leaf: Leaf, visible: Mask) -> Mask:
    """The visible documents that keep every condition of the plan except its words."""
    left = visible
    for keys in plan.keys:
        left = left & holders(leaf, "keys", keys)
    for field, sequences in (("lecturer", plan.lecturers), ("topics", plan.topics), ("pairs", plan.phrases)):
        for sequence in sequences:
            left = left & with_sequence(leaf, field, sequence)
    for sequence in plan.excluded:
        left = left & ~with_sequence(leaf, "pairs", sequence)
    return left


def _said_so(leaf: Leaf, way: Way) -> Mask:
    found = holders(leaf, NAMES, way.names) if way.names else leaf.alive
    for field, terms in (("pairs", way.pairs), ("units", way.units)):
        for term in terms:
            found = found & holders(leaf, field, (term,))
    return found


def holding_all(plan: Plan, leaf: Leaf, among: Mask) -> Mask:
    """The documents among some in which every word is said, one way or another; the rarest is asked first."""
    required = [leaf.postings("pairs", p).ids for p in plan.required_pairs]
    required += [leaf.postings("units", u).ids for u in plan.required_units]
    left = among
    for ids in sorted(required, key=len):
        held = np.zeros(len(left), dtype=np.bool_)
        held[ids] = True
        left = left & held
    for ways in plan.choices:
        left = left & _said_in_one_way(leaf, ways)
    return left


def _said_in_one_way(leaf: Leaf, ways: Sequence[Way]) -> Mask:
    said = np.zeros(len(leaf.alive), dtype=np.bool_)
    for way in ways:
        said |= _said_so(leaf, way)
    return said


@dataclass(frozen=True, slots=True)
class _Term:
    field: str
    text: str
    idf: float
    factor: float
    document_count: int


def scored_terms(plan: Plan) -> Iterator[tuple[str, str, float]]:
    """(field, term, weight) of everything that ranks."""
    yield from (("words", word, 1.0) for word in plan.words)
    yield from (("pairs", pair, 1.0) for pair in plan.pairs)
    yield from (("units", unit, 1.0) for unit in plan.units)
    typed, others = len(plan.words) + len(plan.pairs), len(plan.other_words) + len(plan.other_pairs)
    # A long synonym is cut into more terms; together they must not outweigh what was typed.
    less = SYNONYM_WEIGHT * min(1.0, typed / others) if others else 0.0
    yield from (("words", word, less) for word in plan.other_words)
    yield from (("pairs", pair, less) for pair in plan.other_pairs)


def _terms(plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Mask]) -> list[_Term]:
    """The ranking terms that some visible document holds, the rarest first."""
    documents = sum(int(np.count_nonzero(seen)) for seen in visible)
    terms: list[_Term] = []
    for field, text, weight in scored_terms(plan):
        count = 0
        for leaf, seen in zip(leaves, visible, strict=True):
            count += int(np.count_nonzero(seen[leaf.postings(field, text).ids]))
        if count:
            idf = inverse_frequency(documents, count)
            terms.append(_Term(field, text, idf, idf * weight * FIELD_WEIGHT[field] * (K1 + 1), count))
    return sorted(terms, key=lambda term: term.document_count)


def _relaxed(terms: Sequence[_Term], leaves: Sequence[Leaf], among: Sequence[Mask]) -> list[Mask]:
    """The documents that hold any of the rarest terms."""
    chosen = [np.zeros(len(some), dtype=np.bool_) for some in among]
    for term in terms:
        for mask, leaf in zip(chosen, leaves, strict=True):
            mask[leaf.postings(term.field, term.text).ids] = True
        held = sum(int(np.count_nonzero(m & a)) for m, a in zip(chosen, among, strict=True))
        if held >= ENOUGH_CANDIDATES:
            break
    return [mask & some for mask, some in zip(chosen, among, strict=True)]


def _answering(
    plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Mask], among: Sequence[Mask]
) -> list[Mask]:
    """The documents that answer in part (see ``partial``)."""
    documents = sum(int(np.count_nonzero(seen)) for seen in visible)

    def holding(field: str, term: str) -> int:
        return sum(
            int(np.count_nonzero(seen[leaf.postings(field, term).ids]))
            for leaf, seen in zip(leaves, visible, strict=True)
        )

    enough = enough_of(plan, documents, holding)
    if enough is None:
        return list(among)
    answering = []
    for leaf, some in zip(leaves, among, strict=True):
        held = np.zeros(len(some), dtype=np.int16)
        alone = np.zeros(len(some), dtype=np.bool_)
        for part in enough.parts:
            said = _said_in_one_way(leaf, part.ways)
            held += said
            if part in enough.alone:
                alone |= said
        pairs = np.zeros(len(some), dtype=np.int16)
        for pair in enough.pairs:
            pairs[leaf.postings("pairs", pair).ids] += 1
        answering.append(some & (alone | (held >= enough.needed) | (pairs >= enough.pairs_needed)))
    return answering


def _is_question_of_few(plan: Plan, leaves: Sequence[Leaf], matching: Sequence[Mask]) -> bool:
    """Whether a question has few documents that hold all of its words, none of which says it as it stands."""
    if not plan.question or sum(int(np.count_nonzero(some)) for some in matching) >= FEW:
        return False
    pairs = zip(leaves, matching, strict=True)
    return not any((some & with_sequence(leaf, "pairs", plan.question)).any() for leaf, some in pairs)


def _averages(leaves: Sequence[Leaf]) -> dict[str, float]:
    averages: dict[str, float] = {}
    for field in FIELD_WEIGHT:
        lengths = [leaf.lengths(field) for leaf in leaves]
        averages[field] = max(1.0, sum(float(x.sum()) for x in lengths) / max(1, sum(map(len, lengths))))
    return averages


def _scores(
    terms: Sequence[_Term], leaf: Leaf, documents: Ids, average: Mapping[str, float]
) -> NDArray[np.float64]:
    """The score of each of the documents (ascending)."""
    place = np.full(len(leaf.alive), -1, dtype=np.intp)
    place[documents] = np.arange(len(documents))
    norms = {
        field: K1 * (1 - B) + K1 * B / average[field] * leaf.lengths(field)[documents]
        for field in FIELD_WEIGHT
    }
    scores = np.zeros(len(documents))
    for term in terms:
        postings = leaf.postings(term.field, term.text)
        at = place[postings.ids]
        wanted = at >= 0
        at, weights = at[wanted], postings.weights[wanted]
        scores[at] += term.factor * weights / (weights + norms[term.field][at])
    return scores


def _best(
    scored: Sequence[_Scored], wanted: int, sort: Sort, popularity: Popularity | None
) -> tuple[RankedDocument, ...]:
    """The first ``wanted`` documents."""
    scores = np.concatenate([scores for _, _, scores in scored])
    days = np.concatenate([leaf.days[documents] for leaf, documents, _ in scored])
    if wanted <= 0 or not len(scores):
        return ()
    if sort == "views":
        lessons, codes = _lessons(scored)
        order = most_watched_first(lessons, codes, scores, days, popularity)[:wanted]
    else:
        first, second = (scores, days) if sort == "relevance" else (days, scores)
        order = highest_first(first, second, wanted)
    leaves = np.repeat(np.arange(len(scored)), [len(documents) for _, documents, _ in scored])
    documents = np.concatenate([documents for _, documents, _ in scored])
    return tuple(RankedDocument(int(leaves[i]), int(documents[i]), float(scores[i])) for i in order)


def _lessons(scored: Sequence[_Scored]) -> tuple[list[str], Ids]:
    """The lessons of what was found, and for each document which of them is its own."""
    numbers: dict[str, int] = {}
    codes = []
    for leaf, documents, _ in scored:
        column = leaf.column("lesson")
        of_document = np.empty(len(leaf.alive), dtype=np.intp)
        of_document[column.ids] = column.codes
        found, places = np.unique(of_document[documents], return_inverse=True)
        here = [numbers.setdefault(column.values[code], len(numbers)) for code in found.tolist()]
        codes.append(np.array(here, dtype=np.intp)[places])
    return list(numbers), np.concatenate(codes)


def are_all_held(plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Mask]) -> bool:
    """Whether some visible document holds all the words; nothing is ranked for it."""
    pairs = zip(leaves, visible, strict=True)
    return not plan.is_empty and any(
        holding_all(plan, leaf, eligible(plan, leaf, seen)).any() for leaf, seen in pairs
    )


def rank(
    plan: Plan,
    leaves: Sequence[Leaf],
    visible: Sequence[Mask],
    allowed: Sequence[Mask],
    *,
    wanted: int,
    sort: Sort,
    popularity: Popularity | None = None,
) -> Ranking:
    """The best ``wanted`` documents and how many fit.

    ``visible``: per leaf, what the searcher may see; ``allowed``: what the filters of the page let through.
    """
    if plan.is_empty:
        return NOTHING
    fitting = [eligible(plan, leaf, some) for leaf, some in zip(leaves, visible, strict=True)]
    if not any(some.any() for some in fitting):
        return NOTHING
    terms = _terms(plan, leaves, visible)
    matching = [holding_all(plan, leaf, some) for leaf, some in zip(leaves, fitting, strict=True)]
    relaxed = plan.has_words and not any(some.any() for some in matching)
    whole = matching
    if relaxed or _is_question_of_few(plan, leaves, matching):
        partly = _relaxed(terms, leaves, _answering(plan, leaves, visible, fitting))
        matching = [all_of | some for all_of, some in zip(matching, partly, strict=True)]
    average = _averages(leaves)
    scored = []
    for leaf, some, let_through in zip(leaves, matching, allowed, strict=True):
        documents = np.flatnonzero(some & let_through)
        scored.append((leaf, documents, _scores(terms, leaf, documents, average)))
    total = sum(len(documents) for _, documents, _ in scored)
    weights = {term.text: term.idf for term in terms}
    best = _best(scored, wanted, sort, popularity)
    in_part = (
        0
        if relaxed
        else total
        - sum(
            int(np.count_nonzero(some & let_through))
            for some, let_through in zip(whole, allowed, strict=True)
        )
    )
    relaxed = relaxed and any(some.any() for some in matching)
    return Ranking(total, best, relaxed, weights, tuple(matching), in_part)
