"""Speech-like sound whose pauses are known: syllables in sentences, with noise under all of it."""

from __future__ import annotations

import math
import random
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

RATE_HZ = 8000
LEVEL = 0.2


@dataclass(frozen=True)
class Sentence:
    """A stretch in which somebody speaks."""

    start_s: float
    end_s: float


def speak(path: Path, seconds: float, snr_db: float, seed: int) -> list[Sentence]:
    """Write a mono WAV of at least `seconds` and return its sentences.

    `snr_db`: the power of the speech inside sentences over that of white noise across the whole band.
    """
    dice = random.Random(seed)
    samples = array("f")
    sentences = []
    while len(samples) < seconds * RATE_HZ:
        begin = len(samples)
        for _ in range(dice.randint(8, 25)):
            _syllable(samples, dice)
        sentences.append(Sentence(begin / RATE_HZ, len(samples) / RATE_HZ))
        samples.extend([0.0] * round(dice.uniform(0.5, 1.2) * RATE_HZ))
    spoken_s = sum(one.end_s - one.start_s for one in sentences)
    power = sum(one * one for one in samples) / (spoken_s * RATE_HZ)
    noise = math.sqrt(power / 10 ** (snr_db / 10))
    pcm = array("h", (round(32767 * max(-1.0, min(1.0, one + dice.gauss(0, noise)))) for one in samples))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.tobytes())
    return sentences


def _syllable(samples: array[float], dice: random.Random) -> None:
    length_s, pitch_hz = dice.uniform(0.15, 0.25), dice.uniform(180, 320)
    count = round(length_s * RATE_HZ)
    for n in range(count):
        angle = 2 * math.pi * pitch_hz * n / RATE_HZ
        swell = math.sin(math.pi * n / count) ** 0.5
        samples.append(LEVEL * swell * (math.sin(angle) + 0.7 * math.sin(2 * angle)))
    samples.extend([0.0] * round(dice.uniform(0.02, 0.1) * RATE_HZ))
