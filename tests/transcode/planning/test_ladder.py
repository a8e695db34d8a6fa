"""Plans: which renditions, on which frames, how loud."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY, audio, facts, video
from transcode.cutting.split import MAX_CLIP_S
from transcode.planning.ladder import Profile, choose_gain, choose_rungs, output_rate, plan_clip
from transcode.planning.plan import rendition_names


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((3840, 2160), ["1080p 1920x1080", "720p 1280x720", "480p 854x480", "360p 640x360"]),
        ((1920, 1080), ["1080p 1920x1080", "720p 1280x720", "480p 854x480", "360p 640x360"]),
        ((1080, 1920), ["1080p 1080x1920", "720p 720x1280", "480p 480x854", "360p 360x640"]),
        ((1280, 720), ["720p 1280x720", "480p 854x480", "360p 640x360"]),
        ((1024, 768), ["768p 1024x768", "480p 640x480", "360p 480x360"]),
        ((768, 576), ["576p 768x576", "360p 480x360"]),
        ((640, 480), ["480p 640x480", "360p 480x360"]),
        ((853, 479), ["479p 852x478", "360p 642x360"]),
        ((320, 180), ["180p 320x180"]),
        ((2560, 1080), ["1080p 2560x1080", "720p 1706x720", "480p 1138x480", "360p 854x360"]),
        ((5000, 500), ["500p 1200x120", "360p 864x86"]),
        ((1, 1), ["1p 2x2"]),
    ],
)
def test_the_ladder_goes_down_from_the_source(size: tuple[int, int], wanted: list[str]) -> None:
    rungs = choose_rungs(*size, Profile())
    assert [f"{rung.name} {rung.width}x{rung.height}" for rung in rungs] == wanted


@STEADY
@given(st.integers(2, 8000), st.integers(2, 8000))
def test_every_rung_is_even_within_the_source_and_smaller_than_the_one_above(width: int, height: int) -> None:
    rungs = choose_rungs(width, height, Profile())
    for rung in rungs:
        assert rung.width % 2 == rung.height % 2 == 0
        assert rung.width <= width
        assert rung.height <= height
        assert min(rung.width, rung.height) <= 1080
    pixels = [rung.width * rung.height for rung in rungs]
    assert pixels == sorted(pixels, reverse=True)
    assert len({rung.name for rung in rungs}) == len(rungs)
    caps = [rung.maxrate_bps for rung in rungs]
    assert caps == sorted(caps, reverse=True)


@pytest.mark.parametrize(
    ("rate", "variable", "wanted"),
    [
        ((25, 1), False, (25, 1)),
        ((30000, 1001), False, (30000, 1001)),
        ((60000, 1001), False, (30000, 1001)),
        ((50, 1), False, (25, 1)),
        ((60, 1), False, (30, 1)),
        ((120, 1), False, (30, 1)),
        ((48, 1), False, (24, 1)),
        ((15, 1), False, (15, 1)),
        ((1, 1), False, (5, 1)),
        ((13759, 512), True, (30000, 1001)),  # a phone: 26.9 on the average
        ((2968, 100), True, (30000, 1001)),
        ((9, 10), True, (5, 1)),  # a recorded screen that hardly changed
        ((90000, 1), True, (30, 1)),
    ],
)
def test_frame_rates(rate: tuple[int, int], variable: bool, wanted: tuple[int, int]) -> None:
    assert output_rate(video(rate=rate, variable_rate=variable)) == Fraction(*wanted)


CUTS = st.lists(st.floats(0.5, 3599.5), min_size=1, max_size=8, unique=True).map(sorted)
RATES = st.sampled_from([(25, 1), (30000, 1001), (24000, 1001), (10, 1), (60, 1)])


@STEADY
@given(CUTS, RATES, st.floats(0, 0.2))
def test_clips_lie_on_the_frame_grid_one_after_the_other(
    cuts: list[float], rate: tuple[int, int], starts_s: float
) -> None:
    """No frame twice, none lost; nothing is moved by more than half a frame."""
    lecture = facts(video=video(rate=rate, start_s=round(starts_s, 6)))
    borders = [0.0, *cuts, 3600.0]
    plans = [
        plan_clip(lecture, start, end) for start, end in pairwise(borders) if 0.2 < end - start <= MAX_CLIP_S
    ]
    for plan, after in pairwise(plans):
        assert plan.picture is not None
        frame_s = float(1 / plan.picture.fps)
        assert plan.duration_s == pytest.approx(plan.picture.frames * frame_s, abs=1e-5)
        if plan.start_s > 0 and any(abs(plan.start_s + plan.duration_s - cut) < frame_s for cut in cuts):
            gap = after.start_s - (plan.start_s + plan.duration_s)
            assert abs(gap) < 2e-6 or gap > frame_s / 2
    for plan in plans:
        assert plan.duration_s <= MAX_CLIP_S
        assert plan.seek_s <= plan.start_s
        assert plan.sound is not None
        assert plan.sound.samples == pytest.approx(plan.duration_s * 48000, abs=1)


@pytest.mark.parametrize(
    ("lufs", "peak_db", "gain_db"),
    [
        (None, None, 0.0),
        (-70.0, -60.0, 0.0),  # silence is not raised to a roar
        (-16.0, -3.0, 0.0),
        (-23.0, -10.0, 7.0),
        (-9.0, -0.1, -7.0),
        (-30.0, -6.0, 10.5),  # the limiter takes 6 dB at most
        (-45.0, -40.0, 20.0),
        (-20.0, 0.0, 4.0),
        (-20.0, 5.0, 0.0),
    ],
)
def test_gain(lufs: float | None, peak_db: float | None, gain_db: float) -> None:
    assert choose_gain(lufs, peak_db) == gain_db


def test_a_stream_that_is_not_there_during_the_clip_is_left_out() -> None:
    lecture = facts(video=video(end_s=1000.0), audio=audio(start_s=300.0))
    assert plan_clip(lecture, 0, 250).sound is None
    assert plan_clip(lecture, 1200, 1500).picture is None
    assert plan_clip(lecture, 1200, 1500).rungs == ()
    both = plan_clip(lecture, 900, 1200)
    assert both.picture is not None
    assert both.picture.pad_s == pytest.approx(200.5)
    assert both.sound is not None
    assert both.sound.pad_s == pytest.approx(300.0)
    assert plan_clip(lecture, 1200, 1500).sound is not None
    alone = plan_clip(facts(video=None, audio=audio(end_s=1400.0)), 1200, 1500).sound
    assert alone is not None
    assert alone.pad_s == pytest.approx(100.5)


def test_sound_alone_is_a_rendition_beside_pictures_that_have_a_sound() -> None:
    assert plan_clip(facts(), 0, 60).sound_only_bps == 64_000
    assert plan_clip(facts(audio=None), 0, 60).sound_only_bps is None
    assert plan_clip(facts(video=None), 0, 60).sound_only_bps is None
    assert rendition_names(plan_clip(facts(), 0, 60)) == ["1080p", "720p", "480p", "360p", "audio"]
    assert rendition_names(plan_clip(facts(audio=None), 0, 60))[-1] == "360p"
    assert rendition_names(plan_clip(facts(video=None), 0, 60)) == ["audio"]


def test_sound_alone() -> None:
    plan = plan_clip(facts(video=None, audio=audio(channels=6, sample_rate_hz=44100)), 10.5, 70.5)
    assert (plan.start_s, plan.duration_s, plan.rungs) == (10.5, 60.0, ())
    assert plan.sound is not None
    assert (plan.sound.channels, plan.sound.sample_rate_hz, plan.sound.samples) == (2, 44100, 2646000)


def test_containers_that_seek_badly_are_opened_earlier() -> None:
    plan = plan_clip(facts(demuxer="mpegts"), 100, 200)
    assert plan.seek_s == pytest.approx(90.0)
    assert plan.offset_s == pytest.approx(10.0)
    assert plan_clip(facts(), 100, 200).offset_s == 0.0


@pytest.mark.parametrize(("start_s", "end_s"), [(-1, 5), (5, 5), (6, 5), (3600, 3601)])
def test_impossible_cuts(start_s: float, end_s: float) -> None:
    with pytest.raises(ValueError, match="no such cut"):
        plan_clip(facts(), start_s, end_s)
    with pytest.raises(ValueError, match="a clip of"):
        plan_clip(facts(), 0, 601)


def test_the_digest_names_what_decides_the_bytes() -> None:
    """Pinned: a change means that every clip of every library is made again; then raise PLAN_VERSION."""
    plan = plan_clip(facts(), 0, 600)
    assert plan.digest == plan_clip(facts(size_bytes=1), 0, 600).digest
    others = [
        plan_clip(facts(), 0, 599),
        plan_clip(facts(), 0, 600, integrated_lufs=-20.0),
        plan_clip(facts(), 0, 600, Profile(preset="medium")),
        replace(plan, rungs=plan.rungs[:1]),
    ]
    assert len({plan.digest, *(other.digest for other in others)}) == 5
    assert plan.digest == "0706e9c9806d"
