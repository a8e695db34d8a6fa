"""The postings of a segment, and the way from a term to them, written and looked up in one go each.

The dictionary of terms is Whoosh's own. The postings are not: Whoosh pickles tuples of numbers block by
block, writes a term through some forty calls and looks one up through twenty; a lecture of 2,000 characters
has a thousand terms that no other lecture has. Here a list of postings is one piece that numpy reads.
Only the pinned version's dictionary is used; ``check_whoosh`` guards that.
"""

from __future__ import annotations

import mmap
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import md5
from itertools import chain
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_LENGTHS = Struct("!ii")
_SLOT = Struct("!Iq")
_SLOTS = np.dtype([("hashed", ">u4"), ("at", ">i8")])
_NO_SLOTS = np.empty(0, _SLOTS)
_FIELD = Struct("!H")
# Flags, total weight, documents, shortest and longest (not kept here), highest weight, first and last
# document, where the postings lie and how long they are.
_ABOUT = Struct("!BfIBBfIIqi")
# Before a list: is it compressed, has it positions, how many documents.
_HEAD = Struct("=BBI")
_ONE = Struct("=I")

# zlib at level 1 halves long lists; below this it costs more time than it saves in bytes.
_COMPRESS_FROM_BYTES = 600
_COMPRESSION = 1
_TERMS_AT_ONCE = 10_000

# 2 MB, of which 20,000 lectures of 2,000 characters take a tenth of the bits.
_HASH_BITS = 24
_HASH_MASK = (1 << _HASH_BITS) - 1

# Where a term stands in a document: its one ordinal position, or several as they lie in the file.
Place = int | bytes

# The postings of a term: document, weight and place (or None), again and again.
Flat = list[Any]


class Block(NamedTuple):
    """The postings of a term. ``positions``: of all documents one after the other, ``counts`` of each."""

    ids: NDArray[np.intp]
    weights: NDArray[np.float64]
    counts: NDArray[np.intp]
    positions: NDArray[np.uint32]


def place_of(at: int | Sequence[int]) -> Place:
    """Ordinal positions as a posting holds them; a single one is packed when all of a field's are."""
    return at if isinstance(at, int) else array("I", at).tobytes()


