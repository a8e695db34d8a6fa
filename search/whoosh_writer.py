"""Write a Whoosh segment several times as fast as Whoosh does, in the same format on disk.

Whoosh keeps every posting as a tuple, sorts them all and pushes them one by one through five calls. Here
postings are grouped by term as they come (documents come in order, so the groups are sorted already) and
``whoosh_terms`` writes them. Only private parts of the pinned version are used; ``check_whoosh`` guards that.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from secrets import token_hex
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from search.whoosh_schema import Entry, pack_positions
from search.whoosh_terms import Flat, TermWriter

# Merging copies postings at about 2 ms a document and happens inside the commit; what was published must be
# found within seconds. Eight segments of a size become one, up to this many documents.
MERGE_AT_MOST = 1_000
MERGE_FAN_IN = 8


class _Groups:
    """Stands in for Whoosh's sorting pool."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Flat]] = defaultdict(partial(defaultdict, list))

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Called by Whoosh for each posting of a segment that is merged."""
        field, term, document, weight, value = item
        self.fields[field][term.decode()].extend((document, weight, value))

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
                    groups[term].extend((document, weight, pack_positions(positions[term])))

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
        self.perdocwriter.start_doc(self.docnum)
        self.perdocwriter.add_field("ids", self.schema["ids"], entry.ids, 0)
        for name, value in entry.columns.items():
            self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)
        self.perdocwriter.finish_doc()
        self.pool.add_entry(entry, self.docnum)
        self._added = True
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


def _merge(writer: Any, segments: list[Any]) -> None:
    for segment in segments:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
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
