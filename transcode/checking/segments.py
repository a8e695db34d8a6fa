"""What a rendition's files say: when each segment's picture and sound begin, and whether with a key frame.

Read from the boxes (ISO/IEC 14496-12, section 8.8), not from the playlist: the playlist is what ffmpeg meant
to write, the boxes are what a player will find.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from transcode.reading.boxes import Box, children

_BASE_OFFSET, _DESCRIPTION, _DURATION, _SIZE, _FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
"""Optional fields of a tfhd box."""

_DATA_OFFSET, _FIRST_FLAGS, _EACH_DURATION, _EACH_SIZE, _EACH_FLAGS, _EACH_OFFSET = (
    0x1, 0x4, 0x100, 0x200, 0x400, 0x800,
)  # fmt: skip
"""Optional fields of a trun box and of each sample in it."""

_NO_KEY = 0x10000
"""The bit sample_is_non_sync_sample."""


@dataclass(frozen=True)
class Track:
    """A track of an initialisation segment. `delay`: media time that lies before time 0 (edit list)."""

    number: int
    timescale: int
    delay: int


def picture_starts(folder: Path, init: str, segments: list[str]) -> list[tuple[float, bool]] | None:
    """Return for each segment when its first picture is shown, in seconds, and whether it is a key frame.

    None when there is no picture. Raises ValueError for boxes that are not as they should be.
    """
    track = _track((folder / init).read_bytes(), b"vide")
    if track is None:
        return None
    return [_first_sample(_head(folder / name), track) for name in segments]


def sound_apart(folder: Path, init: str, segments: list[str]) -> list[float | None] | None:
    """Return for each segment how many seconds its sound begins after its picture, as both are decoded.

    None stands for a segment without sound, and instead of the list when there is no picture or no sound at
    all. Raises ValueError for boxes that are not as they should be.
    """
    told = (folder / init).read_bytes()
    picture, sound = _track(told, b"vide"), _track(told, b"soun")
    if picture is None or sound is None:
        return None
    apart: list[float | None] = []
    for name in segments:
        head = _head(folder / name)
        shown_s, heard_s = _decoded_s(head, picture), _decoded_s(head, sound)
        apart.append(None if shown_s is None or heard_s is None else heard_s - shown_s)
    return apart


def _head(path: Path) -> bytes:
    """Return a segment up to its media data."""
    with path.open("rb") as file:
        size = path.stat().st_size
        at = 0
        while at + 8 <= size:
            file.seek(at)
            header = file.read(8)
            if header[4:8] == b"mdat":
                break
            at += max(8, int.from_bytes(header[:4], "big"))
        file.seek(0)
        return file.read(min(at, size))


def _track(init: bytes, wanted: bytes) -> Track | None:
    for trak in _all(init, Box(b"", 0, len(init)), b"moov", b"trak"):
        handler = _one(init, trak, b"mdia", b"hdlr")
        if init[handler.body + 8 : handler.body + 12] != wanted:
            continue
        head, media = _one(init, trak, b"tkhd"), _one(init, trak, b"mdia", b"mdhd")
        number = _number(init, head.body + (20 if init[head.body] else 12))
        scale = _number(init, media.body + (20 if init[media.body] else 12))
        return Track(number, scale, sum(_delay(init, edits) for edits in _all(init, trak, b"edts", b"elst")))
    return None


def _delay(init: bytes, edits: Box) -> int:
    """Return the media time of the only edit of a track, as ffmpeg writes it."""
    long = init[edits.body] == 1
    at = edits.body + 8 + (8 if long else 4)
    return int.from_bytes(init[at : at + (8 if long else 4)], "big", signed=True)


def _first_sample(segment: bytes, track: Track) -> tuple[float, bool]:
    traf = _fragment(segment, track)
    if traf is None:
        raise ValueError("a segment without a picture")
    flags = _default_flags(segment, _one(segment, traf, b"tfhd"))
    offset, flags = _first_of_run(segment, _one(segment, traf, b"trun"), flags)
    return (_decoded(segment, traf) + offset - track.delay) / track.timescale, not flags & _NO_KEY


def _decoded_s(segment: bytes, track: Track) -> float | None:
    """Return when a track's first sample in a segment is decoded, in seconds; None when it has none there."""
    traf = _fragment(segment, track)
    return None if traf is None else (_decoded(segment, traf) - track.delay) / track.timescale


def _fragment(segment: bytes, track: Track) -> Box | None:
    """Return the traf box of a track's first fragment in a segment."""
    for traf in _all(segment, Box(b"", 0, len(segment)), b"moof", b"traf"):
        if _number(segment, _one(segment, traf, b"tfhd").body + 4) == track.number:
            return traf
    return None


def _decoded(segment: bytes, traf: Box) -> int:
    when = _one(segment, traf, b"tfdt")
    return _number(segment, when.body + 4, 8 if segment[when.body] == 1 else 4)


def _default_flags(segment: bytes, head: Box) -> int:
    given = _number(segment, head.body) & 0xFFFFFF
    at = head.body + 8
    for bit, length in ((_BASE_OFFSET, 8), (_DESCRIPTION, 4), (_DURATION, 4), (_SIZE, 4)):
        at += length if given & bit else 0
    return _number(segment, at) if given & _FLAGS else 0


def _first_of_run(segment: bytes, run: Box, flags: int) -> tuple[int, int]:
    """Return (composition offset, flags) of a run's first sample."""
    given = _number(segment, run.body) & 0xFFFFFF
    at = run.body + 8
    at += 4 if given & _DATA_OFFSET else 0
    if given & _FIRST_FLAGS:
        flags, at = _number(segment, at), at + 4
    at += 4 if given & _EACH_DURATION else 0
    at += 4 if given & _EACH_SIZE else 0
    if given & _EACH_FLAGS:
        flags, at = (flags if given & _FIRST_FLAGS else _number(segment, at)), at + 4
    offset = int.from_bytes(segment[at : at + 4], "big", signed=True) if given & _EACH_OFFSET else 0
    return offset, flags


def _all(data: bytes, box: Box, *path: bytes) -> list[Box]:
    found = [box]
    for kind in path:
        found = [child for one in found for child in children(data, one.body, one.end) if child.kind == kind]
    return found


def _one(data: bytes, box: Box, *path: bytes) -> Box:
    found = _all(data, box, *path)
    if not found:
        raise ValueError(f"no {b'/'.join(path)!r}")
    return found[0]


def _number(data: bytes, at: int, length: int = 4) -> int:
    return int.from_bytes(data[at : at + length], "big")
