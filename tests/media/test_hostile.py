"""Files that are not what they say: each is refused with a code that names what was found."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.media.conftest import FAST, Maker, picture, tone
from transcode.errors import REFUSALS, Refused
from transcode.reading.probe import probe
from transcode.tools import Tools


def refusal(tools: Tools, path: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        probe(tools, path)
    assert caught.value.code in REFUSALS
    return caught.value


@pytest.mark.parametrize(
    ("content", "code", "found"),
    [
        (b"", "empty_file", None),
        ("会议记录：今天学习……".encode(), "not_media", "text"),
        (b"\x00" * 100_000, "not_media", "zeros"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "playlist_in_disguise", "m3u8"),
        (b"\xef\xbb\xbf\n #EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "playlist_in_disguise", "m3u8"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlist_in_disguise", "concat"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n", "playlist_in_disguise", "sdp"),
        (b'<?xml version="1.0"?>\n<MPD type="static"></MPD>', "playlist_in_disguise", "dash"),
        (b'<?xml version="1.0"?><x/>', "playlist_in_disguise", "xml"),
        (b"[playlist]\nFile1=/etc/passwd\n", "playlist_in_disguise", "pls"),
        (b"http://127.0.0.1:9/film.mp4\n", "playlist_in_disguise", "url"),
        (b"<!DOCTYPE html><html></html>", "not_media", "html"),
        (b"%PDF-1.7\n", "not_media", "pdf"),
        (b"PK\x03\x04" + b"\x00" * 60, "not_media", "archive"),
        (b".RMF\x00\x00\x00\x12", "unsupported_container", "realmedia"),
    ],
)
def test_other_files_called_mp4(
    wheel_tools: Tools, tmp_path: Path, content: bytes, code: str, found: str | None
) -> None:
    path = tmp_path / "lecture.mp4"
    path.write_bytes(content)
    error = refusal(wheel_tools, path)
    assert (error.code, error.details.get("found")) == (code, found)


@pytest.mark.parametrize("faststart", [False, True])
def test_a_truncated_mp4(tools: Tools, make: Maker, tmp_path: Path, faststart: bool) -> None:
    """Without its index at the end, or with it in front but the pictures cut off."""
    flags = ["-movflags", "+faststart"] if faststart else []
    whole = make(f"whole{faststart}.mp4", *picture(), *tone(), *FAST, *flags).read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    error = refusal(tools, path)
    assert error.code == "truncated"
    assert error.details["missing_bytes"] == pytest.approx(len(whole) / 3, rel=0.1)


def test_an_mp4_without_its_index(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "no-index.mp4"
    path.write_bytes(
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + b"\x00\x00\x10\x00mdat" + os.urandom(4088)
    )
    assert refusal(tools, path).code == "truncated"


@pytest.mark.slow
def test_a_fragmented_recording_that_broke_off_plays_as_far_as_it_goes(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    flags = ["-g", "5", "-movflags", "frag_keyframe+empty_moov"]
    whole = make("fragments.mp4", *picture(seconds=10), *tone(10), *FAST, *flags).read_bytes()
    path = tmp_path / "crashed.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    assert 2 < probe(tools, path).duration_s < 9


def test_a_container_with_nothing_to_play(tools: Tools, make: Maker, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\n同志们\n", encoding="utf-8")
    subtitles = make("words.mkv", "-i", str(words), "-c:s", "srt")
    assert refusal(tools, subtitles).code == "nothing_playable"


def test_a_protected_film(wheel_tools: Tools, make: Maker) -> None:
    key = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "0" * 32, "-encryption_kid", "1" * 32]
    assert refusal(wheel_tools, make("drm.mp4", *picture(), *tone(), *FAST, *key)).code == "encrypted"


def test_rubbish_behind_a_good_beginning(tools: Tools, tmp_path: Path) -> None:
    for magic in (
        b"\x1a\x45\xdf\xa3",
        b"OggS",
        b"RIFF\x00\x00\x10\x00AVI LIST",
        b"FLV\x01\x05\x00\x00\x00\x09",
    ):
        path = tmp_path / "rubbish.mkv"
        path.write_bytes(magic + os.urandom(50_000))
        assert refusal(tools, path).code in {"nothing_playable", "truncated", "unsupported_codec"}


def test_a_playlist_inside_a_real_container_reaches_nothing(wheel_tools: Tools, tmp_path: Path) -> None:
    """The demuxer is told and only files may be opened: no byte goes to an address named in a file."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    port = listener.getsockname()[1]
    path = tmp_path / "lecture.ts"
    path.write_bytes(f"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n".encode() + b"G" * 2000)
    assert refusal(wheel_tools, path).details["found"] == "m3u8"
    plain = subprocess.run([str(wheel_tools.ffprobe), "-v", "quiet", str(path)], timeout=20, check=False)
    assert plain.returncode != 0
    with pytest.raises(TimeoutError):
        listener.accept()
    listener.close()
