"""What a file's own structure says about how long it should be. Real files are cut in tests/media/corpus."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.errors import Refused
from transcode.reading.sniff import Container
from transcode.reading.truncation import refuse_truncated

AVI, MKV, ASF = Container("avi", "avi"), Container("matroska", "matroska"), Container("asf", "asf")
EBML = b"\x1a\x45\xdf\xa3\x84abcd\x18\x53\x80\x67"


def missing(path: Path, data: bytes, container: Container) -> object:
    path.write_bytes(data)
    try:
        refuse_truncated(path, container)
    except Refused as refused:
        return refused.details["missing_bytes"] if refused.code == "truncated" else refused.code
    return 0


def riff(kind: bytes, length: int, body: int) -> bytes:
    return b"RIFF" + struct.pack("<I", length) + kind + bytes(body - 4)


@pytest.mark.parametrize(
    ("data", "lacks"),
    [
        (riff(b"AVI ", 100, 100), 0),
        (riff(b"AVI ", 100, 60), 40),
        (riff(b"AVI ", 101, 101) + b"\x00" + riff(b"AVIX", 50, 50), 0),
        (riff(b"AVI ", 100, 100) + riff(b"AVIX", 50, 30), 20),
        (riff(b"AVI ", 0, 60), 0),  # a recorder that crashed
        (riff(b"AVI ", 0xFFFFFFFF, 60), 0),  # a stream
        (riff(b"AVI ", 100, 100) + b"rubbish behind it", 0),
    ],
)
def test_riff(tmp_path: Path, data: bytes, lacks: int) -> None:
    assert missing(tmp_path / "a.avi", data, AVI) == lacks


@pytest.mark.parametrize(
    ("data", "lacks"),
    [
        (EBML + b"\x8a" + bytes(10), 0),
        (EBML + b"\x8a" + bytes(4), 6),
        (EBML + b"\x40\x0a" + bytes(10), 0),
        (EBML + b"\x01\x00\x00\x00\x00\x00\x00\x64" + bytes(10), 90),
        (EBML + b"\x01\xff\xff\xff\xff\xff\xff\xff" + bytes(10), 0),  # live
        (EBML + b"\xff" + bytes(10), 0),
        (EBML, 0),
    ],
)
def test_matroska(tmp_path: Path, data: bytes, lacks: int) -> None:
    assert missing(tmp_path / "a.mkv", data, MKV) == lacks


@pytest.mark.parametrize(("flags", "lacks"), [(0, 1000 - 180), (1, 0)])
def test_windows_media(tmp_path: Path, flags: int, lacks: int) -> None:
    head = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + struct.pack("<QIH", 180, 2, 0)
    other = b"\x11" * 16 + struct.pack("<Q", 40) + bytes(16)
    about = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365") + struct.pack("<Q", 104) + bytes(16)
    about += struct.pack("<Q", 1000) + bytes(40) + struct.pack("<I", flags) + bytes(12)
    data = head + other + about
    assert missing(tmp_path / "a.wmv", data + bytes(180 - len(data)), ASF) == lacks


@pytest.mark.parametrize("length", [b"\xff" * 8, b"\xff" * 7 + b"\x7f", b"\x00" * 7 + b"\x40"])
def test_lengths_beyond_every_disk(tmp_path: Path, length: bytes) -> None:
    head = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(14)
    assert missing(tmp_path / "a.wmv", head + b"\x11" * 16 + length + bytes(200), ASF) == 0
    assert missing(tmp_path / "a.mkv", b"\x1a\x45\xdf\xa3\x01" + length[1:] + bytes(200), MKV) == 0


def test_notes_that_a_phone_put_behind_a_film(tmp_path: Path) -> None:
    film = b"".join(struct.pack(">I", 16) + kind + bytes(8) for kind in (b"ftyp", b"mdat", b"moov"))
    notes = b"\x00\x00\x0a\x01Image_UTC_Data1611...SEFT"
    assert missing(tmp_path / "a.mp4", film + notes, Container("mp4", "mov")) == 0


@STEADY
@given(
    st.binary(max_size=400),
    st.sampled_from([AVI, MKV, ASF, Container("mp4", "mov"), Container("ogg", "ogg")]),
)
def test_rubbish_ends(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes, container: Container) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish"
    path.write_bytes(b"RIFF" + rubbish)
    with contextlib.suppress(Refused):
        refuse_truncated(path, container)
