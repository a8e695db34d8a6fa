"""Walking the boxes of an ISO media file (MP4, MOV): enough to see what is missing and which codecs it holds.

Rules: ISO/IEC 14496-12 (boxes), 14496-15 (avcC), 14496-1 (esds), RFC 6381 (codec names).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_INDEX_LIMIT_BYTES = 256 * 2**20
_BOXES_LIMIT = 10_000
"""Boxes of an index that are looked at; a hundred tracks have fewer."""

_SAME_LENGTH_S = 0.5
_TOP_BOXES_LIMIT = 200_000
"""A day of fragmented recording has fewer; a file with more is hostile."""


@dataclass(frozen=True)
class Box:
    """A box: its kind, where its body starts, and where it says it ends (which may be beyond the file)."""

    kind: bytes
    body: int
    end: int


def top_boxes(path: Path) -> tuple[Box, ...]:
    """Return the boxes at the top of a file, reading only headers; stops at the first impossible one."""
    size = path.stat().st_size
    found: list[Box] = []
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size and len(found) < _TOP_BOXES_LIMIT:
            file.seek(at)
            box = _box(file.read(16), at, size)
            if box is None:
                break
            found.append(box)
            at = box.end
    return tuple(found)


def is_whole(path: Path, *kinds: bytes) -> bool:
    """True when a file consists of complete boxes to its last byte, and `kinds` are among them."""
    found = top_boxes(path) if path.is_file() else ()
    return bool(found) and found[-1].end == path.stat().st_size and set(kinds) <= {box.kind for box in found}


def sample_entries(path: Path) -> tuple[bytes, ...]:
    """Return the kind of each track's samples (avc1, mp4a, encv for protected ones ...)."""
    return tuple(kinds[0] for kinds in sample_descriptions(path) if kinds)


def sample_descriptions(path: Path) -> tuple[tuple[bytes, ...], ...]:
    """Return the kinds of each track's descriptions of samples: usually one, of joined parts more."""
    index = next((box for box in top_boxes(path) if box.kind == b"moov"), None)
    if index is None or index.end - index.body > _INDEX_LIMIT_BYTES:
        return ()
    with path.open("rb") as file:
        file.seek(index.body)
        data = file.read(index.end - index.body)
    tracks = (children(data, stsd.body + 8, stsd.end) for stsd in _find_all(data, b"stsd"))
    return tuple(tuple(entry.kind for entry in entries) for entries in tracks)


def says_true_lengths(path: Path) -> bool:
    """True when each track's length in words (mdhd) is that of its samples (stts), and all are listed.

    False for a fragmented file, whose samples are listed along the way, and when it cannot be told.
    """
    found = top_boxes(path)
    index = next((box for box in found if box.kind == b"moov"), None)
    if index is None or index.end - index.body > _INDEX_LIMIT_BYTES or b"moof" in {box.kind for box in found}:
        return False
    with path.open("rb") as file:
        file.seek(index.body)
        data = file.read(index.end - index.body)
    told = [_told_length_s(data, header) for header in _find_all(data, b"mdhd")]
    times = [_samples_length(data, table) for table in _find_all(data, b"stts")]
    return len(told) == len(times) > 0 and all(
        one is not None and abs(one[0] - length / one[1]) <= _SAME_LENGTH_S
        for one, length in zip(told, times, strict=True)
    )


def _told_length_s(data: bytes, header: Box) -> tuple[float, int] | None:
    """(length in seconds, units per second) of a track's media header (ISO/IEC 14496-12, 8.4.2)."""
    wide = data[header.body : header.body + 1] == b"\x01"
    at, width = header.body + (20 if wide else 12), 8 if wide else 4
    scale = int.from_bytes(data[at : at + 4], "big")
    return (int.from_bytes(data[at + 4 : at + 4 + width], "big") / scale, scale) if scale else None


def _samples_length(data: bytes, table: Box) -> int:
    """Sum of all samples' durations, in the track's units (8.6.1.2)."""
    pairs = memoryview(data)[table.body + 8 : table.end]
    pairs = pairs[: len(pairs) // 8 * 8]
    counts = struct.iter_unpack(">II", pairs)
    return sum(count * each for count, each in counts)


def codec_names(init: bytes) -> tuple[str, ...]:
    """Return the RFC 6381 names of the tracks of an initialisation segment, picture first."""
    names = [name for entry in _find_all(init, b"stsd") if (name := _codec_name(init, entry))]
    return tuple(sorted(names, key=lambda name: name.startswith("mp4a")))


def _box(header: bytes, at: int, size: int) -> Box | None:
    length, kind = int.from_bytes(header[:4], "big"), header[4:8]
    body = at + 8
    if length == 1 and len(header) >= 16:
        length, body = int.from_bytes(header[8:16], "big"), at + 16
    elif length == 0:  # "to the end of the file"
        length = size - at
    return Box(kind, body, at + length) if length >= body - at else None


def children(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that lie between two places in `data`, up to the first that cannot be."""
    at = start
    for _ in range(_BOXES_LIMIT):
        if at + 8 > end:
            return
        box = _box(data[at : at + 16], at, end)
        if box is None or box.end > end:
            return
        yield box
        at = box.end


def _find_all(data: bytes, kind: bytes) -> Iterator[Box]:
    todo = deque(children(data, 0, len(data)))
    for _ in range(_BOXES_LIMIT):
        if not todo:
            return
        box = todo.popleft()
        if box.kind == kind:
            yield box
        elif box.kind in _CONTAINERS:
            todo.extend(children(data, box.body, box.end))


def _codec_name(data: bytes, stsd: Box) -> str | None:
    entry = next(children(data, stsd.body + 8, stsd.end), None)
    if entry is None:
        return None
    if entry.kind in {b"avc1", b"avc3"}:
        config = _child(data, entry.body + 78, entry.end, b"avcC")
        return (
            None
            if config is None
            else f"{entry.kind.decode()}.{data[config.body + 1 : config.body + 4].hex()}"
        )
    if entry.kind == b"mp4a":
        config = _child(data, entry.body + 28, entry.end, b"esds")
        return None if config is None else _aac_name(data[config.body + 4 : config.end])
    return None


def _child(data: bytes, start: int, end: int, kind: bytes) -> Box | None:
    return next((box for box in children(data, start, end) if box.kind == kind), None)


def _aac_name(descriptors: bytes) -> str | None:
    """Find the AudioSpecificConfig (tag 5) inside ES (3) and DecoderConfig (4) and read its object type."""
    at = 0
    while at + 2 <= len(descriptors):
        tag, at = descriptors[at], at + 1
        while at < len(descriptors) and descriptors[at] & 0x80:  # a length in groups of seven bits
            at += 1
        at += 1
        if tag == 3:
            at += 3
        elif tag == 4:
            at += 13
        elif tag == 5 and at < len(descriptors):
            return f"mp4a.40.{descriptors[at] >> 3}"
        else:
            return None
    return None
