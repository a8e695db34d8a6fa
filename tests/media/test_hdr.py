"""HDR as phones and cameras write it, beside its ordinary twin: the same grey on every picture that we make.

What a grey must become is ITU-R BT.2408's: HDR white of 203 cd/m2 (75 % of HLG, 58 % of PQ) is the white of
an ordinary picture, shown through the gamma 2.4 of BT.1886. The codes below come from BT.2100's own formulas,
the other way round than the product computes them.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.conftest import Maker
from tests.media.inspection import READ_HLS, check_clip
from tests.media.test_pictures import mean_luma
from transcode.encoding.package import encode_clip
from transcode.pictures.overview import make_overview
from transcode.planning.copying import KeyFrames
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(27)]

BARS = ((0.25, 0.25, 0.25), (0.75, 0.75, 0.75), (0.0, 0.75, 0.0))
"""Red, green and blue of the ordinary signal; three bars side by side."""

MIDDLE = "iw/6:ih/2:iw*5/12:ih/4"
HLG_TAGS = (
    "format=yuv420p,setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv"
)
RIGHT = "iw/6:ih/2:iw*3/4:ih/4"


def hlg(light: float) -> float:
    """BT.2100 table 5, from light (white = 1) to the signal."""
    scene = (light * 203 / 1000) ** (1 / 1.2)
    return (
        math.sqrt(3 * scene)
        if scene <= 1 / 12
        else 0.17883277 * math.log(12 * scene - 0.28466892) + 0.55991073
    )


def pq(light: float) -> float:
    """BT.2100 table 4, from light (white = 1) to the signal."""
    root = (light * 203 / 10_000) ** (2610 / 16384)
    return float(((3424 / 4096 + 2413 / 128 * root) / (1 + 2392 / 128 * root)) ** (2523 / 32))


def wide(light: float) -> float:
    """BT.1886, from light to the signal."""
    return float(light ** (1 / 2.4))


def codes(bar: tuple[float, float, float], curve: Callable[[float], float]) -> tuple[int, int, int]:
    """Y, Cb, Cr of 10 bits (BT.2020, not constant luminance) of a colour of BT.709 (BT.2087 between them)."""
    red, green, blue = (part**2.4 for part in bar)
    r, g, b = (
        curve(one * red + two * green + three * blue)
        for one, two, three in ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.088, 0.8956))
    )
    luma = 0.2627 * r + 0.678 * g + 0.0593 * b
    return (
        round(64 + 876 * luma),
        round(512 + 896 * (b - luma) / 1.8814),
        round(512 + 896 * (r - luma) / 1.4746),
    )


def bars(make: Maker, name: str, trc: str, curve: Callable[[float], float]) -> Path:
    y, cb, cr = zip(*(codes(bar, curve) for bar in BARS), strict=True)

    def by_place(values: tuple[int, ...]) -> str:
        return f"'if(lt(X,W/3),{values[0]},if(lt(X,2*W/3),{values[1]},{values[2]}))'"

    drawn = f"geq=lum={by_place(y)}:cb={by_place(cb)}:cr={by_place(cr)}"
    tags = f"setparams=color_primaries=bt2020:color_trc={trc}:colorspace=bt2020nc:range=tv"
    return make(
        name, "-f", "lavfi", "-i", f"color=s=384x216:r=5:d=2,format=yuv420p10le,{drawn},{tags}",
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", "-color_trc", trc),
        *("-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-color_range", "tv"),
    )  # fmt: skip


def twin(make: Maker) -> Path:
    """The same bars as an ordinary camera writes them (BT.709, 8 bits)."""

    def code(bar: tuple[float, float, float]) -> tuple[int, int, int]:
        luma = 0.2126 * bar[0] + 0.7152 * bar[1] + 0.0722 * bar[2]
        cb, cr = (bar[2] - luma) / 1.8556, (bar[0] - luma) / 1.5748
        return round(16 + 219 * luma), round(128 + 224 * cb), round(128 + 224 * cr)

    y, cb, cr = zip(*(code(bar) for bar in BARS), strict=True)
    told = [f"'if(lt(X,W/3),{one[0]},if(lt(X,2*W/3),{one[1]},{one[2]}))'" for one in (y, cb, cr)]
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    drawn = f"geq=lum={told[0]}:cb={told[1]}:cr={told[2]}"
    return make(
        "twin.mp4", "-f", "lavfi", "-i", f"color=s=384x216:r=5:d=2,format=yuv420p,{drawn},{tags}",
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", "-color_trc", "bt709"),
        *("-color_primaries", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
    )  # fmt: skip


def pictures_of(tools: Tools, source: Path, folder: Path) -> dict[str, Path]:
    """Make everything that shows a lecture's picture; returns the files by what they are."""
    facts = probe(tools, source)
    (folder / "look").mkdir(parents=True)
    look = make_overview(tools, source, facts, folder / "look")
    assert look.storyboard is not None
    assert {path.suffix for path in (folder / "look").iterdir()} == {".jpg"}
    output = encode_clip(tools, source, plan_clip(facts, 0, facts.duration_s), folder / "clip")
    check_clip(tools, folder / "clip", output, facts.duration_s)
    assert output.poster is not None
    tile = folder / "tile.png"
    command = [str(tools.ffmpeg), "-v", "error", "-y", "-i", str(folder / "look" / look.storyboard.sheets[0])]
    size = f"{look.storyboard.tile_width}:{look.storyboard.tile_height}"
    subprocess.run([*command, "-vf", f"crop={size}:0:0", str(tile)], check=True, timeout=30)
    shown = {"storyboard": tile, "poster": folder / "clip" / output.poster}
    for rendition in output.renditions:
        shown[rendition.name] = folder / f"{rendition.name}.png"
        command = [str(tools.ffmpeg), "-v", "error", "-y", *READ_HLS]
        command += ["-i", str(folder / "clip" / rendition.playlist), "-frames:v", "1", "-vf", "format=gray"]
        subprocess.run([*command, str(shown[rendition.name])], check=True, timeout=30)
    return shown


