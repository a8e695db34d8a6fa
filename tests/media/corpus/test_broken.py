"""Damaged recordings end in clips that play as far as they go, or in a refusal that says what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.corpus import breaking
from tests.media.corpus.conftest import Cook
from tests.media.corpus.judging import transcode, watch
from tests.media.corpus.recipes import AAC, CONTAINERS, H264, SOUNDS, Recipe, film
from transcode.errors import REFUSALS, Refused
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(19)]

TWICE = film("twelve.ts", *H264, *AAC, seconds=12)
CHANGING: dict[str, tuple[Recipe, str]] = {
    "recordings joined by their bytes": (Recipe("joined.ts", (), before=(TWICE, TWICE)), "broken_clock"),
}


@pytest.mark.parametrize("kind", CHANGING)
def test_what_cannot_come_out_right_is_refused_by_name(
    tools: Tools, cook: Cook, tmp_path: Path, kind: str
) -> None:
    recipe, code = CHANGING[kind]
    assert ending(tools, cook(recipe), tmp_path) == code


GOOD = {recipe.name: recipe for recipe in (*CONTAINERS, *SOUNDS)}


def ending(tools: Tools, path: Path, folder: Path) -> str | float:
    """Seconds of what plays, or the code of the refusal; any other error leaves here."""
    try:
        made = transcode(tools, path, folder)
    except Refused as refused:
        return refused.code if refused.code in REFUSALS else f"{refused.code} is not in the list"
    for into, clip in zip(made.folders, made.clips, strict=True):
        watch(tools, into, clip)
    return sum(clip.duration_s for clip in made.clips)


TRUNCATED = {
    "plain.mp4": {"truncated"},
    "index in front.mp4": {"truncated"},
    "fragments.mp4": {"nothing_playable"},
    "obs.mkv": {"truncated"},
    "browser.webm": {"nothing_playable"},
    "satellite.ts": {"nothing_playable"},
    "dvd.vob": {"nothing_playable"},
    "divx.avi": {"truncated"},
    "windows.wmv": {"truncated"},
    "web.flv": {"nothing_playable"},
    "plain.mp3": set(),
    "plain.flac": {"nothing_playable"},
    "vorbis.ogg": {"truncated"},
    "plain.wav": {"truncated"},
    "phone.amr": set(),
}

KNOW_THEIR_BYTES = {"plain.mp4", "index in front.mp4", "obs.mkv", "divx.avi", "windows.wmv", "plain.wav"}


@pytest.mark.spread("name")
@pytest.mark.parametrize("name", TRUNCATED)
def test_cut_off_at_each_tenth(wheel_tools: Tools, cook: Cook, tmp_path: Path, name: str) -> None:
    whole = cook(GOOD[name]).read_bytes()
    lengths = [0.0]
    for tenths in range(1, 10):
        path = tmp_path / str(tenths) / name
        path.parent.mkdir()
        path.write_bytes(breaking.part(whole, tenths))
        end = ending(wheel_tools, path, tmp_path / f"clips{tenths}")
        if isinstance(end, str):
            assert end in TRUNCATED[name], tenths
        else:
            assert lengths[-1] <= end + 0.1
            lengths.append(end)
    if name in KNOW_THEIR_BYTES:
        assert lengths == [0.0], "a copy that stopped must be named, not shown as a shorter lecture"
    else:
        assert lengths[-1] > 1.5


DAMAGE: dict[str, Callable[[bytes, int], bytes]] = {
    "flips": lambda data, seed: breaking.flipped(data, seed, 40),
    "flips in its head": lambda data, seed: breaking.flipped(data, seed, 8, 600),
    "holes": breaking.holes,
}


@pytest.mark.spread("name")
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(
    "name",
    ["plain.mp4", "fragments.mp4", "vp9.webm", "plain.ts", "dvd.vob", "divx.avi", "windows.wmv", "web.flv",
     "vorbis.ogg"],
)  # fmt: skip
def test_damaged(wheel_tools: Tools, cook: Cook, tmp_path: Path, name: str, damage: str) -> None:
    whole = cook(GOOD[name]).read_bytes()
    for seed in range(3):
        path = tmp_path / str(seed) / name
        path.parent.mkdir()
        path.write_bytes(DAMAGE[damage](whole, seed))
        ending(wheel_tools, path, tmp_path / f"clips{seed}")


LIES: dict[str, tuple[str, Callable[[bytes], bytes], str | float]] = {
    "an MP4 that says it is ten times as long": ("plain.mp4", lambda d: breaking.mp4_lasting(d, 10), 3.0),
    "an MP4 that says it is a tenth as long": ("plain.mp4", lambda d: breaking.mp4_lasting(d, 0.1), 3.0),
    "an MP4 that says it is nothing": ("plain.mp4", lambda d: breaking.mp4_lasting(d, 0), 3.0),
    "an MP4 that says it is endless": ("plain.mp4", lambda d: breaking.mp4_lasting(d, 1e9), 3.0),
    "fragments that say they are long": ("fragments.mp4", lambda d: breaking.mp4_lasting(d, 1e9), 3.0),
    "a Matroska that says an hour": ("obs.mkv", lambda d: breaking.matroska_lasting(d, 3.6e6), 3.0),
    "a Matroska that says a moment": ("obs.mkv", lambda d: breaking.matroska_lasting(d, 100), 3.0),
    "a Matroska that says no number": ("obs.mkv", lambda d: breaking.matroska_lasting(d, math.nan), 3.0),
    "a Matroska that says infinity": ("obs.mkv", lambda d: breaking.matroska_lasting(d, math.inf), 3.0),
    "a Matroska that says before its beginning": (
        "obs.mkv", lambda d: breaking.matroska_lasting(d, -5000), 3.0),
    "a Flash video that says a day": ("web.flv", lambda d: breaking.flash_lasting(d, 86400), 3.0),
    "a Flash video that says half a second": ("web.flv", lambda d: breaking.flash_lasting(d, 0.5), 3.0),
    "an MP4 as large as a house": (
        "plain.mp4", lambda d: breaking.mp4_sized(d, 65535, 65535), 3.0),
    "an MPEG-4 as large as a house": (
        "mpeg4.m4v", lambda d: breaking.mp4_sized(d, 65535, 65535, entry=b"mp4v"), 3.0),
    "pictures as large as a house": (
        "camera.avi", lambda d: breaking.jpegs_sized(d, 65000, 65000), "any"),
    "VP8 as large as a house": ("vp8.webm", lambda d: breaking.vp8_sized(d, 16383, 16383), "any"),
    "VP8 of no size": ("vp8.webm", lambda d: breaking.vp8_sized(d, 0, 0), "any"),
    "a sound of no rate": ("plain.wav", lambda d: breaking.put(d, 24, bytes(4)), "any"),
    "a sound of four billion a second": (
        "plain.wav", lambda d: breaking.put(d, 24, b"\xff\xff\xff\xff"), "any"),
    "a sound of 65535 channels": ("plain.wav", lambda d: breaking.put(d, 22, b"\xff\xff"), "any"),
    "a sound that is longer than its file": (
        "plain.wav", lambda d: breaking.put(d, 4, b"\x00\x00\x00\x7f"), "truncated"),
}  # fmt: skip


@pytest.mark.spread("lie")
@pytest.mark.parametrize("lie", LIES)
def test_lies(wheel_tools: Tools, cook: Cook, tmp_path: Path, lie: str) -> None:
    name, tell, wanted = LIES[lie]
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_bytes(tell(cook(GOOD[name]).read_bytes()))
    end = ending(wheel_tools, path, tmp_path / "clips")
    if isinstance(wanted, float):
        assert end == pytest.approx(wanted, abs=0.3)
    elif wanted != "any":
        assert end == wanted
