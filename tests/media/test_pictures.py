"""Stills, the poster among them, and the hover strip, as they come out of one encode."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.media.conftest import FAST, Maker, picture
from tests.media.inspection import check_clip
from transcode.encoding.package import Progress, encode_clip
from transcode.pictures.small import SmallForm, small_file
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(87)]


def mean_luma(tools: Tools, image: Path, crop: str = "iw:ih:0:0") -> float:
    """The mean grey (0..255) of a picture, or of a part of it."""
    filters = f"crop={crop},format=gray"
    command = [str(tools.ffmpeg), "-v", "error", "-i", str(image), "-vf", filters, "-f", "rawvideo", "-"]
    pixels = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    return sum(pixels) / len(pixels)


def probe_size(tools: Tools, image: Path) -> tuple[int, int]:
    """Width and height of a picture."""
    what = ["-show_entries", "stream=width,height", "-of", "csv=p=0"]
    command = [str(tools.ffprobe), "-v", "error", *what, str(image)]
    width, height = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout.split(b",")[
        :2
    ]
    return int(width), int(height)


def without_webp(ffmpeg: Path, folder: Path) -> Path:
    """An ffmpeg that was built without libwebp: it ends as that one does."""
    script = folder / "ffmpeg"
    script.write_text(f"""#!/bin/sh
case "$*" in *libwebp*) echo "Unknown encoder 'libwebp'" >&2; exit 8;; esac
exec "{ffmpeg}" "$@"
""")
    script.chmod(0o755)
    return script


def test_each_tile_and_still_shows_its_own_moment(tools: Tools, make: Maker, tmp_path: Path) -> None:
    """A picture that becomes lighter all the time: from a tile's grey one can read its time."""
    source = make("lighter.mp4", "-f", "lavfi", "-i",
                  "color=black:s=320x240:r=10:d=24,geq=lum='16+9*floor(T)':cb=128:cr=128",
                  *FAST, "-crf", "1")  # fmt: skip
    plan = plan_clip(probe(tools, source), 3.0, 24.0)
    told: list[Progress] = []
    output = encode_clip(tools, source, plan, tmp_path / "clip", told.append)
    check_clip(tools, tmp_path / "clip", output, 21.0)
    assert output.stills == tuple(f"stills/{n:05d}.jpg" for n in range(1, 9))

    def at(grey: float) -> float:
        return grey * 219 / 255 / 9 - 3.0

    for n, name in enumerate(output.stills):
        middle_s = (n + 0.5) * 21 / 8
        assert at(mean_luma(tools, tmp_path / "clip" / name)) == pytest.approx(middle_s - 0.5, abs=0.75)
    assert output.strip is not None
    text = (tmp_path / "clip" / output.strip).read_text()
    cues = re.findall(r"00:00:(\S+) --> 00:00:(\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)", text)
    assert len(cues) == 20
    for start, end, sheet, x, y, width, height in cues:
        grey = mean_luma(tools, tmp_path / "clip/strip" / sheet, f"{width}:{height}:{x}:{y}")
        assert float(start) - 0.8 <= at(grey) <= float(end) + 0.2


@pytest.mark.parametrize("form", [SmallForm.WEBP, SmallForm.JPEG])
def test_lists_get_small_pictures_of_the_same_moments(
    tools: Tools, make: Maker, tmp_path: Path, form: SmallForm
) -> None:
    """480 wide and a fraction of the bytes; JPEG where ffmpeg cannot write WebP."""
    source = make("wide.mp4", *picture("1280x720", "25", 12), *FAST)
    folder = tmp_path / "clip"
    if form is SmallForm.JPEG:
        tools = replace(tools, ffmpeg=without_webp(tools.ffmpeg, tmp_path))
    output = encode_clip(tools, source, plan_clip(probe(tools, source), 0, 12), folder)
    check_clip(tools, folder, output, 12)
    assert output.small is form
    for name in output.stills:
        small = folder / small_file(name, form)
        assert probe_size(tools, small) == (480, 270)
        assert small.stat().st_size < (folder / name).stat().st_size / 2
        assert mean_luma(tools, small) == pytest.approx(mean_luma(tools, folder / name), abs=2)


def test_sound_alone_has_a_small_picture_too(tools: Tools, make: Maker, tmp_path: Path) -> None:
    source = make("tone.m4a", "-f", "lavfi", "-i", "sine=300:d=9", "-c:a", "aac")
    output = encode_clip(tools, source, plan_clip(probe(tools, source), 0, 9), tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", output, 9)
    assert (output.small, output.poster) == (SmallForm.WEBP, "poster.jpg")
    assert probe_size(tools, tmp_path / "clip/poster_480.webp") == (480, 270)


def test_progress_is_told_while_the_pictures_are_still_to_come(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    source = make("slow.mp4", *picture("1280x720", "25", 30), *FAST)
    told: list[Progress] = []
    encode_clip(tools, source, plan_clip(probe(tools, source), 0, 30), tmp_path / "clip", told.append)
    assert told[0].percent < 50


@pytest.mark.parametrize("start_s", [0.0, 5.0])
def test_the_poster_is_not_black_and_not_blurred(
    wheel_tools: Tools, make: Maker, tmp_path: Path, start_s: float
) -> None:
    """Black, then out of focus, then sharp: the poster comes from where there is something to see."""
    seen = "testsrc2=s=1280x720:r=2:d=24,gblur=sigma=25:enable='lt(t,12)'"
    source = make("hazy.mp4", "-f", "lavfi", "-i",
                  f"{seen},drawbox=t=fill:c=black:enable='lt(t,6)'", *FAST)  # fmt: skip
    plan = plan_clip(probe(wheel_tools, source), start_s, 24.0)
    output = encode_clip(wheel_tools, source, plan, tmp_path / "clip")
    assert output.poster is not None
    at_s = start_s + (output.stills.index(output.poster) + 0.5) * (24 - start_s) / 8
    assert at_s > 12


@pytest.mark.parametrize(
    ("size", "rate", "seconds", "stills"), [("34x480", "5", 0.4, 2), ("240x426", "24000/1001", 2, 8)]
)
def test_short_and_upright_clips_have_pictures_too(
    tools: Tools, make: Maker, tmp_path: Path, size: str, rate: str, seconds: float, stills: int
) -> None:
    source = make(f"short{size}.mkv", *picture(size, rate, seconds), *FAST)
    facts = probe(tools, source)
    output = encode_clip(tools, source, plan_clip(facts, 0, facts.duration_s), tmp_path / "clip")
    check_clip(tools, tmp_path / "clip", output, facts.duration_s)
    assert len(output.stills) == stills
    assert output.poster in output.stills
    assert output.strip == "strip/index.vtt"
