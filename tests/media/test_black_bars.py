"""Black bars in real films: letterbox, pillarbox, none, dark scenes, nothing but black."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media.conftest import Maker
from transcode.errors import ToolFailed
from transcode.pictures.black_bars import Edges, black_bars, edges
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = pytest.mark.dear(6)

_FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10")


def film(make: Maker, name: str, size: str, *filters: str) -> Path:
    """Six seconds of a moving test picture, and what is done with it."""
    more = ["-vf", ",".join(filters)] if filters else []
    return make(f"{name}.mp4", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=10:d=6", *more, *_FAST)


@pytest.mark.slow
def test_a_letterbox_is_found_and_how_much_of_the_picture_it_takes(tools: Tools, make: Maker) -> None:
    boxed = film(make, "letterbox", "640x272", "pad=640:360:0:44")
    found = black_bars(tools, boxed, probe(tools, boxed))
    assert found is not None
    assert found.top == pytest.approx(44 / 360, abs=0.01)
    assert found.bottom == pytest.approx(44 / 360, abs=0.01)
    assert max(found.left, found.right) < 0.01


@pytest.mark.slow
def test_bars_at_the_sides_none_and_dark_scenes(wheel_tools: Tools, make: Maker) -> None:
    pillars = film(make, "pillarbox", "480x360", "pad=640:360:80:0")
    found = black_bars(wheel_tools, pillars, probe(wheel_tools, pillars))
    assert found is not None
    assert (found.left, found.right) == pytest.approx((0.125, 0.125), abs=0.01)
    assert found.top < 0.01
    # Half of it is night above: where one place has light, there is no bar.
    night = "drawbox=c=black:t=fill:h=180:enable='lt(t,3)'"
    for name, more in (("full", ()), ("night", (night,))):
        plain = film(make, name, "640x360", *more)
        whole = black_bars(wheel_tools, plain, probe(wheel_tools, plain))
        assert whole is not None
        assert max(whole.top, whole.bottom, whole.left, whole.right) < 0.01, name
    black = make("black.mp4", "-f", "lavfi", "-i", "color=black:s=640x360:r=10:d=6", *_FAST)
    assert black_bars(wheel_tools, black, probe(wheel_tools, black)) is None
    # A picture that stands turned in its file is judged as it is seen.
    letterbox = film(make, "letterbox", "640x272", "pad=640:360:0:44")
    turned = make("turned.mp4", "-display_rotation", "90", "-i", str(letterbox), "-c", "copy")
    seen = black_bars(wheel_tools, turned, probe(wheel_tools, turned))
    assert seen is not None
    assert (seen.left, seen.right) == pytest.approx((44 / 360, 44 / 360), abs=0.01)
    assert max(seen.top, seen.bottom) < 0.01


@pytest.mark.slow
def test_what_cannot_be_decoded_says_so(wheel_tools: Tools, make: Maker, tmp_path: Path) -> None:
    whole = film(make, "full", "640x360")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    with pytest.raises(ToolFailed):
        black_bars(wheel_tools, broken, probe(wheel_tools, whole))
    assert edges([], 640, 360) is None
    assert edges([(0, 639, 0, 359)], 640, 360) == Edges(0.0, 0.0, 0.0, 0.0)
