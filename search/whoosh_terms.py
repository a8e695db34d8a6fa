"""The postings of a segment, and the way from a term to them, written and looked up in one go each.

The dictionary of terms is Whoosh's own. The postings are not: Whoosh pickles tuples of numbers block by
block, writes a term through some forty calls and looks one up through twenty; a lecture of 2,000 characters
has a thousand terms that no other lecture has. Here a list of postings is one piece that numpy reads.
Only the pinned version's dictionary is used; ``check_whoosh`` guards that.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5
from operator import sub
from struct import Struct, pack
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_LENGTHS = Struct("!ii")
_SLOT = Struct("!Iq")
_FIELD = Struct("!H")
# Flags, total weight, documents, shortest and longest (not kept here), highest weight, first and last
# document, where the postings lie and how long they are.
_ABOUT = Struct("!BfIBBfIIqi")
# Before a list: is it compressed, has it positions, how many documents.
_HEAD = Struct("<BBI")
_SINGLE = Struct("<If")

# zlib at level 1 halves long lists; below this it costs more time than it saves in bytes.
_COMPRESS_FROM_BYTES = 600
_COMPRESSION = 1
_BUFFER_BYTES = 1 << 20

# The postings of a term: document, weight and packed positions (or None), again and again.
Flat = list[Any]


class Block(NamedTuple):
    """The postings of a term. ``positions``: of all documents one after the other, ``counts`` of each."""

    ids: NDArray[np.intp]
    weights: NDArray[np.float64]
    counts: NDArray[np.intp]
    positions: NDArray[np.uint32]


def packed(flat: Flat, *, with_values: bool) -> bytes:
    """A list as it lies in the file."""
    if len(flat) == 3 and not with_values:  # most terms of most lectures
        return _HEAD.pack(0, 0, 1) + _SINGLE.pack(flat[0], flat[1])
    ids, weights = flat[0::3], flat[1::3]
    count = len(ids)
    data = pack(f"<{count}I{count}f", ids[0], *map(sub, ids[1:], ids), *weights)
    if with_values:
        values = flat[2::3]
        data += pack(f"<{count}I", *(len(value) // 4 for value in values)) + b"".join(values)
    compressed = len(data) >= _COMPRESS_FROM_BYTES
    return _HEAD.pack(compressed, with_values, count) + (
        zlib.compress(data, _COMPRESSION) if compressed else data
    )


def unpacked(found: bytes, *, with_positions: bool = False) -> Block:
    """Read a list. Raises ValueError, zlib.error or struct.error for what ``packed`` did not write."""
    compressed, has_values, count = _HEAD.unpack_from(found)
    if compressed > 1 or has_values > 1 or not count:
        raise ValueError("no postings where a term's postings should be")
    data = zlib.decompress(memoryview(found)[_HEAD.size :]) if compressed else found
    at = 0 if compressed else _HEAD.size
    ids = np.frombuffer(data, "<u4", count, at).cumsum(dtype=np.intp)
    weights = np.frombuffer(data, "<f4", count, at + 4 * count).astype(np.float64)
    counts, positions = _NONE
    if with_positions and has_values:
        counts = np.frombuffer(data, "<u4", count, at + 8 * count).astype(np.intp)
        positions = np.frombuffer(data, "<u4", int(counts.sum()), at + 12 * count)
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

    def write_field(self, name: str, terms: Mapping[str, Flat], *, with_values: bool) -> None:
        """All terms of a field; fields come in the order of their names, as Whoosh expects its keys."""
        number = self._fields._fieldmap.setdefault(name, len(self._fields._fieldmap))
        prefix = _FIELD.pack(number)
        # By code points, which is the order of their bytes too.
        for term in sorted(terms):
            about = self._write_postings(terms[term], with_values=with_values)
            self._add(prefix + term.encode(), about)
            if len(self._postings) > _BUFFER_BYTES:
                self._flush()

    def _write_postings(self, flat: Flat, *, with_values: bool) -> bytes:
        """What Whoosh's dictionary keeps about the term."""
        weights = flat[1::3]
        block = packed(flat, with_values=with_values)
        at = self._postings_at + len(self._postings)
        self._postings += block
        last, count = flat[-3], len(weights)
        return _ABOUT.pack(0, sum(weights), count, 0, 0, max(weights), flat[0], last, at, len(block))

    def _add(self, key: bytes, value: bytes) -> None:
        at = self._terms_at + len(self._terms)
        self._terms += _LENGTHS.pack(len(key), len(value)) + key + value
        hashed = int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")
        self._index.buckets[hashed & 255].append((hashed, at))
        self._index.index.append(at)

    def _flush(self) -> None:
        self._index.dbfile.write(bytes(self._terms))
        self._fields._postfile.write(bytes(self._postings))
        self._terms_at += len(self._terms)
        self._postings_at += len(self._postings)
        self._terms.clear()
        self._postings.clear()

    def close(self) -> None:
        """Write what is left and the tables that lead to it."""
        self._flush()
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


class TermLookup:
    """Finds the postings of a term in the files of one segment, held in memory as the system sees fit."""

    def __init__(self, terms: Any) -> None:
        self._tables: Sequence[tuple[int, int]] = terms._tindex.tables
        self._fields: Mapping[str, bytes] = {n: _FIELD.pack(i) for n, i in terms._fieldmap.items()}
        self._terms: mmap.mmap = terms._dbfile.file
        self._postings: mmap.mmap = terms._postfile.file

    def find(self, field: str, term: str, *, with_positions: bool = False) -> Block | None:
        """The postings of a term; None when nobody holds it. Raises anything on damage."""
        place = self._find(field, term)
        if place is None:
            return None
        at, length = place
        return unpacked(self._postings[at : at + length], with_positions=with_positions)

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
        key = prefix + term.encode()
        hashed = int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")
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
