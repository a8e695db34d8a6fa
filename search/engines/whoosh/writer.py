"""Write a Whoosh segment several times as fast as Whoosh does.

Whoosh keeps every posting as a tuple, sorts them all and pushes them one by one through five calls. Here
postings are grouped by term as they come (documents come in order, so the groups are sorted already) and
``terms`` writes them. Only private parts of the pinned version are used; ``check_whoosh`` guards that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from secrets import token_hex
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from search.engines.whoosh.files import MappedStorage
from search.engines.whoosh.schema import COLUMNS, Entry
from search.engines.whoosh.terms import Block, Flat, Place, TermLookup, TermWriter, place_of

# Merging copies postings at about 2 ms a document and happens inside the commit; what was published must be
# found within seconds. Eight segments of a size become one, up to this many documents.
MERGE_AT_MOST = 1_000
MERGE_FAN_IN = 8


class _Groups:
    """Stands in for Whoosh's sorting pool."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Flat]] = defaultdict(partial(defaultdict, list))

    def add_block(self, field: str, term: str, block: Block, numbers: NDArray[np.intp]) -> None:
        """Postings of a segment that is merged; ``numbers``: of its documents, -1 for deleted ones."""
        if len(block.counts):
            ends = block.counts.cumsum()
            raw = block.positions.tobytes()
            values: list[Place | None] = [
                raw[4 * (end - count) : 4 * end] for end, count in zip(ends, block.counts, strict=True)
            ]
        else:
            values = [None] * len(block.ids)
        kept = self.fields[field]
        for number, weight, value in zip(
            numbers[block.ids].tolist(), block.weights.tolist(), values, strict=True
        ):
            if number >= 0:
                kept[term].extend((number, weight, value))

    def add_entry(self, entry: Entry, document: int) -> None:
        """All postings of a new document."""
        for field, weights in entry.weights.items():
            groups = self.fields[field]
            positions = entry.positions.get(field)
            if positions is None:
                for term, weight in weights.items():
                    groups[term].extend((document, weight, None))
            else:
                for term, weight in weights.items():
                    place = positions[term]
                    groups[term].extend((document, weight, place if type(place) is int else place_of(place)))

    def cleanup(self) -> None:
        """Called by Whoosh at the end."""
        self.fields.clear()


class _Codec(W3Codec):  # type: ignore[misc]  # Whoosh is Any here
    """Names segments so that no two ever share a name.

    Whoosh draws names from the module ``random``: after a seed, or in forked workers, it draws the same
    again and overwrites a segment that is in use.
    """

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        """Called by Whoosh's writer. The segment is pickled with the plain codec, not with this class."""
        return W3Segment(W3Codec(), indexname, segid=token_hex(8))


class GroupingWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh is Any here
    """A SegmentWriter with grouped postings, in plain files."""

    def __init__(self, index: Any, timeout_s: float) -> None:
        # One file per kind instead of one compound file: Whoosh copies a compound file into memory to
        # read it.
        super().__init__(index, timeout=timeout_s, codec=_Codec(), compound=False, limitmb=1)
        self.pool = _Groups()

    def add_entry(self, entry: Entry) -> None:
        """Take one document; it is in the index after ``commit``."""
        self.pool.add_entry(entry, self.docnum)
        self._add_document(entry.ids, entry.columns)
        self._added = True

    def add_segment(self, reader: SegmentReader) -> None:
        """Take the living documents of a segment."""
        columns = {name: reader.column_reader(name) for name in COLUMNS}
        numbers = np.full(reader.doc_count_all(), -1, np.intp)
        for document in reader.all_doc_ids():
            numbers[document] = self.docnum
            ids = reader.stored_fields(document)["ids"]
            self._add_document(ids, {name: int(column[document]) for name, column in columns.items()})
        for field, term, block in TermLookup(reader._terms).all_of(reader._terms):
            self.pool.add_block(field, term, block, numbers)
        self._added = True

    def _add_document(self, ids: tuple[str, str, str | None], columns: Mapping[str, int]) -> None:
        self.perdocwriter.start_doc(self.docnum)
        self.perdocwriter.add_field("ids", self.schema["ids"], ids, 0)
        for name, value in columns.items():
            self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)
        self.perdocwriter.finish_doc()
        self.docnum += 1

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        writer = TermWriter(self.fieldwriter)
        for field in sorted(self.pool.fields):
            with_values = self.schema[field].format.fixed_value_size() != 0
            writer.write_field(field, self.pool.fields[field], with_values=with_values)
        writer.close()


def merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """A merge policy for Whoosh's commit: at most one merge a commit, so that no commit takes long.

    Segments are sorted into tiers by their live documents (powers of the fan-in); the smallest full tier is
    merged. Segments with nothing left alive are dropped.
    """
    tiers: dict[int, list[Any]] = {}
    for segment in segments:
        if live := _live(segment):
            tiers.setdefault(_tier(live), []).append(segment)
    kept: list[Any] = []
    merged = False
    for _, tier in sorted(tiers.items()):
        if not merged and len(tier) >= MERGE_FAN_IN and sum(map(_live, tier)) <= MERGE_AT_MOST:
            _merge(writer, tier)
            merged = True
        else:
            kept += tier
    return kept


def _merge(writer: GroupingWriter, segments: list[Any]) -> None:
    storage = MappedStorage(writer.storage.folder)
    for segment in segments:
        reader = SegmentReader(storage, writer.schema, segment)
        try:
            writer.add_segment(reader)
        finally:
            reader.close()


def _live(segment: Any) -> int:
    live: int = segment.doc_count_all() - segment.deleted_count()
    return live


def _tier(documents: int) -> int:
    tier = 0
    while documents >= MERGE_FAN_IN:
        documents //= MERGE_FAN_IN
        tier += 1
    return tier
