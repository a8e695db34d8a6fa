"""One query in tantivy: which documents fit, how many, the best of them, and what they are counted by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import log
from typing import Any, NamedTuple

import tantivy
from tantivy import Occur

from search.engine import COUNTED, Counts, Hit, Popularity, Sort
from search.engines.tantivy.popularity import KnownLessons, sorted_by_popularity
from search.engines.tantivy.query import every, ranking_terms, required, some, without_score
from search.engines.tantivy.schema import COUNTED_FIELD
from search.engines.tantivy.view import View
from search.ranking.counts import ordered
from search.ranking.partial import FEW, enough_of
from search.ranking.plan import Plan
from search.ranking.rank import ENOUGH_CANDIDATES
from search.ranking.weights import SOUND_WEIGHT, inverse_frequency

# More values of one kind than any page can show.
_MOST_VALUES = 10_000
# Places for so many hits are kept free while counting; more (an export) are looked for when they are there.
_ONE_PASS = 200


class Term(NamedTuple):
    """A term that ranks: `query` finds it, `worth` adds what it says; `holding` visible documents have it."""

    field: str
    text: str
    query: tantivy.Query
    worth: tantivy.Query
    holding: int


def number_holding_all(view: View, wanted: Plan) -> int:
    """How many visible documents hold all the words; nothing is ranked for it."""
    if wanted.is_empty:
        return 0
    builder = view.builder
    words = [(Occur.Must, builder.said(wanted, *one)) for one in required(wanted)]
    conditions = builder.eligible(wanted) + builder.choices(wanted) + words
    return view.count(tantivy.Query.boolean_query(view.seen(beside=conditions) + conditions))


class Search:
    """One query in one view; of `ranked`, the places of a page in the order of relevance, the hits are found
    in the same pass that counts all (an empty range: they are only counted)."""

    def __init__(self, view: View, wanted: Plan, filters: dict[str, list[str]], ranked: range) -> None:
        self._view, self._plan = view, wanted
        self._filters = {kind: view.builder.any_of("keys", keys) for kind, keys in filters.items()}
        self._ranked = ranked
        self._found: tantivy.SearchResult | None = None
        eligible = view.builder.eligible(wanted)
        self._terms, self.weights = self._rank(wanted)
        self._ask_for(eligible + view.builder.choices(wanted), all_of=required(wanted))
        self.total = self._count()
        self.relaxed, self.in_part = False, 0
        if not wanted.has_words or (self.total and not wanted.question):
            return
        all_held = view.count(self._fits) if filters else self.total
        if not all_held or self._is_question_of_few(wanted, all_held):
            whole = self.total
            self._relax(wanted, eligible, beside=self._fits if all_held else None)
            self.total = self._count()
            self.in_part = self.total - whole if all_held else 0
            any_held = self.total or (bool(filters) and view.count(self._fits))
            self.relaxed = not all_held and any_held > 0

    def _is_question_of_few(self, wanted: Plan, all_held: int) -> bool:
        """Whether a question has few documents that hold all of its words, none of which says it as it
        stands."""
        if not wanted.question or all_held >= FEW:
            return False
        return not self._view.count(
            every([self._fits, self._view.builder.sequence("pairs", wanted.question)])
        )

    def _ask_for(
        self,
        conditions: list[tuple[Occur, tantivy.Query]],
        *,
        all_of: Sequence[tuple[str, str]] = (),
        one_of: Sequence[Term] | None = None,
    ) -> None:
        """Say which documents fit: who keeps the conditions, and holds all of some terms or one of others."""
        builder = self._view.builder
        words = [(Occur.Must, builder.said(self._plan, *one)) for one in all_of]
        if one_of is not None:
            words.append((Occur.Must, some([term.query for term in one_of])))
        seen = self._view.seen(beside=conditions + words)
        self._conditions = seen + conditions
        self._all_of, self._one_of = set(all_of), one_of
        self._fits = tantivy.Query.boolean_query(self._conditions + words)

    def _count(self) -> int:
        """How many documents fit; finds the page's on the way when it is of a usual size."""
        if not 0 < len(self._ranked) <= _ONE_PASS:
            return self._view.count(self._filtered())
        found: Any = self._view.searcher.search(
            self._scored(), len(self._ranked), count=True, offset=self._ranked.start
        )
        self._found = found
        return int(found.count)

    def _rank(self, wanted: Plan) -> tuple[list[Term], dict[str, float]]:
        """The terms, the rarest first, and what each is worth by how rare it is."""
        view = self._view
        found: list[Term] = []
        weights: dict[str, float] = {}
        for field, text, weight in ranking_terms(wanted):
            count = view.weighing(field, text)
            is_heard = field == "said" and text in wanted.heard
            heard = view.count(every([view.visible, view.builder.heard(wanted, text)])) if is_heard else 0
            if not count and not heard:
                continue
            most = max(count, heard)
            weights[text] = inverse_frequency(view.documents, count or most)
            query = view.builder.term(field, text)
            worth = self._worth(field, text, weight * weights[text])
            if heard:
                # A pair weighs no more for being a word, when it was not written.
                less = SOUND_WEIGHT * min(1.0, weight) * inverse_frequency(view.documents, most)
                only_heard = view.builder.only_heard(wanted, text)
                worth = some([worth, tantivy.Query.const_score_query(only_heard, less)])
                query = some([query, view.builder.heard(wanted, text)])
            found.append(Term(field, text, query, worth, most))
        return sorted(found, key=lambda term: term.holding), weights

    def _worth(self, field: str, text: str, weight: float) -> tantivy.Query:
        """A term that adds so much."""
        # tantivy weighs by how rare a term is among all documents; here only visible ones count.
        everything, theirs = self._view.searcher.num_docs, self._view.known(field, text)
        known = log(1 + (max(everything, theirs) - theirs + 0.5) / (theirs + 0.5))
        return tantivy.Query.boost_query(self._view.builder.term(field, text), weight / known)

    def _relax(
        self, wanted: Plan, eligible: list[tuple[Occur, tantivy.Query]], beside: tantivy.Query | None
    ) -> None:
        """Ask for what answers in part, or is found ``beside``."""
        self._ask_for_part(wanted, eligible)
        if beside is not None:
            self._ask_for([(Occur.Must, some([beside, self._fits]))])

    def _ask_for_part(self, wanted: Plan, eligible: list[tuple[Occur, tantivy.Query]]) -> None:
        """Ask for one of the rarest terms, of as many as bring enough candidates; and for what answers in
        part."""
        view = self._view
        ways = enough_of(wanted, view.documents, self._holding)
        if ways:
            enough = [view.builder.enough(wanted, one) for one in ways]
            eligible = [*eligible, (Occur.Must, some(enough) if len(enough) > 1 else enough[0])]
        chosen: list[Term] = []
        at_most = 0
        for term in self._terms:
            chosen.append(term)
            at_most += term.holding
            # Counting reads all their postings: not for the last term, and not before they can be enough.
            if at_most >= ENOUGH_CANDIDATES and len(chosen) < len(self._terms):
                self._ask_for(eligible, one_of=chosen)
                if self._view.count(self._fits) >= ENOUGH_CANDIDATES:
                    return
        self._ask_for(eligible, one_of=chosen)

    def _holding(self, field: str, term: str) -> int:
        """How many visible documents hold a term, or what sounds like it."""
        view = self._view
        if field != "pairs" or term not in self._plan.heard:
            return view.holding(field, term)
        return view.count(every([view.visible, view.builder.said(self._plan, field, term)]))

    def _filtered(self, but: str = "") -> tantivy.Query:
        others = [query for kind, query in self._filters.items() if kind.split(" ")[0] != but]
        return every([self._fits, *others]) if others else self._fits

    def page(self, offset: int, limit: int, sort: Sort) -> tuple[Hit, ...]:
        """The hits from ``offset`` on."""
        wanted = min(limit, self.total - offset)
        if wanted <= 0:
            return ()
        searcher = self._view.searcher
        if sort == "date":
            found = searcher.search(
                self._filtered(), wanted, count=False, order_by_field="day", offset=offset
            )
        elif self._found is not None:
            found = self._found
        else:
            found = searcher.search(self._scored(), wanted, count=False, offset=offset)
        addresses = [address for _, address in found.hits]
        days = searcher.fast_field_values("day", addresses)
        heard = (
            searcher.fast_field_values("recognised", addresses)
            if self._plan.has_recognised
            else [0] * len(days)
        )
        hits = [self._hit(score, address) for score, address in found.hits]
        # tantivy leaves equals as its segments lie, which any commit may change. What somebody wrote comes
        # before what a machine heard.
        order = sorted(
            range(len(hits)),
            key=lambda i: (-round(hits[i].score, 4), int(heard[i] or 0), -int(days[i] or 0), hits[i].id),
        )
        return tuple(hits[i] for i in order)

    def most_watched(
        self, offset: int, limit: int, known: KnownLessons, popularity: Popularity | None
    ) -> tuple[Hit, ...]:
        """As ``page``, in the order of views: who has most is only known when all have been looked at."""
        if limit <= 0 or offset >= self.total:
            return ()
        found = sorted_by_popularity(self._view.searcher, self._scored(), self.total, known, popularity)
        return tuple(self._hit(*one) for one in found[offset : offset + limit])

    def _scored(self) -> tantivy.Query:
        """What fits, and what its words are worth: a term that says whether a document fits is read once for
        both."""
        parts = [
            without_score(one) if occur == Occur.Must else (occur, one) for occur, one in self._conditions
        ]
        parts += [without_score(one) for one in self._filters.values()]
        left = set(self._all_of)
        one_of = []
        for term in self._terms:
            if self._one_of is not None and term in self._one_of:
                one_of.append(term.worth)
            else:
                must = (term.field, term.text) in left
                left.discard((term.field, term.text))
                parts.append((Occur.Must if must else Occur.Should, term.worth))
        parts += [without_score(self._view.builder.said(self._plan, *one)) for one in left]
        if self._one_of is not None:  # of no terms none can be held: nothing fits
            parts.append((Occur.Must, some(one_of)))
        return tantivy.Query.boolean_query(parts)

    def _hit(self, score: Any, address: tantivy.DocAddress) -> Hit:
        id_, lesson, clip = json.loads(self._view.searcher.doc(address)["ids"][0])
        return Hit(id_, lesson, clip, float(score))

    def counts(self) -> Counts:
        """Beside the filters; those that no filter narrows are counted in one go."""
        narrowed = {kind.split(" ")[0] for kind in self._filters}
        found: dict[str, tuple[tuple[str, int], ...]] = {}
        for kinds in ([k for k in COUNTED if k not in narrowed], *([kind] for kind in sorted(narrowed))):
            asked = {
                kind: {"terms": {"field": COUNTED_FIELD.format(kind), "size": _MOST_VALUES}} for kind in kinds
            }
            if not asked:
                continue
            answer = self._view.searcher.aggregate(self._filtered(kinds[0]), asked)
            for kind in kinds:
                found[kind] = ordered((b["key"], int(b["doc_count"])) for b in answer[kind]["buckets"])
        return Counts(**found)
