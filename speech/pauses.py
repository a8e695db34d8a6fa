"""Pauses between words and sentences, 10 ms sharp, so that a sentence begins where its sound does.

The recogniser's seconds are good to some tenths; a pause's end is good to a hundredth. The threshold
lies between the quietest and the usual level around it, so that a noisy room changes little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speech.recogniser import RATE_HZ, Samples

HOP_S = 0.01
SHORTEST_S = 0.08
_HOP = int(RATE_HZ * HOP_S)
_AROUND = 1000
"""Steps that are judged together (10 s), with as many on both sides."""

_FLOOR, _SPEECH, _PART, _LEAST_DB = 5, 80, 0.3, 4.0
_SILENCE_DB = -100.0


def find_pauses(samples: Samples, offset_s: float = 0.0) -> tuple[tuple[float, float], ...]:
    """Return (start_s, end_s) of each pause of at least SHORTEST_S; ``offset_s`` is the first sample's
    second."""
    levels = _levels_db(samples)
    if not len(levels):
        return ()
    quiet = np.empty(len(levels), dtype=bool)
    for begin in range(0, len(levels), _AROUND):
        around = levels[max(0, begin - _AROUND) : begin + 2 * _AROUND]
        floor, speech = np.percentile(around, [_FLOOR, _SPEECH])
        threshold = floor + max(_LEAST_DB, _PART * (speech - floor))
        quiet[begin : begin + _AROUND] = levels[begin : begin + _AROUND] < threshold
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    return tuple(
        (round(offset_s + int(first) * HOP_S, 3), round(offset_s + int(last) * HOP_S, 3))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        if (last - first) * HOP_S >= SHORTEST_S
    )


def _levels_db(samples: Samples) -> NDArray[np.float64]:
    """How loud each step is, over three of them, in dB."""
    steps = len(samples) // _HOP
    if not steps:
        return np.zeros(0)
    # The first difference takes hum and rumble away.
    sharp = np.diff(samples[: steps * _HOP].astype(np.float64), prepend=samples[:1])
    power = (sharp.reshape(steps, _HOP) ** 2).mean(axis=1)
    smooth = np.convolve(power, np.ones(3) / 3, mode="same")
    level: NDArray[np.float64] = 10 * np.log10(np.maximum(smooth, 10 ** (_SILENCE_DB / 10)))
    return level
