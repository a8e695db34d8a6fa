"""The wave that the editor draws."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from transcode.cutting.hearing import WAVE_RANGE_DB, AudioProfile, draw_wave
from transcode.cutting.pauses import SILENCE_DB, Pause


def test_the_louder_of_two_levels_is_drawn() -> None:
    assert draw_wave([-60.0, -20.0, -20.0, -60.0]) == bytes([255, 255])


def test_what_is_far_below_the_loudest_is_silence() -> None:
    assert draw_wave([-20.0, -20.0, -20.0 - WAVE_RANGE_DB, -90.0]) == bytes([255, 0])


def test_one_clap_does_not_make_the_speech_small() -> None:
    speech = [-30.0] * 4000
    assert draw_wave([*speech, -3.0])[0] == 255


def test_digital_silence_is_flat() -> None:
    assert draw_wave([SILENCE_DB] * 5) == bytes(3)
    assert draw_wave([]) == b""


@given(st.lists(st.floats(SILENCE_DB, 0.0), max_size=50))
def test_each_two_levels_give_one_byte(levels: list[float]) -> None:
    assert len(draw_wave(levels)) == (len(levels) + 1) // 2


def test_a_profile_comes_back_from_its_column() -> None:
    profile = AudioProfile((Pause(1.0, 1.5, 20.0),), -20.0, -3.0, bytes([0, 7, 255]))
    assert AudioProfile.from_json(json.loads(json.dumps(profile.to_json()))) == profile


def test_a_profile_written_before_there_were_waves_is_read() -> None:
    row = {"pauses": [], "integrated_lufs": None, "true_peak_db": None}
    assert AudioProfile.from_json(row).wave == b""
