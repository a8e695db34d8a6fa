"""Files to take along: nothing lost, nothing shifted, and they say what they are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.media.conftest import Maker
from transcode.encoding.package import ClipOutput, encode_clip
from transcode.encoding.remux import Labels, remux
from transcode.errors import ToolFailed
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = pytest.mark.slow

CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n同志们，大家好 &amp; 再见\n"
LABELS = Labels("党课 = “一”; -y", "王芳", CAPTIONS, captions_name="机器识别，待校对")


@pytest.fixture(scope="module")
def clip(
    wheel_tools: Tools, lecture: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ClipOutput]:
    """A clip from the middle of a lecture: its folder and what is in it."""
    folder = tmp_path_factory.mktemp("clip") / "made"
    plan = plan_clip(probe(wheel_tools, lecture), 2.0, 13.0)
    return folder, encode_clip(wheel_tools, lecture, plan, folder)


def join(folder: Path, rendition: str, joined: Path) -> Path:
    """What a rendition is when its files are written one after another."""
    parts = [folder / rendition / "init.mp4", *sorted((folder / rendition).glob("*.m4s"))]
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    return joined


def look(tools: Tools, file: Path, *entries: str) -> dict[str, Any]:
    """What ffprobe says about a file."""
    command = [
        str(tools.ffprobe),
        "-v",
        "error",
        "-of",
        "json",
        "-show_entries",
        ":".join(entries),
        str(file),
    ]
    answer: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return answer


def times(tools: Tools, file: Path, kind: str) -> list[float]:
    """When each packet of a stream is shown, those before 0 (which players drop) left out."""
    listed = look(tools, file, "packet=stream_index,pts_time", "stream=index,codec_type")
    index = next(one["index"] for one in listed["streams"] if one["codec_type"] == kind)
    found = [float(one["pts_time"]) for one in listed["packets"] if one["stream_index"] == index]
    return sorted(at for at in found if at >= -0.001)


def test_an_mp4_is_what_the_clip_was(
    tools: Tools, wheel_tools: Tools, clip: tuple[Path, ClipOutput], tmp_path: Path
) -> None:
    folder, _ = clip
    joined, out = join(folder, "480p", tmp_path / "joined.mp4"), tmp_path / "a 名.mp4"
    remux(tools, joined, out, LABELS)
    for kind in ("video", "audio"):
        assert times(wheel_tools, out, kind) == pytest.approx(times(wheel_tools, joined, kind), abs=0.001)
    content = out.read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")  # it plays while it is still being copied
    assert b"\xff\xff\xff\xff\x00\x01\x00\x00" not in content[: content.find(b"mdat")]  # no empty edit
    told = look(wheel_tools, out, "format_tags", "stream=codec_name", "stream_tags=language,handler_name")
    assert (told["format"]["tags"]["title"], told["format"]["tags"]["artist"]) == (LABELS.title, "王芳")
    kinds = [(one["codec_name"], one["tags"]["language"]) for one in told["streams"]]
    assert kinds == [("h264", "und"), ("aac", "und"), ("mov_text", "zho")]
    assert told["streams"][2]["tags"]["handler_name"] == LABELS.captions_name
    read = [str(wheel_tools.ffmpeg), "-v", "warning", "-xerror", "-i", str(out)]
    words = subprocess.run([*read, "-map", "0:s", "-f", "webvtt", "-"], capture_output=True, text=True)
    assert "00:01.000 --> 00:03.000\n同志们，大家好 & 再见" in words.stdout
    done = subprocess.run([*read, "-map", "0:v", "-map", "0:a", "-f", "null", "-"], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {path.name for path in tmp_path.iterdir()} == {"joined.mp4", "a 名.mp4"}


def test_sound_alone_becomes_an_m4a(
    tools: Tools, wheel_tools: Tools, clip: tuple[Path, ClipOutput], tmp_path: Path
) -> None:
    folder, _ = clip
    joined, out = join(folder, "audio", tmp_path / "joined.mp4"), tmp_path / "a.m4a"
    remux(tools, joined, out, Labels("课"))
    assert out.read_bytes()[8:12] == b"M4A "
    assert times(wheel_tools, out, "audio") == pytest.approx(times(wheel_tools, joined, "audio"), abs=0.001)


def test_what_is_no_clip_becomes_no_file(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    joined = tmp_path / "joined.mp4"
    joined.write_bytes(b"#EXTM3U\nhttp://127.0.0.1/x\n")
    with pytest.raises(ToolFailed):
        remux(wheel_tools, joined, tmp_path / "out.mp4", LABELS)
    assert [path.name for path in tmp_path.glob("*.vtt")] == []
