"""The audio pass on real sound, in quiet and in noisy rooms."""

from __future__ import annotations

import math
import random
import wave
from array import array
from pathlib import Path

import pytest

from tests.media.conftest import FAST, Maker, picture, tone
from transcode.cutting.audio_profile import AudioProfile, audio_pass
from transcode.cutting.split import choose_cuts
from transcode.errors import Cancelled
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(8)]

RATE_HZ = 8000


def speak(
    path: Path, seconds: float, noise: float, level: float = 0.2, seed: int = 1
) -> list[tuple[float, float]]:
    """Write syllables of 150-250 ms in sentences, with noise under all of it; return where the pauses are."""
    dice = random.Random(seed)
    samples: list[float] = []
    pauses = []
    while len(samples) < seconds * RATE_HZ:
        for _ in range(dice.randint(8, 25)):
            length, pitch = dice.uniform(0.15, 0.25), dice.uniform(180, 320)
            count = round(length * RATE_HZ)
            for n in range(count):
                angle = 2 * math.pi * pitch * n / RATE_HZ
                swell = math.sin(math.pi * n / count) ** 0.5
                samples.append(level * swell * (math.sin(angle) + 0.7 * math.sin(4 * angle)))
            samples += [0.0] * round(dice.uniform(0.02, 0.1) * RATE_HZ)
        begin = len(samples) / RATE_HZ
        samples += [0.0] * round(dice.uniform(0.5, 1.2) * RATE_HZ)
        pauses.append((begin, len(samples) / RATE_HZ))
    pcm = array("h", (round(32767 * max(-1.0, min(1.0, one + dice.gauss(0, noise)))) for one in samples))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.tobytes())
    return pauses


@pytest.mark.parametrize(("noise", "level"), [(0.0, 0.2), (0.002, 0.02), (0.09, 0.2)])
def test_pauses_are_found_in_quiet_in_soft_and_in_noisy_speech(
    wheel_tools: Tools, tmp_path: Path, noise: float, level: float
) -> None:
    """The last is noise at 6 dB below the speech, louder than any fixed threshold would allow."""
    source = tmp_path / "speech.wav"
    true = speak(source, 60, noise, level)
    heard = audio_pass(wheel_tools, source, probe(wheel_tools, source))
    inside = [
        pause
        for pause in heard.pauses
        if not any(start <= (pause.start_s + pause.end_s) / 2 <= end for start, end in true)
    ]
    found = [any(p.start_s < end and p.end_s > start for p in heard.pauses) for start, end in true]
    assert not inside
    assert sum(found) >= 0.95 * len(true)


def test_cuts_of_a_noisy_lecture_never_fall_into_a_sentence(wheel_tools: Tools, tmp_path: Path) -> None:
    source = tmp_path / "speech.wav"
    true = speak(source, 90, 0.09)
    facts = probe(wheel_tools, source)
    heard = audio_pass(wheel_tools, source, facts)
    cuts = choose_cuts(facts.duration_s, heard.pauses, max_s=20, min_s=5)
    assert len(cuts) >= 5
    for cut in cuts[:-1]:
        assert cut.reason == "pause"
        assert any(start <= cut.end_s <= end for start, end in true)


def test_loudness_and_peak(tools: Tools, make: Maker) -> None:
    source = make("tone.mp4", *picture(), *tone(), *FAST)
    heard = audio_pass(tools, source, probe(tools, source))
    assert heard.integrated_lufs == pytest.approx(-21.8, abs=0.5)  # a sine of 440 Hz at 1/8, by EBU R128
    assert heard.true_peak_db == pytest.approx(-18.1, abs=0.5)
    assert heard.pauses == ()
    assert AudioProfile.from_json(heard.to_json()) == heard


def test_a_sound_that_starts_late_keeps_the_lectures_clock(tools: Tools, make: Maker) -> None:
    source = make(
        "late-sound.mkv",
        *picture(seconds=12),
        "-itsoffset",
        "5",
        *tone(7),
        "-map",
        "0:v",
        "-map",
        "1:a",
        *FAST,
    )
    (pause,) = audio_pass(tools, source, probe(tools, source)).pauses
    assert (pause.start_s, pause.end_s) == pytest.approx((0.0, 5.0), abs=0.1)


def test_silence_has_no_loudness_and_no_sound_no_pauses(tools: Tools, make: Maker) -> None:
    silence = make("silence.wav", "-f", "lavfi", "-i", "anullsrc", "-t", "5")
    heard = audio_pass(tools, silence, probe(tools, silence))
    assert (heard.integrated_lufs, heard.true_peak_db) == (None, None)
    mute = make("mute.mp4", *picture(), *FAST)
    assert audio_pass(tools, mute, probe(tools, mute)) == AudioProfile((), None, None)


def test_the_pass_tells_its_progress_and_can_be_stopped(wheel_tools: Tools, make: Maker) -> None:
    source = make("hum.flac", *tone(600, 8000))
    facts = probe(wheel_tools, source)
    told: list[float] = []
    audio_pass(wheel_tools, source, facts, told.append)
    assert told == sorted(told)
    assert 90 < told[-1] <= 100
    with pytest.raises(Cancelled):
        audio_pass(wheel_tools, source, facts, should_stop=lambda: True)
