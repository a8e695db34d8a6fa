"""What a beat earns, and when a play becomes a view. Values in, decision out."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

Range = tuple[float, float]

MAX_RANGES_IN_BEAT = 200
# Shorter stretches are what dragging the slider leaves; kept, they could make a play's row grow without end.
MIN_STRETCH_S = 0.05


@dataclass(frozen=True)
class ViewRule:
    """When a play counts: `min_s` really played, or `short_share` of a clip shorter than `short_clip_s`;
    once per viewer, clip and `window_min` minutes.

    Time is believed only as far as the clock allows: `max_rate` times what has passed, plus `slack_s`.
    """

    min_s: float = 10.0
    short_clip_s: float = 20.0
    short_share: float = 0.5
    window_min: int = 60
    max_rate: float = 1.5
    slack_s: float = 2.0

    def needed_s(self, clip_s: float) -> float:
        """Return how many seconds of a clip must be played for a view; never more than the clip has."""
        short = clip_s < max(self.short_clip_s, self.min_s)
        return clip_s * self.short_share if short else self.min_s


def clean(ranges: Iterable[Sequence[float]], clip_s: float) -> list[Range]:
    """Return reported stretches inside the clip, to the millisecond.

    Nonsense (not finite, backwards, outside, next to nothing) is left out, and so is what comes after
    MAX_RANGES_IN_BEAT stretches: no player has that many to report.
    """
    kept: list[Range] = []
    for stretch in islice(ranges, MAX_RANGES_IN_BEAT):
        if len(stretch) != 2 or not all(math.isfinite(v) for v in stretch):
            continue
        start, end = round(max(0.0, stretch[0]), 3), round(min(clip_s, stretch[1]), 3)
        if end - start >= MIN_STRETCH_S:
            kept.append((start, end))
    return kept


def union(ranges: Iterable[Sequence[float]]) -> list[Range]:
    """Return the stretches sorted and joined where they touch."""
    joined: list[Range] = []
    for start, end in sorted((r[0], r[1]) for r in ranges):
        if joined and start <= joined[-1][1] + 1e-6:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def total_s(ranges: Iterable[Range]) -> float:
    """Return the seconds in stretches that do not overlap."""
    return sum(end - start for start, end in ranges)


def credit(held: Sequence[Range], reported: Sequence[Range], elapsed_s: float, rule: ViewRule) -> list[Range]:
    """Return the stretches credited after a beat: the union, no longer than the clock allows.

    `elapsed_s` is the time since the play began. What is too much is cut from the end of what was reported
    and not punished: a phone that slept reports late, and honestly.
    """
    credited = union(held)
    room_s = max(0.0, elapsed_s) * rule.max_rate + rule.slack_s - total_s(credited)
    taken: list[Range] = []
    for start, end in _without(union(reported), credited):
        if room_s <= 0:
            break
        taken.append((start, min(end, start + room_s)))
        room_s -= end - start
    return union([*credited, *taken])


def _without(stretches: Sequence[Range], held: Sequence[Range]) -> Iterator[Range]:
    """Yield the parts of `stretches` that `held` does not have; both sorted and apart."""
    first = 0
    for start, end in stretches:
        at = start
        while first < len(held) and held[first][1] <= at:
            first += 1
        for held_start, held_end in held[first:]:
            if held_start >= end:
                break
            if held_start > at:
                yield at, held_start
            at = max(at, held_end)
        if at < end:
            yield at, end
