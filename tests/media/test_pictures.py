"""Stills, the poster among them, and the hover strip, as they come out of one encode."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.media.conftest import FAST, Maker, picture
from tests.media.inspection import check_clip
from transcode.encoding.package import Progress, encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = pytest.mark.slow


def mean_luma(tools: Tools, image: Path, crop: str = "iw:ih:0:0") -> float:
    """The mean grey (0..255) of a picture, or of a part of it."""
    filters = f"crop={crop},format=gray"
    command = [str(tools.ffmpeg), "-v", "error", "-i", str(image), "-vf", filters, "-f", "rawvideo", "-"]
    pixels = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    return sum(pixels) / len(pixels)


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
