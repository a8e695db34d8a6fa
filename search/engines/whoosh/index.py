"""The index in Whoosh: a folder of generations on the local disk, one of them in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np

from search.disk import generations
from search.document import Document
from search.engine import Counts, Filters, Hit, Popularity, Results, Sort, Suggestion
from search.engines.whoosh.reader import Segment, WhooshReader
from search.engines.whoosh.schema import entry_of
from search.engines.whoosh.store import WhooshStore, damage
from search.errors import IndexDamaged
from search.meaning.did_you_mean import corrections, first_better
from search.meaning.letters import LetterReader
from search.meaning.suggestions import suggest
from search.meaning.visible_terms import VisibleTerms
from search.query import Query, parse
from search.ranking.counts import count, everything_but
from search.ranking.keys import RECOGNISED, filter_keys, key
from search.ranking.leaf import Mask, holders, with_sequence
from search.ranking.plan import NAMES, plan
from search.ranking.rank import RankedDocument, are_all_held, heard_if_rare, rank
from search.text.analysis import pairs
from search.text.dictionary import NO_DICTIONARY, Dictionary


class WhooshIndex:
    """A SearchEngine in a folder. Cheap to hold; follows commits and swaps made by other processes.

    Safe to use from several threads: searches take turns (they compute in Python, so they would anyway),
    and a commit disturbs no search.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = Lock()
        self._generation: str | None = None
        self._reader: WhooshReader | None = None

    @classmethod
    def open_or_create(cls, folder: Path) -> WhooshIndex:
        """Open the index in a folder, or lay an empty one into a new folder.

        Raises IndexDamaged (also when generations are there but none is named as current) and SchemaChanged;
        in both cases ``rebuild`` puts a new generation beside. Erases nothing.
        """
        generations.ensure(folder, WhooshStore.create)
        index = cls(folder)
        with index._reading():
            return index

    def apply(self, upserts: Iterable[Document], replaced_lessons: Iterable[str], mark: int) -> int:
        """See SearchEngine. About 8 ms and 110 kB of memory a document: give it at most a thousand at once.

        Raises IndexBusy when another process writes, IndexDamaged, SchemaChanged.
        """
        documents = {document.id: document for document in upserts}
        lessons = {*replaced_lessons, *(document.lesson for document in documents.values())}
        return self._store().write(map(entry_of, documents.values()), lessons, mark)

    def mark(self) -> int:
        """See SearchEngine."""
        return self._store().manifest().mark

    def doc_count(self) -> int:
        """See SearchEngine."""
        with self._reading() as reader:
            return sum(int(np.count_nonzero(segment.alive)) for segment in reader.segments)

    def search(
        self,
        query: Query | str,
        scope: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Filters | None = None,
        sort: Sort = "relevance",
        dictionary: Dictionary = NO_DICTIONARY,
        counts: bool = False,
        popularity: Popularity | None = None,
    ) -> Results:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        skipped = max(0, offset)
        with self._reading() as reader:
            segments = reader.segments
            visible = [_visible(segment, scope) for segment in segments]
            if parsed.is_empty or not any(some.any() for some in visible):
                return Results(0, ())
            letters = LetterReader(_terms(reader, visible))
            has_recognised = _are_recognised(segments, visible)
            wanted = plan(parsed, dictionary, letters, has_recognised=has_recognised)
            wanted = heard_if_rare(wanted, segments, visible)
            allowed = {
                kind: [holders(segment, "keys", keys) for segment in segments]
                for kind, keys in filter_keys(filters).items()
            }
            open_to = everything_but("", allowed, [segment.alive for segment in segments])
            most = skipped + limit if limit > 0 else 0
            ranking = rank(wanted, segments, visible, open_to, wanted=most, sort=sort, popularity=popularity)
            counted = count(segments, ranking.matching, allowed) if counts and ranking.matching else Counts()
            return Results(
                total=ranking.total,
                hits=tuple(_hit(ranked, segments) for ranked in ranking.best[skipped:]),
                relaxed=ranking.relaxed,
                in_part=ranking.in_part,
                weights=ranking.weights,
                counts=counted,
                heard=letters.texts,
                by_sound=bool(wanted.heard),
            )

    def suggest(self, typed: str, scope: frozenset[str], limit: int = 8) -> list[Suggestion]:
        """See SearchEngine."""
        with self._reading() as reader:
            visible = [_visible(segment, scope) for segment in reader.segments]
            return suggest(_terms(reader, visible), typed, limit)

    def did_you_mean(
        self,
        query: Query | str,
        scope: frozenset[str],
        dictionary: Dictionary = NO_DICTIONARY,
        *,
        sounds_only: bool = False,
    ) -> str | None:
        """See SearchEngine."""
        parsed = parse(query) if isinstance(query, str) else query
        with self._reading() as reader:
            segments = reader.segments
            visible = [_visible(segment, scope) for segment in segments]
            terms = _terms(reader, visible)
            has_recognised = _are_recognised(segments, visible)
            candidates = corrections(terms, parsed, dictionary, sounds_only=sounds_only)
            return first_better(
                candidates,
                lambda one: are_all_held(
                    plan(one, dictionary, LetterReader(terms), has_recognised=has_recognised),
                    segments,
                    visible,
                ),
            )

    def close(self) -> None:
        """Let go of the files held open; the next use opens them again."""
        with self._turn:
            self._forget()

    def _forget(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._generation = None

    def _store(self) -> WhooshStore:
        name = generations.current(self.folder)
        if name is None:
            raise IndexDamaged(f"{self.folder} names no generation in use")
        return WhooshStore.open(self.folder / name)

    @contextmanager
    def _reading(self) -> Iterator[WhooshReader]:
        """The segments of the last commit of the generation in use, for one thread at a time."""
        with self._turn:
            name = generations.current(self.folder)
            if name != self._generation or self._reader is None:
                self._forget()
                self._reader = WhooshReader(self._store())
                self._generation = name
            self._reader.refresh()
            yield self._reader


def _are_recognised(segments: list[Segment], visible: list[Mask]) -> bool:
    """Whether any visible document holds words that a machine recognised."""
    return any(
        seen[segment.postings("keys", RECOGNISED).ids].any()
        for segment, seen in zip(segments, visible, strict=True)
    )


def _visible(segment: Segment, scope: frozenset[str]) -> Mask:
    return segment.alive & holders(segment, "keys", [key("scope", token) for token in sorted(scope)])


def _terms(reader: WhooshReader, visible: list[Mask]) -> VisibleTerms:
    segments = reader.segments
    # Who sees all of a part is not asked document by document.
    sees_all = [bool(seen.all()) for seen in visible]

    def holding(field: str, term: str) -> int:
        return sum(
            int(np.count_nonzero(seen[segment.postings(field, term).ids]))
            for segment, seen in zip(segments, visible, strict=True)
        )

    def has(field: str, term: str) -> bool:
        if not reader.may_hold(field, term):
            return False
        with damage("the terms of the index"):
            return any(
                segment.holds(field, term) and (all_of or seen[segment.postings(field, term).ids].any())
                for segment, seen, all_of in zip(segments, visible, sees_all, strict=True)
            )

    def saying(units: tuple[str, ...]) -> list[Mask]:
        wanted = pairs(units)
        with damage("the terms of the index"):
            if not all(reader.may_hold("pairs", one) for one in wanted):
                return []
            # Where one of its pairs is not, no positions are read.
            return [
                seen & with_sequence(segment, "pairs", units)
                if all(segment.holds("pairs", one) for one in wanted)
                else seen[:0]
                for segment, seen in zip(segments, visible, strict=True)
            ]

    def written(units: tuple[str, ...]) -> int:
        found = 0
        for segment, said in zip(segments, saying(units), strict=False):
            recognised = segment.postings("keys", RECOGNISED).ids
            found += int(np.count_nonzero(said))
            found -= int(np.count_nonzero(said[recognised])) if len(said) else 0
        return found

    return VisibleTerms(
        names=reader.names,
        count_named=lambda term: holding(NAMES, term),
        has=has,
        count_saying=lambda units: sum(int(np.count_nonzero(said)) for said in saying(units)),
        pairs_from=lambda unit: (term for segment in segments for term in segment.terms("pairs", unit)),
        count_written=written,
    )


def _hit(ranked: RankedDocument, segments: list[Segment]) -> Hit:
    id_, lesson, clip = segments[ranked.leaf].ids(ranked.document)
    return Hit(id_, lesson, clip, ranked.score)
