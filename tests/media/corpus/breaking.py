"""Damage: files cut off, flipped, and made to lie. Bytes in, bytes out; the same each time."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator


def part(data: bytes, tenths: int) -> bytes:
    """The first tenths of a file."""
    return data[: len(data) * tenths // 10]


def flipped(data: bytes, seed: int, bits: int, within: int | None = None) -> bytes:
    """Some bits turned over, anywhere or among the first `within` bytes."""
    chance, wrong = random.Random(seed), bytearray(data)
    for _ in range(bits):
        wrong[chance.randrange(min(within or len(data), len(data)))] ^= 1 << chance.randrange(8)
    return bytes(wrong)


def holes(data: bytes, seed: int, count: int = 5, size: int = 700) -> bytes:
    """Stretches of zeros, as a disk leaves them where it could not read."""
    chance, wrong = random.Random(seed), bytearray(data)
    for _ in range(count):
        at = chance.randrange(max(1, len(data) - size))
        wrong[at : at + size] = bytes(min(size, len(data) - at))
    return bytes(wrong)


def box(kind: bytes, body: bytes = b"") -> bytes:
    """One box of an MP4 file."""
    return struct.pack(">I", len(body) + 8) + kind + body


def places(data: bytes, kind: bytes) -> Iterator[int]:
    """Where the bodies of boxes of a kind begin (found by their names, which is enough for ours)."""
    at = data.find(kind)
    while at >= 0:
        yield at + 4
        at = data.find(kind, at + 4)


def put(data: bytes, at: int, new: bytes) -> bytes:
    """The same length, other bytes at a place."""
    return data[:at] + new + data[at + len(new) :]


def mp4_lasting(data: bytes, factor: float) -> bytes:
    """An MP4 whose three kinds of headers (version 0) tell another duration."""
    for kind, offset in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 20)):
        for body in places(data, kind):
            (told,) = struct.unpack_from(">I", data, body + offset)
            data = put(data, body + offset, struct.pack(">I", min(0xFFFFFFFF, int(told * factor))))
    return data


def mp4_sized(data: bytes, width: int, height: int, *, entry: bytes = b"avc1") -> bytes:
    """An MP4 whose sample entry and track header tell another picture size."""
    for body in places(data, entry):
        data = put(data, body + 24, struct.pack(">HH", width, height))
    for body in places(data, b"tkhd"):
        data = put(data, body + 76, struct.pack(">II", width << 16, height << 16))
    return data


def matroska_lasting(data: bytes, duration_ms: float) -> bytes:
    """A Matroska file whose head tells another duration (element 4489, a float of 8 bytes)."""
    at = data.index(b"\x44\x89\x88")
    return put(data, at + 3, struct.pack(">d", duration_ms))


def flash_lasting(data: bytes, seconds: float) -> bytes:
    """A Flash video whose metadata tells another duration."""
    at = data.index(b"\x00\x08duration\x00")
    return put(data, at + 11, struct.pack(">d", seconds))


def jpegs_sized(data: bytes, width: int, height: int) -> bytes:
    """Every JPEG in a file with another size in its head (SOF0)."""
    for body in places(data, b"\xff\xc0\x00\x11"):
        data = put(data, body + 1, struct.pack(">HH", height, width))
    return data


def vp8_sized(data: bytes, width: int, height: int) -> bytes:
    """Every VP8 key frame with another size in its head."""
    for body in places(data, b"\x9d\x01\x2a"):
        data = put(data, body - 1, struct.pack("<HH", width, height))
    return data
