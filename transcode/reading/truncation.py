"""Whether a file is all there: what its own structure says about how long it should be, in bytes.

A copy that stopped half-way plays at first and then ends; whoever made it wants to be told before a lesson is
made of it. Only structure counts here: lengths in seconds are often wrong in files that are whole. A file
that does not say how long it is (a recorder that crashed, a stream) is taken as far as it goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from transcode.errors import Refused
from transcode.reading import boxes
from transcode.reading.sniff import Container

_SEGMENT = b"\x18\x53\x80\x67"
_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_OBJECTS_LIMIT = 1000
_RIFF_LIMIT = 10_000
"""OpenDML writes a RIFF chunk per gigabyte."""


def refuse_truncated(path: Path, container: Container) -> None:
    """Raise Refused("truncated") for a file that ends before its own structure does.

    `missing_bytes` is among the details where it is known.
    """
    if container.demuxer == "mov":
        _check_mov(path)
        return
    size = path.stat().st_size
    with path.open("rb") as file:
        missing = _promised(container.demuxer, file, size) - size
    if missing > 0:
        raise Refused("truncated", {"missing_bytes": missing})


def _check_mov(path: Path) -> None:
    """A fragmented recording (moof) plays up to where it stops; recorders write it so that a crash costs
    little. Without fragments the index (moov) must be there, and all that it speaks of (mdat). What stands
    behind them may be anything: some phones put their own notes there."""
    found = boxes.top_boxes(path)
    kinds = {box.kind for box in found}
    needed = (box.end for box in found if box.kind in {b"moov", b"mdat"})
    missing = max(needed, default=0) - path.stat().st_size
    if b"moof" in kinds:
        return
    if missing > 0:
        raise Refused("truncated", {"missing_bytes": missing})
    if b"moov" not in kinds:
        raise Refused("truncated")


def _promised(demuxer: str, file: BinaryIO, size: int) -> int:
    """How many bytes a file says that it has; 0 when it does not say."""
    if demuxer == "matroska":
        return _matroska(file, size)
    if demuxer == "asf":
        return _asf(file, size)
    return _riff(file, size) if demuxer in {"avi", "wav"} else 0


def _matroska(file: BinaryIO, size: int) -> int:
    """The end of the segment (RFC 8794, 9559); a live recording does not know it."""
    file.seek(4)
    length = _vint(file)
    if length is None or length > size:
        return 0
    file.seek(length, 1)
    if file.read(4) != _SEGMENT:
        return 0
    length = _vint(file)
    return 0 if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """A number of 1 to 8 bytes (RFC 8794, 4); None when it is unknown (all ones) or not there."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    value = int.from_bytes(bytes([first[0] & (1 << 8 - width) - 1]) + rest, "big")
    return None if len(rest) < width - 1 or value == (1 << 7 * width) - 1 else value


def _riff(file: BinaryIO, size: int) -> int:
    """The end of the last RIFF chunk. A size of 0 or of (almost) all ones was never filled in."""
    at = 0
    for _ in range(_RIFF_LIMIT):
        file.seek(at)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        if len(head) < 8 or head[:4] != b"RIFF" or not 0 < length < 0xFFFF_0000:
            break
        at += 8 + length
        if at >= size:
            break
        at += length % 2
    return at


def _asf(file: BinaryIO, size: int) -> int:
    """The file size among the file properties (ASF 3.2), unless it is a broadcast's."""
    file.seek(30)
    for _ in range(_ASF_OBJECTS_LIMIT):
        start, head = file.tell(), file.read(92)
        length = int.from_bytes(head[16:24], "little")
        if len(head) < 92 or not 24 <= length <= size:
            break
        if head[:16] == _FILE_PROPERTIES:
            broadcast = head[88] & 1
            return 0 if broadcast else int.from_bytes(head[40:48], "little")
        file.seek(start + length)
    return 0