@pytest.mark.parametrize(
    ("trc", "curve"),
    [("arib-std-b67", hlg), ("smpte2084", pq), ("bt2020-10", wide)],
    ids=["hlg", "pq", "wide"],
)
def test_the_picture_of_a_phone_is_as_light_as_its_ordinary_twin(
    tools: Tools, make: Maker, tmp_path: Path, trc: str, curve: Callable[[float], float]
) -> None:
    usual = pictures_of(tools, twin(make), tmp_path / "twin")
    found = pictures_of(tools, bars(make, f"{trc}.mov", trc, curve), tmp_path / "hdr")
    assert found.keys() == usual.keys()
    for name, image in found.items():
        for part in (MIDDLE, RIGHT):
            ours, theirs = mean_luma(tools, image, part), mean_luma(tools, usual[name], part)
            assert ours == pytest.approx(theirs, abs=2), (name, part)
        # 75 % of the ordinary signal, whatever our own twin may have become.
        assert mean_luma(tools, image, MIDDLE) == pytest.approx(0.75 * 255, abs=2), name


@pytest.mark.parametrize("trc", ["arib-std-b67", "smpte2084"])
def test_every_rendition_says_that_it_is_an_ordinary_picture(
    tools: Tools, make: Maker, tmp_path: Path, trc: str
) -> None:
    source = bars(make, f"{trc}.mov", trc, hlg if trc == "arib-std-b67" else pq)
    facts = probe(tools, source)
    output = encode_clip(tools, source, plan_clip(facts, 0, 2), tmp_path / "clip")
    for rendition in output.renditions:
        command = [
            str(tools.ffprobe),
            "-v",
            "error",
            *READ_HLS,
            "-of",
            "json",
            "-show_streams",
            "-show_frames",
        ]
        command += [
            "-read_intervals",
            "%+#1",
            "-select_streams",
            "v",
            str(tmp_path / "clip" / rendition.playlist),
        ]
        told = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout)
        stream = told["streams"][0]
        kinds = ("color_primaries", "color_transfer", "color_space", "color_range", "pix_fmt")
        assert [stream.get(kind) for kind in kinds] == ["bt709", "bt709", "bt709", "tv", "yuv420p"]
        assert not [side for side in stream.get("side_data_list", ()) if "light" in str(side).lower()]


def test_a_picture_that_is_hdr_is_never_copied(wheel_tools: Tools, make: Maker) -> None:
    """Eight bits of H.264 as every player decodes them, and HLG all the same."""
    source = make("eight bits.mp4", "-f", "lavfi", "-i", f"testsrc2=s=320x180:r=5:d=4,{HLG_TAGS}",
                  *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10"))  # fmt: skip
    facts = probe(wheel_tools, source)
    keys = KeyFrames((0.0, 2.0), (0, 10), 20, "")
    assert plan_clip(facts, 0, 4, key_frames=keys).copy_reason == "picture_format"
