"""Whoosh's files of terms and postings, written and looked up in one go each.

The bytes are those of Whoosh's third codec, so Whoosh itself can read, merge and check them. It writes a term
through some forty calls and looks one up through twenty; a lecture of 2,000 characters has a thousand terms
that no other lecture has. Only the pinned version's format is used; ``check_whoosh`` guards that.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5
from operator import sub
from pickle import dumps, loads
from struct import Struct
from typing import Any

_MAGIC = b"W3Bl"
_LENGTH = Struct("!i")
_LENGTHS = Struct("!ii")
_SLOT = Struct("!Iq")
_FIELD = Struct("!H")
# Flags, total weight, documents, shortest and longest (not kept here), highest weight, first and last
# document, where the postings lie and how long they are.
_ABOUT = Struct("!BfIBBfIIqi")
_PICKLE = 2

# zlib at level 1 halves long lists; below this it costs more time than it saves in bytes.
_COMPRESS_FROM_BYTES = 600
_COMPRESSION = 1
_BUFFER_BYTES = 1 << 20

Block = tuple[Sequence[int], Sequence[float] | float | None, Sequence[bytes] | None]

# The postings of a term: document, weight and packed positions, again and again.
Flat = list[Any]


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
        for term, flat in sorted((term.encode(), flat) for term, flat in terms.items()):
            about = self._write_postings(flat, with_values=with_values)
            self._add(prefix + term, about)
            if len(self._postings) > _BUFFER_BYTES:
                self._flush()

    def _write_postings(self, flat: Flat, *, with_values: bool) -> bytes:
        """One block that is the last; what Whoosh keeps about the term."""
        ids, weights = flat[0::3], flat[1::3]
        highest = max(weights)
        kept: Any = tuple(weights) if min(weights) != highest else None if highest == 1 else float(highest)
        deltas = (ids[0], *map(sub, ids[1:], ids)) if len(ids) > 1 else (ids[0],)
        data = dumps((deltas, kept, tuple(flat[2::3]) if with_values else None), _PICKLE)
        compression = _COMPRESSION if len(data) >= _COMPRESS_FROM_BYTES else 0
        if compression:
            data = zlib.compress(data, compression)
        info = dumps((len(ids), ids[-1], highest, compression, 0, 0), _PICKLE)
        block = _MAGIC + _LENGTH.pack(-len(info) - len(data)) + info + data
        at = self._postings_at + len(self._postings)
        self._postings += block
        return _ABOUT.pack(0, sum(weights), len(ids), 0, 0, highest, ids[0], ids[-1], at, len(block))

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

    def blocks(self, field: str, term: str) -> Iterator[Block]:
        """The postings of a term, block by block; none when nobody holds it. Raises anything on damage."""
        at = self._find(field, term)
        if at is None:
            return
        file = self._postings
        if file[at : at + 4] != _MAGIC:
            raise ValueError("no postings where a term's postings should be")
        at += 4
        last = False
        while not last:
            (length,) = _LENGTH.unpack_from(file, at)
            last, length = length < 0, abs(length)
            file.seek(at + _LENGTH.size)
            block = file.read(length)
            info = loads(block)  # noqa: S301  # the folder is the service's own
            # The data begin where the first pickle ends; it comes out as long as it was when made again.
            start = len(dumps(info, _PICKLE))
            data = zlib.decompress(memoryview(block)[start:]) if info[3] else memoryview(block)[start:]
            yield loads(data)  # noqa: S301
            at += _LENGTH.size + length

    def _find(self, field: str, term: str) -> int | None:
        """Where the postings of a term begin."""
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
                    where: int = _ABOUT.unpack_from(file, at + size)[8]
                    return where
        return None
