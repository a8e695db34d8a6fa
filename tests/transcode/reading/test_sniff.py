"""Kinds of files by their first bytes. Whole files of each kind are read in tests/media."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.errors import Refused
from transcode.reading.sniff import Container, sniff, sniff_file

MP3_FRAME = b"\xff\xfb\x90\x00" + b"\x00" * 413  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
ADTS_FRAME = b"\xff\xf1\x50\x80\x02\x1f\xfc" + b"\x00" * 9  # 16 bytes
ID3 = b"ID3\x04\x00\x00\x00\x01\x48\x00"  # a tag of 200 * 128 bytes


@pytest.mark.parametrize(
    ("head", "name", "demuxer"),
    [
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "mp4", "mov"),
        (b"\x00\x00\x00\x20ftypqt  \x00\x00\x02\x00", "mov", "mov"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00", "m4a", "mov"),
        (b"\x00\x00\x00\x1cftyp3gp5\x00\x00\x02\x00", "3gp", "mov"),
        (b"\x7f\x00\x00\x00mdat", "mp4", "mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "matroska", "matroska"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "webm", "matroska"),
        ((b"\x47" + b"\x00" * 187) * 5, "mpegts", "mpegts"),
        ((b"\x00\x00\x00\x00\x47" + b"\x00" * 187) * 5, "mpegts", "mpegts"),
        (b"\x00\x00\x01\xba\x44", "mpegps", "mpeg"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi", "avi"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav", "wav"),
        (b"RIFF\x00\x00\x00\x00CDXAfmt ", "vcd", "mpeg"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "asf", "asf"),
        (b"FLV\x01\x05", "flv", "flv"),
        (b"fLaC\x00", "flac", "flac"),
        (b"OggS\x00", "ogg", "ogg"),
        (b"#!AMR\n", "amr", "amr"),
        (MP3_FRAME * 2, "mp3", "mp3"),
        (ADTS_FRAME * 2, "aac", "aac"),
        (ID3 + b"\x00" * 500, "mp3", "mp3"),
    ],
)
def test_known_kinds(head: bytes, name: str, demuxer: str) -> None:
    assert sniff(head) == Container(name, demuxer)


@pytest.mark.parametrize(
    ("head", "code", "found"),
    [
        (b"\x00\x00\x00\x18ftypheic", "not_media", "image"),
        (b"\x89PNG\r\n", "not_media", "image"),
        (b"MZ\x90\x00", "not_media", "program"),
        (b"PK\x03\x04\x14\x00\x06\x00" + b"\x00" * 22 + b"[Content_Types].xml", "not_media", "office"),
        (b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 22 + "录像.mp4".encode(), "not_media", "archive"),
        (b"The free encyclopedia", "not_media", "text"),
        ("党课".encode("utf-16"), "not_media", "text"),
        ("学习强国，微党课".encode("gb18030"), "not_media", "text"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "not_media", "unknown"),
        (b"\xff\xfb\x90\x00" + b"\x01" * 600, "not_media", "unknown"),  # one frame's head and no second frame
        (b"\x0e\x01\x02\x03" * 50, "not_media", "unknown"),
        (b"MThd\x00\x00\x00\x06", "unsupported_container", "midi"),
        (b"<asx version='3'>", "playlist_in_disguise", "xml"),
        (b"file '/etc/passwd'\nfile 'b.mp4'", "playlist_in_disguise", "concat"),
    ],
)
def test_everything_else_is_refused_by_name(head: bytes, code: str, found: str) -> None:
    with pytest.raises(Refused) as caught:
        sniff(head)
    assert (caught.value.code, caught.value.details) == (code, {"found": found})


@STEADY
@given(st.binary(max_size=2000))
def test_any_bytes_are_named_or_refused(head: bytes) -> None:
    with contextlib.suppress(Refused):
        assert sniff(head).demuxer


@pytest.mark.parametrize(
    ("behind", "name"), [(b"fLaC\x00", "flac"), (ADTS_FRAME * 2, "aac"), (MP3_FRAME * 2, "mp3")]
)
def test_behind_a_large_tag(tmp_path: Path, behind: bytes, name: str) -> None:
    tag = b"ID3\x04\x00\x00" + bytes([0, 6, 104, 0])  # 111,616 bytes: a cover picture
    path = tmp_path / "song"
    path.write_bytes(tag + b"\x00" * (6 * 16384 + 104 * 128) + behind)
    assert sniff_file(path).name == name
