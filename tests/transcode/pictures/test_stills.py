"""Which pictures a clip gets, and which of them stands for it."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY, facts, video
from transcode.pictures.sprites import lay_out, strip_vtt
from transcode.pictures.stills import StillScore, choose_poster, fit, still_count
from transcode.planning.ladder import plan_clip

GOOD = StillScore(luma=150.0, blur=4.5, bytes_per_pixel=0.06)
BLACK = StillScore(luma=1.0, blur=math.nan, bytes_per_pixel=0.006)
WHITE = StillScore(luma=254.0, blur=math.nan, bytes_per_pixel=0.006)
BLURRED = StillScore(luma=150.0, blur=18.0, bytes_per_pixel=0.028)
FADING = StillScore(luma=24.0, blur=5.3, bytes_per_pixel=0.014)
SLIDE = StillScore(luma=236.0, blur=4.2, bytes_per_pixel=0.03)
"""A few lines on white; all as measured with ffmpeg."""


@pytest.mark.parametrize("poor", [BLACK, WHITE, BLURRED, FADING])
@pytest.mark.parametrize("good", [GOOD, SLIDE])
def test_the_poster_shows_something(poor: StillScore, good: StillScore) -> None:
    assert choose_poster([poor, poor, poor, good, poor]) == 3
    assert choose_poster([good, poor, poor]) == 0


def test_of_good_pictures_an_early_one_behind_the_title_is_taken() -> None:
    assert choose_poster([GOOD] * 8) == 1
    assert choose_poster([GOOD]) == 0


def test_of_an_hour_in_the_dark_the_least_dark_picture_is_taken() -> None:
    dark = [StillScore(luma, math.nan, 0.006) for luma in (0.0, 2.0, 21.0, 3.0)]
    assert choose_poster(dark) == 2
    with pytest.raises(ValueError, match="no stills"):
        choose_poster([])


@pytest.mark.parametrize(
    ("seconds", "stills", "tiles"), [(600, 20, 100), (60, 8, 20), (300, 10, 60), (2, 8, 2), (0.1, 3, 1)]
)
def test_how_many_pictures_a_clip_gets(seconds: float, stills: int, tiles: int) -> None:
    plan = plan_clip(facts(), 0, seconds)
    assert plan.picture is not None
    assert still_count(plan) == stills
    assert lay_out(plan, plan.picture).tiles == tiles


def test_sound_has_no_stills() -> None:
    assert still_count(plan_clip(facts(video=None), 0, 60)) == 0


@STEADY
@given(
    st.integers(2, 8000), st.integers(2, 8000), st.floats(0.2, 600), st.sampled_from([(5, 1), (30000, 1001)])
)
def test_every_strip_fits_a_sheet_and_covers_its_clip(
    width: int, height: int, seconds: float, rate: tuple[int, int]
) -> None:
    plan = plan_clip(facts(video=video(width=width, height=height, rate=rate)), 0, seconds)
    assert plan.picture is not None
    strip = lay_out(plan, plan.picture)
    assert strip.tile_width % 2 == strip.tile_height % 2 == 0
    assert max(strip.tile_width, strip.tile_height) <= 160
    text = strip_vtt(strip, plan.duration_s)
    places = [tuple(map(int, found)) for found in re.findall(r"#xywh=(\d+),(\d+),(\d+),(\d+)", text)]
    assert len(places) == len(set(places)) == strip.tiles <= 100
    assert max(x + w for x, _, w, _ in places) <= 10 * strip.tile_width
    assert max(y + h for _, y, _, h in places) == strip.rows * strip.tile_height
    times = re.findall(r"(\S+) --> (\S+)", text)
    assert times[0][0] == "00:00:00.000"
    assert [end for _, end in times[:-1]] == [start for start, _ in times[1:]]


def test_a_picture_keeps_its_shape_and_is_never_made_larger() -> None:
    assert fit(1920, 1080, 1280, 1080) == (1280, 720)
    assert fit(360, 640, 160, 160) == (90, 160)
    assert fit(64, 48, 160, 160) == (64, 48)
    assert fit(4000, 2, 160, 160) == (160, 2)
