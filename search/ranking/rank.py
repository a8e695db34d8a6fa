"""Decide which documents fit a plan and in what order. Pure: it sees postings, never files.

Everything starts from the documents the searcher may see. Hidden documents are not counted, not ranked,
and do not even make a word look common: the counts that weigh the words are taken among the visible ones.

The filters of the page come last: whether a query must be relaxed is decided without them, so that each count
beside a filter is what choosing it will show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.engine import Popularity, Sort
from search.ranking.keys import RECOGNISED
from search.ranking.leaf import Ids, Leaf, Mask, holders, with_sequence
from search.ranking.order import highest_first, most_watched_first
from search.ranking.partial import FEW
from search.ranking.plan import Plan
from search.ranking.said import answering, eligible, hearing, holding_all, saying
from search.ranking.weights import SOUND_WEIGHT, inverse_frequency
from search.text.dictionary import SYNONYM_WEIGHT

# The usual constants of BM25. Pairs and words weigh the same (measured best on 1,500 known-item questions); a
# lone character says less.
K1 = 1.2
B = 0.75
FIELD_WEIGHT = {"words": 1.0, "pairs": 1.0, "units": 0.5}
# More days than there are.
_AGES = 1_000_000_000

# When no document holds all the words: candidates come from the rarest terms, until there are this many. All
# terms score them. (Joining all terms from the start takes five times as long and finds the same first page.)
ENOUGH_CANDIDATES = 500


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


@dataclass(frozen=True, slots=True)
class _Term:
    """``heard_factor``: what the documents add that only hold what sounds like it."""

    field: str
    text: str
    idf: float
    factor: float
    document_count: int
    heard_factor: float = 0.0


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
        count, heard = 0, 0
        for leaf, seen in zip(leaves, visible, strict=True):
            count += int(np.count_nonzero(seen[leaf.postings(field, text).ids]))
            if field == "pairs" and plan.heard:
                heard += int(np.count_nonzero(seen[hearing(plan, leaf, text)]))
        if count or heard:
            terms.append(_term(field, text, weight, documents, count, heard))
    return sorted(terms, key=lambda term: term.document_count)


def _term(field: str, text: str, weight: float, documents: int, count: int, heard: int) -> _Term:
    most = max(count, heard)
    idf, heard_idf = (inverse_frequency(documents, number) for number in (count or most, most))
    factor = weight * FIELD_WEIGHT[field] * (K1 + 1)
    heard_factor = heard_idf * factor * SOUND_WEIGHT if heard else 0.0
    return _Term(field, text, idf, idf * factor, most, heard_factor)


def _relaxed(plan: Plan, terms: Sequence[_Term], leaves: Sequence[Leaf], among: Sequence[Mask]) -> list[Mask]:
    """The documents that hold any of the rarest terms."""
    chosen = [np.zeros(len(some), dtype=np.bool_) for some in among]
    for term in terms:
        for mask, leaf in zip(chosen, leaves, strict=True):
            ids = leaf.postings(term.field, term.text).ids
            mask[saying(plan, leaf, term.text) if term.field == "pairs" else ids] = True
        held = sum(int(np.count_nonzero(m & a)) for m, a in zip(chosen, among, strict=True))
        if held >= ENOUGH_CANDIDATES:
            break
    return [mask & some for mask, some in zip(chosen, among, strict=True)]


def _is_question_of_few(plan: Plan, leaves: Sequence[Leaf], matching: Sequence[Mask]) -> bool:
    """Whether a question has few documents that hold all of its words, none of which says it as it stands."""
    if not plan.question or sum(int(np.count_nonzero(some)) for some in matching) >= FEW:
        return False
    pairs = zip(leaves, matching, strict=True)
    return not any((some & with_sequence(leaf, "pairs", plan.question)).any() for leaf, some in pairs)


def _averages(leaves: Sequence[Leaf], visible: Sequence[Mask]) -> dict[str, float]:
    """How long the visible documents are: by others' lengths a score would tell of what is hidden."""
    averages: dict[str, float] = {}
    for field in FIELD_WEIGHT:
        lengths = [leaf.lengths(field)[seen] for leaf, seen in zip(leaves, visible, strict=True)]
        averages[field] = max(1.0, sum(float(x.sum()) for x in lengths) / max(1, sum(map(len, lengths))))
    return averages


def _scores(
    plan: Plan, terms: Sequence[_Term], leaf: Leaf, documents: Ids, average: Mapping[str, float]
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
        if term.heard_factor:
            # Once, however often: and not where it is written so.
            heard = place[np.setdiff1d(hearing(plan, leaf, term.text), postings.ids, assume_unique=True)]
            heard = heard[heard >= 0]
            scores[heard] += term.heard_factor / (1 + norms["pairs"][heard])
    return scores


def _best(
    plan: Plan, scored: Sequence[_Scored], wanted: int, sort: Sort, popularity: Popularity | None
) -> tuple[RankedDocument, ...]:
    """The first ``wanted`` documents."""
    scores = np.concatenate([scores for _, _, scores in scored])
    days = np.concatenate(
        [(_later(plan, leaf) if sort == "relevance" else leaf.days)[docs] for leaf, docs, _ in scored]
    )
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


def _later(plan: Plan, leaf: Leaf) -> NDArray[np.int64]:
    """The days of a leaf's documents; of equals what somebody wrote comes before what a machine heard."""
    if not plan.has_recognised:
        return leaf.days
    return leaf.days - _AGES * holders(leaf, "keys", (RECOGNISED,))


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


def heard_if_rare(plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Mask]) -> Plan:
    """The plan, without sounds where they would be no more than noise beside what is written."""
    if not plan.is_common_sound:
        return plan
    written = plan.written
    held = (
        holding_all(written, leaf, eligible(written, leaf, seen))
        for leaf, seen in zip(leaves, visible, strict=True)
    )
    return plan if sum(int(np.count_nonzero(some)) for some in held) < FEW else written


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
        partly = _relaxed(plan, terms, leaves, answering(plan, leaves, visible, fitting))
        matching = [all_of | some for all_of, some in zip(matching, partly, strict=True)]
    average = _averages(leaves, visible)
    scored = []
    for leaf, some, let_through in zip(leaves, matching, allowed, strict=True):
        documents = np.flatnonzero(some & let_through)
        scored.append((leaf, documents, _scores(plan, terms, leaf, documents, average)))
    total = sum(len(documents) for _, documents, _ in scored)
    weights = {term.text: term.idf for term in terms}
    best = _best(plan, scored, wanted, sort, popularity)
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
