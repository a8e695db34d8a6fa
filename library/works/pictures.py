"""Pictures, walked from their first byte to their last. Pure; nothing is decoded."""

from __future__ import annotations

import struct
import zlib

from library.core.errors import Invalid
from library.works.formats import FileFormat, damaged, more_behind

MOST_PIXELS = 100_000_000
"""A picture of more would stop the browser that shows it."""

_PNG = b"\x89PNG\r\n\x1a\n"
_SIZED = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG that tell how large the picture is."""
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def check(data: bytes) -> FileFormat:
    """Return which picture a file is, whole; raises Invalid."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return _gif(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        raise damaged() from None
    head = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<?xml", b"<svg", b"<!doctype svg")) and b"<svg" in data[:4096].lower():
        raise Invalid("material_drawing", field="file")
    raise Invalid("material_type", field="file")


def _measured(width: int, height: int) -> None:
    if not width or not height:
        raise damaged()
    if width * height > MOST_PIXELS:
        raise Invalid("material_pixels", field="file", most=MOST_PIXELS // 1_000_000)


def _png(data: bytes) -> FileFormat:
    at = len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        (crc,) = struct.unpack_from(">I", data, end)
        if zlib.crc32(memoryview(data)[at + 4 : end]) != crc:
            raise damaged()
        if at == len(_PNG):
            if kind != b"IHDR":
                raise damaged()
            _measured(*struct.unpack_from(">II", data, at + 8))
        at = end + 4
        if kind == b"IEND":
            break
    if at != len(data):
        raise more_behind()
    return FileFormat.PNG


def _jpeg(data: bytes) -> FileFormat:
    """Phones put further pictures behind the first one: those may follow, and nothing else."""
    at = 0
    while at < len(data):
        if data[at : at + 2] != b"\xff\xd8":
            if data[at:].strip(b"\0"):
                raise more_behind()
            break
        at = _jpeg_end(data, at + 2)
    return FileFormat.JPEG


def _jpeg_end(data: bytes, at: int) -> int:
    """Return where a JPEG ends whose first marker stands at `at`."""
    sized = False
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise damaged()
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0 or marker in _BARE:
            at += 2
        elif marker == 0xD9:
            if not sized:
                raise damaged()
            return at + 2
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            if marker in _SIZED:
                height, width = struct.unpack_from(">HH", data, at + 5)
                _measured(width, height)
                sized = True
            at += 2 + length
            if length < 2 or at > len(data):
                raise damaged()


def _gif(data: bytes) -> FileFormat:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    _measured(width, height)
    at = 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    while (kind := data[at]) != 0x3B:
        if kind == 0x21:
            at += 2
        elif kind == 0x2C:
            flags = data[at + 9]
            at += 11 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
        else:
            raise damaged()
        while size := data[at]:
            at += 1 + size
        at += 1
    if at + 1 != len(data):
        raise more_behind()
    return FileFormat.GIF


def _webp(data: bytes) -> FileFormat:
    (size,) = struct.unpack_from("<I", data, 4)
    whole = 8 + size + (size & 1)
    if len(data) < 8 + size:
        raise damaged()
    if len(data) > whole:
        raise more_behind()
    kind = data[12:16]
    if kind == b"VP8X":
        _measured(1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"))
    elif kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        _measured(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    elif kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        _measured(width & 0x3FFF, height & 0x3FFF)
    else:
        raise damaged()
    return FileFormat.WEBP
