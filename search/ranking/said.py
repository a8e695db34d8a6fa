"""Which documents say what a plan asks for: all of it, or in part. Pure.

Where words were recognised by a machine, a pair is also said where all of its sounds are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from search.ranking.keys import RECOGNISED
from search.ranking.leaf import Ids, Leaf, Mask, holders, with_sequence
from search.ranking.partial import Enough, enough_of, half_of
from search.ranking.plan import NAMES, Plan, Way

_NOBODY: Ids = np.empty(0, np.intp)


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


def saying(plan: Plan, leaf: Leaf, pair: str) -> Ids:
    """The documents that hold a pair or, where words were recognised, what sounds like it."""
    written = leaf.postings("pairs", pair).ids
    heard = hearing(plan, leaf, pair)
    return np.union1d(written, heard) if len(heard) else written


def hearing(plan: Plan, leaf: Leaf, pair: str) -> Ids:
    """The documents with recognised words that sound like a pair."""
    terms = plan.heard.get(pair, ())
    if not terms:
        return _NOBODY
    heard = leaf.postings("sounds", terms[0]).ids
    for term in terms[1:]:
        heard = np.intersect1d(heard, leaf.postings("sounds", term).ids, assume_unique=True)
    return heard


def holding(plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Mask], field: str, term: str) -> int:
    """How many visible documents hold a term, a pair also by its sound."""
    return sum(
        int(
            np.count_nonzero(
                seen[saying(plan, leaf, term) if field == "pairs" else leaf.postings(field, term).ids]
            )
        )
        for leaf, seen in zip(leaves, visible, strict=True)
    )


def _said_so(plan: Plan, leaf: Leaf, way: Way, *, halves: bool) -> Mask:
    found = holders(leaf, NAMES, way.names) if way.names else leaf.alive
    if way.pairs:
        held = np.zeros(len(leaf.alive), dtype=np.int16)
        for one in way.pairs:
            held[saying(plan, leaf, one)] += 1
        found = found & (held >= (half_of(way) if halves else len(way.pairs)))
    for one in way.units:
        found = found & holders(leaf, "units", (one,))
    return found


def holding_all(plan: Plan, leaf: Leaf, among: Mask) -> Mask:
    """The documents among some in which every word is said, one way or another; the rarest is asked first."""
    required = [saying(plan, leaf, p) for p in plan.required_pairs]
    required += [leaf.postings("units", u).ids for u in plan.required_units]
    left = among
    for ids in sorted(required, key=len):
        held = np.zeros(len(left), dtype=np.bool_)
        held[ids] = True
        left = left & held
    for ways in plan.choices:
        left = left & _said_in_one_way(plan, leaf, ways)
    return left


def _said_in_one_way(plan: Plan, leaf: Leaf, ways: Sequence[Way], *, halves: bool = False) -> Mask:
    said = np.zeros(len(leaf.alive), dtype=np.bool_)
    for way in ways:
        said |= _said_so(plan, leaf, way, halves=halves)
    return said


def answering(
    plan: Plan, leaves: Sequence[Leaf], visible: Sequence[Mask], among: Sequence[Mask]
) -> list[Mask]:
    """The documents that answer in part (see ``partial``)."""
    documents = sum(int(np.count_nonzero(seen)) for seen in visible)
    ways = enough_of(plan, documents, partial(holding, plan, leaves, visible))
    if not ways:
        return list(among)
    found = [np.zeros(len(some), dtype=np.bool_) for some in among]
    for enough in ways:
        for n, (leaf, some) in enumerate(zip(leaves, among, strict=True)):
            found[n] |= some & _having(plan, leaf, enough)
    return found


def _having(plan: Plan, leaf: Leaf, enough: Enough) -> Mask:
    held = np.zeros(len(leaf.alive), dtype=np.int16)
    alone = np.zeros(len(leaf.alive), dtype=np.bool_)
    for part in enough.parts:
        said = _said_in_one_way(plan, leaf, part.ways, halves=enough.of_recognised)
        held += said
        if part in enough.alone:
            alone |= said
    pairs = np.zeros(len(leaf.alive), dtype=np.int16)
    for pair in enough.pairs:
        pairs[saying(plan, leaf, pair)] += 1
    having = alone | (held >= enough.needed) | (pairs >= enough.pairs_needed)
    return having & holders(leaf, "keys", (RECOGNISED,)) if enough.of_recognised else having
