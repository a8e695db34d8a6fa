"""A long lecture of the sentences of a recording: in other orders, at other speeds, in rooms, with pauses."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.speech.hearing import Clip
from bench.speech.unspoken import music, noise, silence
from speech.recogniser import RATE_HZ, Samples

SPEEDS = (0.92, 0.95, 0.98, 1.0, 1.03, 1.06, 1.09)
ROOMS_DB = (30.0, 25.0, 20.0, 15.0)
PAUSES_S = (0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 2.0, 4.0)
ROOM_EVERY_S = 300.0
BLOCK = 12
"""Sentences that are compared at once: what is compared takes the square of its length."""


@dataclass(frozen=True)
class Block:
    """What is said between two seconds; "" where nobody speaks."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Lecture:
    """Sound, and what is said in it."""

    samples: Samples
    blocks: Sequence[Block]

    @property
    def length_s(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE_HZ


def lecture_of(clip: Clip, length_s: float, seed: int = 5) -> Lecture:
    """Return a lecture about so long, with a minute of music and a minute of silence in it."""
    dice = random.Random(seed)
    said = [_cut(clip.samples, one["start_s"], one["end_s"]) for one in clip.truth]
    parts: list[Samples] = []
    blocks: list[Block] = []
    at, wanted = 0, round(length_s * RATE_HZ)
    unspoken = [(wanted // 3, music(60.0) * 0.3), (wanted * 2 // 3, silence(60.0))]

    def put(part: Samples) -> None:
        nonlocal at
        parts.append(part)
        at += len(part)

    while at < wanted:
        if unspoken and at >= unspoken[0][0]:
            start_s = at / RATE_HZ
            put(unspoken.pop(0)[1])
            blocks.append(Block(start_s, at / RATE_HZ, ""))
        start_s, text = at / RATE_HZ, ""
        for n in dice.sample(range(len(said)), BLOCK):
            put(_faster(said[n], dice.choice(SPEEDS)))
            put(silence(dice.choice(PAUSES_S)))
            text += clip.truth[n]["text"]
        put(silence(1.5))
        blocks.append(Block(start_s, at / RATE_HZ, text))
    return Lecture(_in_rooms(np.concatenate(parts), clip.samples), blocks)


def _cut(samples: Samples, start_s: float, end_s: float) -> Samples:
    return samples[round(max(0.0, start_s - 0.05) * RATE_HZ) : round((end_s + 0.05) * RATE_HZ)]


def _faster(samples: Samples, speed: float) -> Samples:
    """The sound at another speed, and so at another pitch."""
    at = np.arange(0, len(samples) - 1, speed)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def _in_rooms(samples: Samples, like: Samples) -> Samples:
    """The sound with noise around it, as far below speech as each room has it."""
    length = round(ROOM_EVERY_S * RATE_HZ)
    level, made = float(np.sqrt((like**2).mean())), samples.copy()
    for n in range(0, len(made), length):
        part = made[n : n + length]
        room = noise(len(part) / RATE_HZ, seed=n)[: len(part)]
        down = level / 10 ** (ROOMS_DB[n // length % len(ROOMS_DB)] / 20)
        made[n : n + len(part)] = part + room[: len(part)] / float(np.sqrt((room**2).mean())) * down
    return made
