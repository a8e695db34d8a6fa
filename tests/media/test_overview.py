"""A look over real recordings: real slide turns, real sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.media.conftest import Maker, picture, tone
from transcode.errors import Cancelled
from transcode.pictures.overview import Overview, make_overview
from transcode.reading.probe import probe
from transcode.tools import Tools

TURN_S = 24.0
SLIDES = (
    *("-f", "lavfi", "-i", f"smptebars=s=320x180:r=10:d={TURN_S:g}"),
    *("-f", "lavfi", "-i", "color=white:s=320x180:r=10:d=16"),
    *("-f", "lavfi", "-i", "testsrc2=s=80x46:r=10:d=40"),
    *("-filter_complex", "[0][1]concat=n=2[s];[s][2]overlay=W-w:H-h[v]", "-map", "[v]"),
    *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
)


@pytest.mark.slow
def test_a_slide_turn_and_a_sheet_of_pictures(tools: Tools, make: Maker, tmp_path: Path) -> None:
    recording = make("turn.mp4", *SLIDES, "-g", "20")
    look = make_overview(tools, recording, probe(tools, recording), tmp_path)
    assert look.turns_s == (TURN_S,)
    board = look.storyboard
    assert board is not None
    assert (board.tile_width, board.tile_height) == (160, 90)
    assert board.times_s == (0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0)
    with Image.open(tmp_path / board.sheets[0]) as sheet:
        assert sheet.size == (1600, 900)
        before, after = (sheet.convert("L").getpixel((160 * n + 40, 45)) for n in (3, 4))
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after > 220 > before  # coloured bars, then white


@pytest.mark.slow
def test_a_portrait_of_several_sheets(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc2=s=90x160:r=1:d=520", "-c:v", "libx264", "-g", "5"]
    recording = make("portrait.mp4", *source, "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    board = make_overview(wheel_tools, recording, probe(wheel_tools, recording), tmp_path).storyboard
    assert board is not None
    assert (board.tile_width, board.tile_height) == (90, 160)
    assert len(board.times_s) == 104
    assert board.sheets == ("00001.jpg", "00002.jpg")


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("codec", ["mjpeg", "none"])
def test_what_cannot_be_looked_over_cheaply_gives_an_empty_look(
    wheel_tools: Tools, make: Maker, tmp_path: Path, codec: str
) -> None:
    seen = ["-vn"] if codec == "none" else [*picture(), "-map", "1:v", "-map", "0:a", "-c:v", codec]
    recording = make(f"look_{codec}.mkv", *tone(), *seen)
    assert make_overview(wheel_tools, recording, probe(wheel_tools, recording), tmp_path) == Overview()
    assert not list(tmp_path.iterdir())


def test_a_damaged_picture_is_no_reason_to_fail(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    whole = make("turn.mp4", *SLIDES, "-g", "20")
    facts = probe(wheel_tools, whole)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    out = tmp_path / "out"
    out.mkdir()
    assert make_overview(wheel_tools, broken, facts, out) == Overview()


def test_a_look_can_be_stopped(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    recording = make("turn.mp4", *SLIDES, "-g", "20")
    with pytest.raises(Cancelled):
        make_overview(wheel_tools, recording, probe(wheel_tools, recording), tmp_path, lambda: True)
