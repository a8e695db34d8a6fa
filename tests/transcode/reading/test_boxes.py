"""Boxes of MP4 files. The real ones are read in tests/media."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.reading.boxes import codec_names, is_whole, sample_entries, top_boxes


def box(kind: bytes, body: bytes = b"") -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def index(entry: bytes) -> bytes:
    stsd = box(b"stsd", b"\x00" * 4 + b"\x00\x00\x00\x01" + entry)
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", stsd)))))


AVC = box(b"avc1", b"\x00" * 78 + box(b"avcC", b"\x01\x64\x00\x1f\xff"))
AAC = box(
    b"mp4a", b"\x00" * 28 + box(b"esds", b"\x00" * 4 + b"\x03\x80\x80\x80\x22\x00\x01\x00"
    + b"\x04\x80\x80\x80\x14\x40" + b"\x00" * 12 + b"\x05\x80\x80\x80\x02\x11\x90")
)  # fmt: skip


def test_codec_names_of_picture_and_sound() -> None:
    assert codec_names(index(AVC)) == ("avc1.64001f",)
    assert codec_names(index(AAC)) == ("mp4a.40.2",)
    assert codec_names(index(AAC) + index(AVC)) == ("avc1.64001f", "mp4a.40.2")
    assert codec_names(index(box(b"hvc1", b"\x00" * 90))) == ()


@STEADY
@given(st.binary(max_size=300))
def test_rubbish_ends(rubbish: bytes) -> None:
    assert isinstance(codec_names(index(AVC[:90] + rubbish)), tuple)
    assert isinstance(codec_names(rubbish), tuple)


def test_boxes_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file.mp4"
    large = b"\x00\x00\x00\x01mdat" + (16 + 10).to_bytes(8, "big") + b"\x00" * 10
    path.write_bytes(box(b"ftyp", b"isom") + large + index(box(b"encv", b"\x00" * 90)))
    assert [one.kind for one in top_boxes(path)] == [b"ftyp", b"mdat", b"moov"]
    assert is_whole(path, b"moov", b"mdat")
    assert not is_whole(path, b"moof")
    assert sample_entries(path) == (b"encv",)


def test_a_file_that_breaks_off_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.m4s"
    whole = box(b"moof", b"\x00" * 20) + box(b"mdat", b"\x00" * 100)
    for length in (0, 7, 20, 30, 127):
        path.write_bytes(whole[:length])
        assert not is_whole(path, b"moof", b"mdat")
    path.write_bytes(whole)
    assert is_whole(path, b"moof", b"mdat")
    assert not is_whole(tmp_path / "absent")
