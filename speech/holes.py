"""Sentences of a script that were not found between two that were, where there is just room for one.

The recogniser may have understood nothing of what was said there. Whether it is the sentence of the script,
its own tokens tell: forced upon the sound they are likely or not (``adapters.forcer``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speech.chunking import LONGEST_S
from speech.sounds import syllables

SAID_AT_LEAST = 0.024
"""The geometric mean of the tokens' probabilities of a sentence that was said: as measured, 0.024 and more;
of one that was not, 0.010 and less."""

FASTEST_S, SLOWEST_S = 0.11, 0.45
"""What a syllable takes at least and at most, pauses left out: other room is not this sentence's."""

SHORTEST = 4
"""Syllables; the probability of a shorter sentence says little."""

MOST = 60
"""Holes of one script that are looked at: each costs more than a second of a core."""


@dataclass(frozen=True)
class Hole:
    """Where sentence ``n`` may have been said, in seconds, without the pauses at both ends."""

    n: int
    start_s: float
    end_s: float
    text: str


def holes(
    sentences: Sequence[str],
    placed: Sequence[tuple[float, float] | None],
    pauses: Sequence[tuple[float, float]],
) -> tuple[Hole, ...]:
    """Return the holes of a script whose sentences lie at ``placed``, at most MOST, in their order.

    Only single sentences: of two that are missing side by side nobody knows where one ends.
    """
    found: list[Hole] = []
    for n in range(1, len(sentences) - 1):
        before, after = placed[n - 1], placed[n + 1]
        if placed[n] is not None or before is None or after is None:
            continue
        start_s, end_s, spoken_s = _spoken(before[1], after[0], pauses)
        length = len(syllables(sentences[n]))
        fits = FASTEST_S * length <= spoken_s <= SLOWEST_S * length
        if length >= SHORTEST and fits and end_s - start_s <= LONGEST_S:
            found.append(Hole(n, start_s, end_s, sentences[n]))
    return tuple(found[:MOST])


def _spoken(
    start_s: float, end_s: float, pauses: Sequence[tuple[float, float]]
) -> tuple[float, float, float]:
    """Return a stretch without the pauses at its ends, and how much of it is no pause."""
    silent_s = 0.0
    first_s, last_s = start_s, end_s
    for from_s, to_s in sorted(pauses):
        if to_s <= start_s or from_s >= end_s:
            continue
        silent_s += min(to_s, end_s) - max(from_s, start_s)
        if from_s <= first_s:
            first_s = min(max(first_s, to_s), end_s)
        if to_s >= last_s:
            last_s = max(first_s, min(last_s, from_s))
    return first_s, last_s, max(0.0, end_s - start_s - silent_s)
