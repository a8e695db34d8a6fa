"""A voice as phones and browsers record it becomes one small M4A; what is none is refused in words."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.media.conftest import Maker, picture
from transcode.encoding.voice import make_voice
from transcode.errors import Cancelled, Refused
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(6)]

VOICE = ["-f", "lavfi", "-i", "sine=f=300:d=6,volume=-3dB"]
RECORDED = {
    "phone.m4a": [*VOICE, "-c:a", "aac", "-metadata", "title=secret place", "-metadata", "location=+30+120/"],
    "browser.webm": [*VOICE, "-c:a", "libopus", "-live", "1"],
    "safari.mp4": [*VOICE, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
    "old.mp3": [*VOICE, "-c:a", "libmp3lame"],
    "plain.wav": [*VOICE, "-c:a", "pcm_s16le", "-ac", "2"],
    "film.mp4": [*picture(seconds=6), *VOICE, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"],
}


@pytest.mark.parametrize("name", RECORDED)
def test_whatever_was_recorded_is_one_small_m4a(tools: Tools, make: Maker, tmp_path: Path, name: str) -> None:
    made = make_voice(tools, make(name, *RECORDED[name]), tmp_path, 600)
    assert made.duration_s == pytest.approx(6, abs=0.15)
    asked = [
        str(tools.ffprobe),
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        str(made.file),
    ]
    told = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    assert [(one["codec_name"], one["channels"], one["sample_rate"]) for one in told["streams"]] == [
        ("aac", 1, "48000")
    ]
    assert "secret" not in str(told)
    data = made.file.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "it plays while it is still coming"
    loud = [str(tools.ffmpeg), "-nostdin", "-i", str(made.file), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(loud, capture_output=True, text=True, check=True).stderr
    lufs = float(said.rsplit("I:", 1)[1].split()[0])
    assert lufs == pytest.approx(-16, abs=2), "as loud as lessons are"


def test_what_is_none_is_refused(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    whole = make("phone.m4a", *RECORDED["phone.m4a"]).read_bytes()
    webm = make("browser.webm", *RECORDED["browser.webm"]).read_bytes()
    silent = make("silent.mp4", *picture(seconds=2), "-c:v", "libx264", "-pix_fmt", "yuv420p")
    hostile = {
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n": "playlist_in_disguise",
        b"ffconcat version 1.0\nfile /etc/passwd\n": "playlist_in_disguise",
        b"<html><script>alert(1)</script>": "not_media",
        b"": "empty_file",
        whole[: len(whole) // 2]: "truncated",
        webm[:40]: None,
        silent.read_bytes(): "nothing_playable",
    }
    for n, (data, code) in enumerate(hostile.items()):
        file = tmp_path / f"{n}.m4a"
        file.write_bytes(data)
        with pytest.raises(Refused) as refused:
            make_voice(wheel_tools, file, tmp_path, 600)
        assert code is None or refused.value.code == code


def test_what_is_longer_than_it_may_be_is_refused(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too_long") as refused:
        make_voice(wheel_tools, make("old.mp3", *RECORDED["old.mp3"]), tmp_path, 3)
    assert refused.value.details["limit_s"] == 3
    with pytest.raises(Cancelled):
        make_voice(wheel_tools, make("old.mp3", *RECORDED["old.mp3"]), tmp_path, 600, lambda: True)
