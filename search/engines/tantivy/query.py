"""From a plan to tantivy's queries: which documents fit, and what their words are worth. Reads no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import tantivy
from tantivy import Occur

from search.engines.tantivy.schema import TIMES_A_WORD, written
from search.ranking.keys import RECOGNISED
from search.ranking.partial import Enough, half_of
from search.ranking.plan import NAMES, Plan, Way, phrase_terms
from search.ranking.rank import FIELD_WEIGHT, K1, scored_terms
from search.text.dictionary import Units

Query = tantivy.Query


class QueryBuilder:
    """Builds queries for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def term(self, field: str, term: str) -> Query:
        """Who holds a term."""
        option: Literal["basic", "freq"] = "basic" if field == "sounds" else "freq"
        return Query.term_query(self._schema, field, written(term), index_option=option)

    def said(self, plan: Plan, field: str, pair: str) -> Query:
        """Who holds a pair or, where words were recognised, what sounds like it."""
        written_so = self.term(field, pair)
        return some([written_so, self.heard(plan, pair)]) if pair in plan.heard else written_so

    def heard(self, plan: Plan, pair: str) -> Query:
        """Who holds recognised words that sound like a pair."""
        return every(self.term("sounds", term) for term in plan.heard[pair])

    def only_heard(self, plan: Plan, pair: str) -> Query:
        """As ``heard``, and nothing in which the pair is written."""
        return Query.boolean_query(
            [(Occur.Must, self.heard(plan, pair)), (Occur.MustNot, self.term("said", pair))]
        )

    def any_of(self, field: str, terms: Sequence[str]) -> Query:
        """Who holds one of some whole values (keys, names)."""
        if len(terms) == 1:
            return Query.term_query(self._schema, field, terms[0], index_option="basic")
        return Query.term_set_query(self._schema, field, list(terms)) if terms else Query.empty_query()

    def sequence(self, field: str, units: Units) -> Query:
        """Who holds these units in this order."""
        if not units:
            return Query.empty_query()
        if field == "pairs" and len(units) == 1:
            return self.term("units", units[0])
        terms = phrase_terms(units) if field == "pairs" else [(unit, i) for i, unit in enumerate(units)]
        if len(terms) == 1:
            return self.term(field, terms[0][0])
        return Query.phrase_query(self._schema, field, [(at, written(term)) for term, at in terms])

    def eligible(self, plan: Plan) -> list[tuple[Occur, Query]]:
        """Every condition of the plan except its words."""
        found = [(Occur.Must, self.any_of("keys", keys)) for keys in plan.keys]
        for field, some in (("lecturer", plan.lecturers), ("topics", plan.topics), ("pairs", plan.phrases)):
            found += [(Occur.Must, self.sequence(field, units)) for units in some]
        return found + [(Occur.MustNot, self.sequence("pairs", units)) for units in plan.excluded]

    def choices(self, plan: Plan) -> list[tuple[Occur, Query]]:
        """Words that can be said in several ways: each in one of them."""
        return [(Occur.Must, self._one_way(plan, ways)) for ways in plan.choices]

    def enough(self, plan: Plan, enough: Enough) -> Query:
        """Who answers in part (see ``partial``)."""
        halves = enough.of_recognised
        alone = [self._one_way(plan, part.ways, halves=halves) for part in enough.alone]
        several = [(Occur.Should, self._one_way(plan, part.ways, halves=halves)) for part in enough.parts]
        if len(several) >= enough.needed:
            alone.append(Query.boolean_query(several, minimum_number_should_match=enough.needed))
        if len(enough.pairs) >= enough.pairs_needed:
            pairs = [(Occur.Should, self.said(plan, "pairs", pair)) for pair in enough.pairs]
            alone.append(Query.boolean_query(pairs, minimum_number_should_match=enough.pairs_needed))
        having = some(alone) if alone else Query.empty_query()
        return every([self.any_of("keys", [RECOGNISED]), having]) if halves else having

    def _one_way(self, plan: Plan, ways: Sequence[Way], *, halves: bool = False) -> Query:
        return some([self._way(plan, way, halves=halves) for way in ways])

    def _way(self, plan: Plan, way: Way, *, halves: bool) -> Query:
        parts = [self.any_of(NAMES, way.names)] if way.names else []
        pairs = [self.said(plan, "pairs", pair) for pair in way.pairs]
        if halves and len(pairs) > 1:
            some_of = [(Occur.Should, pair) for pair in pairs]
            pairs = [Query.boolean_query(some_of, minimum_number_should_match=half_of(way))]
        return every([*parts, *pairs, *(self.term("units", unit) for unit in way.units)])


def required(plan: Plan) -> list[tuple[str, str]]:
    """Terms, as (field, term), that every document must hold."""
    return [("said", pair) for pair in plan.required_pairs] + [("units", u) for u in plan.required_units]


def ranking_terms(plan: Plan) -> Iterator[tuple[str, str, float]]:
    """(field, term, weight) of everything that ranks, as `scored_terms`, field weights taken in.

    A word that is its own pair is one term, which the field has 1 + TIMES_A_WORD times; what it is worth is
    corrected by how much of that saturates.
    """
    worth: dict[tuple[str, str], list[float]] = {}
    for field, text, weight in scored_terms(plan):
        place = ("units" if field == "units" else "said", text)
        worth.setdefault(place, []).append(weight * FIELD_WEIGHT[field])
    for (field, text), parts in worth.items():
        yield field, text, sum(parts) / _saturated(1 + TIMES_A_WORD if len(parts) > 1 else 1)


def _saturated(times: int) -> float:
    """What a term said so often counts in a text of average length: once is 1 (BM25)."""
    return times * (K1 + 1) / (times + K1)


def every(parts: Iterable[Query]) -> Query:
    """All of some conditions."""
    return Query.boolean_query([(Occur.Must, part) for part in parts])


def some(parts: Iterable[Query]) -> Query:
    """One of some conditions."""
    return Query.boolean_query([(Occur.Should, part) for part in parts])


def without_score(query: Query) -> tuple[Occur, Query]:
    """A condition that says nothing about the order."""
    return (Occur.Must, Query.const_score_query(query, 0.0))
