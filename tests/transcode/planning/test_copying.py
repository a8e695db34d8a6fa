"""Whether the original's own packets may be the best rendition, and where its segments then begin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY, facts, video
from transcode.planning.copying import LONGEST_SEGMENT_S, REASONS, KeyFrames, place_segments
from transcode.planning.ladder import copy_obstacle, plan_clip
from transcode.planning.plan import segment_frames, without_copy
from transcode.reading.facts import VideoFacts

GOOD = {"profile": "High", "level": 40, "square": True, "progressive": True}


def good(**changes: Any) -> VideoFacts:
    return video(**{**GOOD, **changes})


def every(seconds: float, fps: float = 25.0, duration_s: float = 3600.0) -> KeyFrames:
    count = round(duration_s / seconds)
    times = tuple(round(n * seconds, 6) for n in range(count))
    return KeyFrames(times, tuple(round(at_s * fps) for at_s in times), round(duration_s * fps), "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"demuxer": "matroska,webm"}, "container"),
        ({"video": None}, "no_picture"),
        ({"video": good(codec="hevc")}, "codec"),
        ({"video": good(profile="High 4:4:4 Predictive")}, "codec"),
        ({"video": good(level=52)}, "codec"),
        ({"video": video()}, "codec"),  # facts written before they said what is needed
        ({"video": good(pix_fmt="yuv420p10le")}, "picture_format"),
        ({"video": good(pix_fmt="yuvj420p")}, "picture_format"),
        ({"video": good(progressive=False)}, "picture_format"),
        ({"video": good(square=False)}, "picture_format"),
        ({"video": good(rotation=90)}, "picture_format"),
        ({"video": good(width=1919)}, "picture_format"),
        ({"video": good(width=2560, height=1440)}, "size"),
        ({"video": good(width=1280, height=500)}, "size"),  # wider than decoders like
        ({"video": good(rate=(50, 1))}, "rate"),
        ({"video": good(variable_rate=True)}, "rate"),
        ({"video": good(bit_rate_bps=5_900_000)}, "bitrate"),
        ({"video": good(bit_rate_bps=None)}, "bitrate"),
        ({"video": good(width=1280, height=720, bit_rate_bps=3_300_000)}, "bitrate"),
    ],
)
def test_what_is_not_copied(changes: dict[str, Any], reason: str) -> None:
    recording = facts(**{"video": good(), **changes})
    assert copy_obstacle(recording) == reason
    assert reason in REASONS
    plan = plan_clip(recording, 0, 60, key_frames=every(2))
    assert plan.copy_reason == reason
    assert plan.picture is None or plan.picture.copied is None


@pytest.mark.parametrize(
    ("keys", "cut", "reason"),
    [
        (None, (0, 60), "unknown"),
        (KeyFrames(reason="edits"), (0, 60), "edits"),
        (every(2), (0, 60), "copied"),
        (every(2), (0.01, 60.01), "copied"),  # nearer than half a frame
        (every(2), (0, 61), "cut"),
        (every(2), (1, 60), "cut"),
        (every(2), (3000, 3600), "copied"),  # the last clip ends with the lecture
        (every(10), (0, 600), "copied"),
        (every(12), (0, 600), "key_frames"),
        (replace(every(2), frames=tuple(n * 50 - (n > 9) for n in range(1800))), (0, 60), "uneven"),
        (replace(every(2), frames=tuple(n * 50 - (n > 9) for n in range(1800))), (60, 120), "copied"),
        (replace(every(2), total=89_990), (3000, 3600), "uneven"),  # the picture breaks off
    ],
)
def test_clips_are_copied_between_key_frames(
    keys: KeyFrames | None, cut: tuple[float, float], reason: str
) -> None:
    plan = plan_clip(facts(video=good()), *cut, key_frames=keys)
    assert plan.copy_reason == reason
    assert plan.picture is not None
    assert (plan.picture.copied is not None) == (reason == "copied")
    assert sum(segment_frames(plan.picture)) == plan.picture.frames


def test_a_copied_clip_lies_on_the_key_frames() -> None:
    """A camera's first frames may be a little off the grid: the clip goes with them."""
    times = (0.0, 2.003, 4.001, 6.0)
    keys = KeyFrames(times, (0, 50, 100, 150), 200, "")
    plan = plan_clip(facts(video=good()), 2.0, 6.0, key_frames=keys)
    assert plan.copy_reason == "copied"
    assert (plan.start_s, plan.duration_s) == (2.003, 4.0)
    assert plan.sound is not None
    assert plan.sound.samples == 4 * 48000


def test_a_picture_a_little_shorter_than_the_sound_ends_the_clip() -> None:
    recording = facts(video=good(end_s=599.96), duration_s=600.0)
    keys = replace(every(2, duration_s=600), total=14_999)
    plan = plan_clip(recording, 0, 600, key_frames=keys)
    assert (plan.copy_reason, plan.duration_s) == ("copied", 599.96)


def test_a_lecture_whose_sound_begins_a_little_earlier_begins_with_the_picture() -> None:
    """As with sound whose encoder's priming is not taken off."""
    keys = every(2, duration_s=600)
    late = replace(keys, times_s=tuple(at_s + 0.0232 for at_s in keys.times_s))
    plan = plan_clip(facts(video=good(start_s=0.0232)), 0, 60.0232, key_frames=late)
    assert (plan.copy_reason, plan.start_s, plan.duration_s) == ("copied", 0.0232, 60.0)
    later = replace(keys, times_s=tuple(at_s + 0.2 for at_s in keys.times_s))
    assert plan_clip(facts(video=good(start_s=0.2)), 0, 60.2, key_frames=later).copy_reason == "cut"


def test_why_it_was_not_copied_does_not_change_the_digest() -> None:
    recording = facts(video=good())
    plain = plan_clip(recording, 0, 60)
    assert plan_clip(recording, 0, 60, key_frames=KeyFrames(reason="edits")).digest == plain.digest
    copied = plan_clip(recording, 0, 60, key_frames=every(2))
    assert copied.digest != plain.digest
    encoded = without_copy(copied)
    assert (encoded.copy_reason, encoded.digest) == ("check", plain.digest)


def test_key_frames_are_written_and_read() -> None:
    keys = every(2, duration_s=60)
    assert KeyFrames.from_json(keys.to_json()) == keys


@pytest.mark.parametrize(
    ("distance_s", "lengths_s"),
    [(1, {6}), (2, {6}), (3, {6}), (6, {6}), (4, {4, 8}), (5, {5}), (7, {7}), (10, {10}), (0.5, {6})],
)
def test_segments_of_even_key_frames(distance_s: float, lengths_s: set[float]) -> None:
    keys = [round(n * distance_s * 25) for n in range(1, round(420 / distance_s))]
    placed = place_segments(keys, 420 * 25, Fraction(25), 6)
    assert placed is not None
    lengths = [(after - before) / 25 for before, after in pairwise((0, *placed.borders))]
    assert set(lengths) == lengths_s


GAPS = st.lists(st.integers(12, 250), min_size=1, max_size=80)


@STEADY
@given(GAPS, st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(24)]))
def test_segments_begin_at_key_frames_and_are_never_too_long(gaps: list[int], fps: Fraction) -> None:
    *keys, total = accumulate(gaps)
    placed = place_segments(keys, total, fps, 6)
    if placed is None:
        return
    assert set(placed.borders) <= set(keys)
    for before, after in pairwise((0, *placed.borders, total)):
        assert 0 < after - before <= LONGEST_SEGMENT_S * fps
