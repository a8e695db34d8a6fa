"""What a beat earns, and when a play becomes a view. Values in, decision out."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Range = tuple[float, float]

MAX_RANGES_IN_BEAT = 200


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
        """Return how many seconds of a clip must be played for a view."""
        return clip_s * self.short_share if clip_s < self.short_clip_s else self.min_s


def clean(ranges: Iterable[Sequence[float]], clip_s: float) -> list[Range]:
    """Return reported stretches inside the clip; nonsense (not finite, backwards, outside) is left out."""
    kept: list[Range] = []
    for stretch in list(ranges)[:MAX_RANGES_IN_BEAT]:
        if len(stretch) != 2 or not all(math.isfinite(v) for v in stretch):
            continue
        start, end = max(0.0, stretch[0]), min(clip_s, stretch[1])
        if end > start:
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
    allowed_s = max(0.0, elapsed_s) * rule.max_rate + rule.slack_s
    credited = union(held)
    for start, end in union(reported):
        room_s = allowed_s - total_s(credited)
        if room_s <= 0:
            break
        credited = union([*credited, *_first_new(credited, (start, end), room_s)])
    return credited


def _first_new(held: Sequence[Range], stretch: Range, room_s: float) -> list[Range]:
    """Return the first `room_s` seconds of `stretch` that `held` does not have."""
    fresh: list[Range] = []
    at = stretch[0]
    for start, end in [*held, (stretch[1], math.inf)]:
        gap_end = min(start, stretch[1])
        if gap_end > at and room_s > 0:
            taken = min(gap_end - at, room_s)
            fresh.append((at, at + taken))
            room_s -= taken
        at = max(at, end)
        if at >= stretch[1]:
            break
    return fresh