class _Columns:
    """The postings of some terms as the file has them: each column of all terms in one piece, made by numpy,
    from which every term takes its slice. (A lecture has a thousand terms of its own; to pack each by itself
    was half of indexing.)"""

    def __init__(self, lists: Sequence[Flat], *, with_values: bool) -> None:
        flat = list(chain.from_iterable(lists))
        self.counts = [len(one) // 3 for one in lists]
        ends = np.cumsum(self.counts, dtype=np.intp)
        starts = ends - self.counts
        ids = np.frombuffer(array("I", flat[0::3]), "=u4")
        weights = np.frombuffer(array("f", flat[1::3]), "=f4")
        steps = np.diff(ids, prepend=ids[:1])
        steps[starts] = ids[starts]
        self.first, self.last = ids[starts].tolist(), ids[ends - 1].tolist()
        self.total = np.add.reduceat(weights, starts).tolist()
        self.most = np.maximum.reduceat(weights, starts).tolist()
        self._steps, self._weights, self._with_values = steps.tobytes(), weights.tobytes(), with_values
        self._several, self._places, self._places_ends = b"", b"", [0] * len(lists)
        if with_values:
            places = flat[2::3]
            several = np.array([1 if type(place) is int else len(place) >> 2 for place in places], "=u4")
            self._several = several.tobytes()
            self._places = b"".join([_ONE.pack(place) if type(place) is int else place for place in places])
            self._places_ends = (4 * several.cumsum(dtype=np.intp)[ends - 1]).tolist()

    def blocks(self) -> Iterator[bytes]:
        """The postings of each term."""
        steps, weights, several, places = self._steps, self._weights, self._several, self._places
        at = places_at = 0
        for count, places_end in zip(self.counts, self._places_ends, strict=True):
            end = at + 4 * count
            data = steps[at:end] + weights[at:end] + several[at:end] + places[places_at:places_end]
            at, places_at = end, places_end
            if len(data) < _COMPRESS_FROM_BYTES:
                yield _HEAD.pack(0, self._with_values, count) + data
            else:
                yield _HEAD.pack(1, self._with_values, count) + zlib.compress(data, _COMPRESSION)


def unpacked(found: bytes, *, with_positions: bool = False) -> Block:
    """Read a list. Raises ValueError, zlib.error or struct.error for what ``packed`` did not write."""
    compressed, has_values, count = _HEAD.unpack_from(found)
    if compressed > 1 or has_values > 1 or not count:
        raise ValueError("no postings where a term's postings should be")
    data = zlib.decompress(memoryview(found)[_HEAD.size :]) if compressed else found
    at = 0 if compressed else _HEAD.size
    ids = np.frombuffer(data, "=u4", count, at).cumsum(dtype=np.intp)
    weights = np.frombuffer(data, "=f4", count, at + 4 * count).astype(np.float64)
    counts, positions = _NONE
    if with_positions and has_values:
        counts = np.frombuffer(data, "=u4", count, at + 8 * count).astype(np.intp)
        positions = np.frombuffer(data, "=u4", int(counts.sum()), at + 12 * count)
    return Block(ids, weights, counts, positions)


_NONE = (np.empty(0, np.intp), np.empty(0, np.uint32))


class TermWriter:
    """Writes the terms of a segment into the files of Whoosh's field writer; it is closed afterwards."""

    def __init__(self, fields: Any) -> None:
        self._fields = fields
        self._index = fields._tindex
        self._terms_at: int = self._index.tell()
        self._postings_at: int = fields._postfile.tell()
        self._terms = bytearray()
        self._postings = bytearray()
        self._places = array("q")

    def write_field(self, name: str, terms: Mapping[str, Flat], *, with_values: bool) -> None:
        """All terms of a field; fields come in the order of their names, as Whoosh expects its keys."""
        number = self._fields._fieldmap.setdefault(name, len(self._fields._fieldmap))
        prefix = _FIELD.pack(number)
        # By code points, which is the order of their bytes too. In pieces, so that the buffers stay small.
        ordered = sorted(terms)
        for first in range(0, len(ordered), _TERMS_AT_ONCE):
            self._write_terms(prefix, ordered[first : first + _TERMS_AT_ONCE], terms, with_values)
            self._flush()

    def _write_terms(
        self, prefix: bytes, ordered: Sequence[str], terms: Mapping[str, Flat], with_values: bool
    ) -> None:
        """Some terms with what Whoosh's dictionary keeps about each, and their postings."""
        about, postings, buckets = self._terms, self._postings, self._index.buckets
        columns = _Columns([terms[term] for term in ordered], with_values=with_values)
        facts = zip(
            ordered,
            columns.blocks(),
            columns.total,
            columns.counts,
            columns.most,
            columns.first,
            columns.last,
            strict=True,
        )
        for term, block, total, count, most, first, last in facts:
            key = prefix + term.encode()
            at = self._terms_at + len(about)
            self._places.append(at)
            hashed = int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")
            buckets[hashed & 255].append((hashed, at))
            about += _LENGTHS.pack(len(key), _ABOUT.size)
            about += key
            about += _ABOUT.pack(
                0, total, count, 0, 0, most, first, last, self._postings_at + len(postings), len(block)
            )
            postings += block

    def _flush(self) -> None:
        self._index.dbfile.write(bytes(self._terms))
        self._fields._postfile.write(bytes(self._postings))
        self._terms_at += len(self._terms)
        self._postings_at += len(self._postings)
        self._terms.clear()
        self._postings.clear()

    def close(self) -> None:
        """Write what is left and the tables that lead to it."""
        # Four bytes for each, as long as they suffice; Whoosh writes down which.
        small = not self._places or self._places[-1] < 1 << 31
        self._index.index.array = array("i", self._places) if small else self._places
        self._index._write_hashes = self._write_hashes
        self._fields.close()

    def _write_hashes(self) -> None:
        """Called by Whoosh when it closes the file."""
        index = self._index
        for entries in index.buckets:
            slots = 2 * len(entries)
            index.directory.append((index.dbfile.tell(), slots))
            table: list[tuple[int, int] | None] = [None] * slots
            for hashed, at in entries:
                slot = (hashed >> 8) % slots
                while table[slot] is not None:
                    slot = (slot + 1) % slots
                table[slot] = (hashed, at)
            empty = _SLOT.pack(0, 0)
            index.dbfile.write(b"".join(empty if entry is None else _SLOT.pack(*entry) for entry in table))


@lru_cache(maxsize=10_000)
def _hashed(prefix: bytes, term: str) -> tuple[bytes, int]:
    # The same term is looked for in every segment.
    key = prefix + term.encode()
    return key, int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")


class KnownTerms:
    """Which terms any of some segments may hold: nearly all that nobody holds are told by one bit, without a
    look into each segment. Terms of segments that are gone stay, and cost a look."""

    def __init__(self) -> None:
        self._bits = np.zeros(1 << (_HASH_BITS - 3), np.uint8)
        self._prefixes: dict[str, set[bytes]] = {}

    def add(self, lookup: TermLookup) -> None:
        """Learn the terms of a segment. Raises anything on damage."""
        hashes = lookup.hashes() & _HASH_MASK
        np.bitwise_or.at(self._bits, hashes >> 3, np.left_shift(1, hashes & 7).astype(np.uint8))
        for field, prefix in lookup.prefixes.items():
            self._prefixes.setdefault(field, set()).add(prefix)

    def may_hold(self, field: str, term: str) -> bool:
        """False for what no segment holds; for one of ten of these True."""
        for prefix in self._prefixes.get(field, ()):
            hashed = _hashed(prefix, term)[1] & _HASH_MASK
            if self._bits[hashed >> 3] >> (hashed & 7) & 1:
                return True
        return False


class TermLookup:
    """Finds the postings of a term in the files of one segment, held in memory as the system sees fit."""

    def __init__(self, terms: Any) -> None:
        self._tables: Sequence[tuple[int, int]] = terms._tindex.tables
        self._fields: Mapping[str, bytes] = {n: _FIELD.pack(i) for n, i in terms._fieldmap.items()}
        self._index = terms._tindex
        self._terms: mmap.mmap = terms._dbfile.file
        self._postings: mmap.mmap = terms._postfile.file

    @property
    def prefixes(self) -> Mapping[str, bytes]:
        """What the keys of each field's terms begin with."""
        return self._fields

    def hashes(self) -> NDArray[np.uint32]:
        """The hashes of all terms."""
        found = []
        for start, slots in self._tables:
            table = np.frombuffer(self._terms, _SLOTS, slots, start) if slots else _NO_SLOTS
            found.append(table["hashed"][table["at"] != 0].astype(np.uint32))
        return np.concatenate(found)

    def find(self, field: str, term: str, *, with_positions: bool = False) -> Block | None:
        """The postings of a term; None when nobody holds it. Raises anything on damage."""
        place = self._find(field, term)
        if place is None:
            return None
        at, length = place
        return unpacked(self._postings[at : at + length], with_positions=with_positions)

    def holds(self, field: str, term: str) -> bool:
        """Whether anybody holds a term; its postings are not read."""
        return self._find(field, term) is not None

    def beginning(self, field: str, start: str) -> Iterator[str]:
        """The terms of a field that begin so, in order. Raises anything on damage."""
        prefix = self._fields.get(field)
        if prefix is None:
            return
        key, file = prefix + start.encode(), self._terms
        at, end = self._index.closest_key_pos(key), self._index.endofdata
        # Each lies behind the one before.
        while at is not None and at < end:
            size, about = _LENGTHS.unpack_from(file, at)
            at += _LENGTHS.size
            found = file[at : at + size]
            if not found.startswith(key):
                return
            yield found[len(prefix) :].decode()
            at += size + about

    def all_of(self, terms: Any) -> Iterator[tuple[str, str, Block]]:
        """(field, term, postings) of everything, to be written into another segment."""
        for field, term in terms.terms():
            found = self.find(field, term.decode(), with_positions=True)
            if found is not None:
                yield field, term.decode(), found

    def _find(self, field: str, term: str) -> tuple[int, int] | None:
        """Where the postings of a term begin, and how long they are."""
        prefix = self._fields.get(field)
        if prefix is None:
            return None
        key, hashed = _hashed(prefix, term)
        start, slots = self._tables[hashed & 255]
        file = self._terms
        for n in range(slots):
            slot = ((hashed >> 8) + n) % slots
            found, at = _SLOT.unpack_from(file, start + slot * _SLOT.size)
            if not at:
                return None
            if found == hashed:
                size, _ = _LENGTHS.unpack_from(file, at)
                at += _LENGTHS.size
                if file[at : at + size] == key:
                    *_, place, length = _ABOUT.unpack_from(file, at + size)
                    return place, length
        return None
