"""What is heard: the wave that the editor draws, and what ffmpeg writes of levels and loudness."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcode.cutting.audio_profile import (
    WAVE_RANGE_DB,
    AudioProfile,
    draw_wave,
    parse_level,
    parse_loudness,
)
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


@pytest.mark.parametrize(
    ("text", "level"), [("-30.25", -30.25), ("-inf", -100.0), ("nan", -100.0), ("-140", -100.0)]
)
def test_levels_as_ffmpeg_writes_them(text: str, level: float) -> None:
    assert parse_level(text) == level


def test_loudness_as_ffmpeg_writes_it() -> None:
    said = """[Parsed_ebur128_1 @ 0x5559d7196440] Summary:

  Integrated loudness:
    I:         -25.6 LUFS
    Threshold: -35.6 LUFS

  Loudness range:
    LRA:         0.1 LU

  True peak:
    Peak:      -13.4 dBFS
"""
    assert parse_loudness(said) == (-25.6, -13.4)
    assert parse_loudness(said.replace("-25.6 LUFS", "-70.0 LUFS")) == (None, None)
    assert parse_loudness(said.replace("-13.4", "-inf")) == (-25.6, None)
    assert parse_loudness("nothing of that kind") == (None, None)
