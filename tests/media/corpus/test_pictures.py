"""Every kind of recording with a picture that a lecturer can find becomes clips that play."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.media.corpus.conftest import Cook
from tests.media.corpus.judging import transcode, watch
from tests.media.corpus.oddities import NAMES, RATES, SHAPES, STREAMS
from tests.media.corpus.recipes import CONTAINERS, Recipe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(33)]

KINDS = {"container": CONTAINERS, "rate": RATES, "shape": SHAPES, "streams": STREAMS, "name": NAMES}
RECIPES = tuple(recipe for recipes in KINDS.values() for recipe in recipes)

ON_BOTH = {
    "plain.mp4", "fragments.mp4", "browser.webm", "camera.m2ts", "vcd.mpg", "camera.avi", "windows.wmv",
    "web.flv", "phone.hevc.mp4", "edit.mov", "variable.mkv", "one slide.mkv", "interlaced.ts",
    "turned 270.mkv", "alpha.webm", "full range.mp4", "surround.mp4", "late picture.ts", "edited.mov",
    "clock turns over.ts", "concat:a|b.mp4",
}  # fmt: skip
"""The spread that the system's older ffmpeg reads too; the whole list is the wheel's."""


def kind_of(recipe: Recipe) -> str:
    """Which of KINDS it belongs to."""
    return next(kind for kind, recipes in KINDS.items() if recipe in recipes)


@pytest.mark.spread("recipe", kind=kind_of)
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.name[:30])
def test_it_becomes_clips_that_play(wheel_tools: Tools, cook: Cook, tmp_path: Path, recipe: Recipe) -> None:
    judge(wheel_tools, cook, tmp_path, recipe)


@pytest.mark.spread("recipe", kind=kind_of)
@pytest.mark.parametrize(
    "recipe", [one for one in RECIPES if one.name in ON_BOTH], ids=lambda one: one.name[:30]
)
def test_so_it_does_with_the_systems_ffmpeg(
    system_tools: Tools, cook: Cook, tmp_path: Path, recipe: Recipe
) -> None:
    judge(system_tools, cook, tmp_path, recipe)


def judge(tools: Tools, cook: Cook, folder: Path, recipe: Recipe) -> None:
    """Transcode what the recipe makes; the clip must show, sound and last as the recipe says."""
    made = transcode(tools, cook(recipe), folder)
    video, (clip,) = made.facts.video, made.clips
    assert (video and (video.width, video.height)) == recipe.size
    assert (made.facts.audio is not None) == recipe.sound
    assert clip.duration_s == pytest.approx(recipe.seconds, abs=recipe.within_s)
    seen = watch(tools, made.folders[0], clip)
    assert seen.shows == (recipe.size is not None)
    assert (seen.loudest > 0.1) == recipe.sound
    if recipe.size:
        assert clip.poster
        shape, wanted = clip.renditions[0], recipe.size
        assert (shape.width or 0) / (shape.height or 1) == pytest.approx(wanted[0] / wanted[1], rel=0.08)


def test_the_list_is_long_and_each_file_is_another() -> None:
    names = [one.name for one in RECIPES]
    assert len(set(names)) == len(names) >= 100
    assert set(names) >= ON_BOTH
