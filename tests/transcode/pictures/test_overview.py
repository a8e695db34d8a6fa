"""Slide turns among the key frames, and what a look is kept as."""

from __future__ import annotations

import json

import pytest

from transcode.pictures.overview import Overview, Storyboard, find_turns, read_time_s, tile_step_s

STILL = 0.01


def grid(gap_s: float, count: int, **scores: float) -> list[tuple[float, float]]:
    return [(n * gap_s, scores.get(f"at_{n}", STILL)) for n in range(count)]


def test_a_new_slide_stands_out() -> None:
    assert find_turns(grid(2.0, 50, at_20=0.4)) == (40.0,)


def test_a_film_in_motion_has_no_slide_turns() -> None:
    assert find_turns([(n * 2.0, 0.2 + n % 3 * 0.1) for n in range(50)]) == ()


def test_a_turn_somewhere_in_ten_seconds_is_not_told() -> None:
    assert find_turns(grid(10.0, 50, at_20=0.4)) == ()


def test_a_key_frame_that_the_encoder_set_at_the_turn_is_told() -> None:
    seen = [(0.0, STILL), (10.0, STILL), (15.3, 0.4), (25.3, STILL)]
    assert find_turns(seen) == (15.3,)


@pytest.mark.parametrize("seen", [[], [(0.0, 0.9)]])
def test_fewer_than_two_key_frames_tell_nothing(seen: list[tuple[float, float]]) -> None:
    assert find_turns(seen) == ()


def test_a_day_gets_no_more_pictures_than_an_afternoon() -> None:
    assert tile_step_s(60.0) == 5.0
    assert 12 * 3600 / tile_step_s(12 * 3600) <= 300


def test_times_are_read_from_whole_milliseconds() -> None:
    assert read_time_s("frame:412 pts:4120040 pts_time:4120.04") == 4120.04
    assert read_time_s("frame:0    pts:0       pts_time:0") == 0.0


def test_a_look_comes_back_from_its_column() -> None:
    look = Overview((3.5,), Storyboard(160, 90, (0.0, 5.0), ("00001.jpg",)))
    assert Overview.from_json(json.loads(json.dumps(look.to_json()))) == look
    assert Overview.from_json(Overview().to_json()) == Overview()
