"""Sound in which nobody speaks, and rooms around somebody who does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.report import Figure
from bench.speech.hearing import recognised
from speech.recogniser import RATE_HZ, Samples
from speech.words import plain


def nothing_said(folder: Path) -> list[Figure]:
    """Characters that are heard in a minute of silence, of noise and of music."""
    kinds: dict[str, Callable[[float], Samples]] = {"silence": silence, "noise": noise, "music": music}
    return [
        Figure(name, f"characters in 60 s of {name}", len(plain(recognised(folder, make(60.0)).text)), 0)
        for name, make in kinds.items()
    ]


def silence(length_s: float) -> Samples:
    """Digital silence."""
    return np.zeros(round(length_s * RATE_HZ), dtype=np.float32)


def noise(length_s: float, seed: int = 1) -> Samples:
    """A room: noise that falls with the frequency, at -30 dB."""
    white = np.random.default_rng(seed).normal(size=round(length_s * RATE_HZ))
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(1.0, np.arange(len(spectrum)) / length_s / 50))
    pink = np.fft.irfft(spectrum, len(white))
    return (pink / np.sqrt((pink**2).mean()) * 0.03).astype(np.float32)


def music(length_s: float, seed: int = 2) -> Samples:
    """Chords and a melody with overtones that swell and fade, four notes in two seconds."""
    dice = np.random.default_rng(seed)
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(time_s))
    scale = [0, 2, 4, 7, 9]
    for n in range(int(length_s / 0.5)):
        first, last = round(n * 0.5 * RATE_HZ), min(len(time_s), round((n * 0.5 + 0.8) * RATE_HZ))
        at_s = time_s[first:last] - n * 0.5
        for note in (int(dice.choice(scale)) + 12, *([0, 4, 7] if n % 4 == 0 else [])):
            hz = 220.0 * 2 ** (note / 12)
            fade = np.minimum(1, at_s * 30) * np.exp(-3 * at_s)
            sound[first:last] += fade * sum(np.sin(2 * np.pi * hz * k * at_s) / k**1.5 for k in (1, 2, 3, 4))
    return (sound / np.abs(sound).max() * 0.5).astype(np.float32)


def noisy(samples: Samples, snr_db: float) -> Samples:
    """The sound with a room around it."""
    room = noise(len(samples) / RATE_HZ)[: len(samples)]
    power = float((samples**2).mean() / (room**2).mean()) / 10 ** (snr_db / 10)
    return (samples + room * np.sqrt(power)).astype(np.float32)
