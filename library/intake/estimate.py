"""How much longer a lecture's clips will take: pure arithmetic over what has been seen of this run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

LEAST_SEEN_S = 5.0
"""Before this much work was seen, a guess would jump about; nothing is said instead."""

_STEPS_S = ((20, 5), (90, 10), (600, 60), (float("inf"), 300))
"""Up to how much is rounded to what: nobody believes "17 minutes 43 seconds"."""


@dataclass(frozen=True)
class ClipWork:
    """One clip's encode: how long the clip is, how far it is (0..100), how long it has been worked on."""

    duration_s: float
    percent: float
    worked_s: float


def left_s(clips: Sequence[ClipWork], side_by_side: int) -> float | None:
    """Return the seconds until all clips are made, `side_by_side` at a time; None while nobody can know.

    The speed is the one seen so far in this run, which is the machine's as busy as it is now. Clips are
    taken in order by whoever is free, as the queue does.
    """
    seen_s = sum(clip.worked_s for clip in clips)
    # Clips that were kept from an earlier arrangement are there and cost nothing: they tell no speed.
    made_s = sum(clip.duration_s * clip.percent / 100 for clip in clips if clip.worked_s > 0)
    if seen_s < LEAST_SEEN_S or made_s <= 0:
        return None
    speed = seen_s / made_s
    free_at: list[float] = [0.0] * max(1, side_by_side)
    begun_first = sorted(clips, key=lambda clip: clip.worked_s == 0)
    for clip in begun_first:
        todo_s = clip.duration_s * (1 - clip.percent / 100) * speed
        if todo_s > 0:
            heappush(free_at, heappop(free_at) + todo_s)
    return max(free_at)


def rounded_s(seconds: float) -> int:
    """Return a time as people say it: rounded up, the coarser the longer it is."""
    step = next(step for limit, step in _STEPS_S if seconds <= limit)
    return int(-(-seconds // step) * step)
