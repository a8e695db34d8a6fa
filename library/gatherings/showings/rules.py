"""What ran on a screen, and how much of it somebody saw who was in the room. Pure.

Times are whole milliseconds here, so that sums are exact; rows keep seconds. A screen plays as fast as life,
so a stretch of a clip takes as long on the clock as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_RUNS = 2_000
"""So many pieces a showing may have; a screen that is begun and stopped for two hours has some hundred."""
MOST_RUNS_IN_BEAT = 200
LEAST_MS = 50
"""Shorter runs are what seeking leaves."""
SLACK_MS = 1_000
"""So far may a screen's clock be ahead of ours."""
_FAR_S = 1e6
"""Beyond that is nonsense, and so is what is no number."""
LATE_S = 12 * 3600
"""So long after the end of a gathering a screen that had no network may still say what it played."""

Stretch = tuple[int, int]


@dataclass(frozen=True, order=True)
class Run:
    """That `length` of a clip from `first` on ran from `at` on, since the showing began."""

    at: int
    clip_id: str
    first: int
    length: int

    @property
    def end(self) -> int:
        """When it was over."""
        return self.at + self.length

    def part(self, begin: int, end: int) -> Run:
        """Return what of it ran between two moments that lie within it."""
        return Run(begin, self.clip_id, self.first + begin - self.at, end - begin)


@dataclass(frozen=True)
class Taken:
    """What came of a beat: all runs now, how much of it was new, and how much was not believed."""

    runs: tuple[Run, ...]
    new: int
    cut: int


def milliseconds(seconds: float) -> int:
    """Return whole milliseconds."""
    return round(seconds * 1000)


def read(reported: Iterable[Mapping[str, Any]], clips: Mapping[str, float]) -> list[Run]:
    """Return reported runs ({clip, from, to, at}, seconds) within `clips` (their seconds), in order.

    Nonsense, other clips and what comes after MOST_RUNS_IN_BEAT is left out.
    """
    found: list[Run] = []
    for one in list(reported)[:MOST_RUNS_IN_BEAT]:
        clip_id, length_s = str(one["clip"]), clips.get(str(one["clip"]))
        first, last, at = (float(one[name]) for name in ("from", "to", "at"))
        if length_s is None or not all(abs(one) < _FAR_S for one in (first, last, at)):
            continue
        begin, end = milliseconds(max(0.0, first)), milliseconds(min(length_s, last))
        if end - begin >= LEAST_MS:
            # What was cut from its beginning did not run either.
            found.append(Run(milliseconds(at) + begin - milliseconds(first), clip_id, begin, end - begin))
    return sorted(found)


def take(
    held: Sequence[Run],
    reported: Iterable[Run],
    *,
    now: int,
    until: int | None,
    taken: Iterable[Stretch] = (),
) -> Taken:
    """Return the runs of a showing after a beat.

    No moment is used twice: neither by this showing nor by another in the room (`taken`), so the same beat
    again changes nothing and nothing goes faster than the clock. Nothing ran before the showing began, nor
    after `now`, nor after `until`, when the gathering was over.
    """
    last = min(now + SLACK_MS, until if until is not None else now + SLACK_MS)
    used = joined([*((run.at, run.end) for run in held), *taken])
    runs, new, asked = list(held), 0, 0
    for run in reported:
        asked += run.length - _within(run.at, run.end, [(one.at, one.end) for one in runs])
        begin, end = max(0, run.at), min(run.end, last)
        for free_begin, free_end in list(_free(begin, end, used)):
            if free_end - free_begin < LEAST_MS or len(runs) >= MOST_RUNS:
                continue
            runs.append(run.part(free_begin, free_end))
            used = joined([*used, (free_begin, free_end)])
            new += free_end - free_begin
    return Taken(merged(runs), new, asked - new)


def merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return runs in order, those that go on where the one before ended as one."""
    together: list[Run] = []
    for run in sorted(runs):
        before = together[-1] if together else None
        goes_on = (
            before is not None
            and before.clip_id == run.clip_id
            and before.end == run.at
            and before.first + before.length == run.first
        )
        if before is not None and goes_on:
            together[-1] = Run(before.at, before.clip_id, before.first, before.length + run.length)
        else:
            together.append(run)
    return tuple(together)


def played(runs: Iterable[Run]) -> dict[str, list[Stretch]]:
    """Return what of each clip ran, each moment of it once, sorted and apart."""
    of: dict[str, list[Stretch]] = {}
    for run in runs:
        of.setdefault(run.clip_id, []).append((run.first, run.first + run.length))
    return {clip_id: joined(some) for clip_id, some in sorted(of.items())}


def amount(runs: Iterable[Run]) -> int:
    """Return how much of a lesson ran, each moment of it once."""
    return sum(end - begin for some in played(runs).values() for begin, end in some)


def seen(runs: Iterable[Run], begin: int, end: int) -> int:
    """Return how much of a lesson somebody saw who was in the room from `begin` to `end`, each moment of it
    once; what was shown a second time for those who came late counts for them."""
    parts = [
        run.part(max(run.at, begin), min(run.end, end))
        for run in runs
        if min(run.end, end) > max(run.at, begin)
    ]
    return amount(parts)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches sorted, and joined where they touch."""
    together: list[Stretch] = []
    for begin, end in sorted(stretches):
        if together and begin <= together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        elif end > begin:
            together.append((begin, end))
    return together


def _free(begin: int, end: int, used: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what of a stretch is not used; `used` is sorted and apart."""
    at = begin
    for used_begin, used_end in used:
        if used_end <= at:
            continue
        if used_begin >= end:
            break
        if used_begin > at:
            yield at, used_begin
        at = max(at, used_end)
    if at < end:
        yield at, end


def _within(begin: int, end: int, stretches: Iterable[Stretch]) -> int:
    return sum(min(end, b) - max(begin, a) for a, b in joined(stretches) if min(end, b) > max(begin, a))


def to_row(runs: Iterable[Run]) -> list[list[Any]]:
    """Return runs as a row keeps them: [start, end, clip, from], in seconds."""
    return [[run.at / 1000, run.end / 1000, run.clip_id, run.first / 1000] for run in runs]


def from_row(moments: Iterable[Sequence[Any]]) -> tuple[Run, ...]:
    """Return runs as `to_row` made them."""
    found = []
    for start, end, clip_id, first in moments:
        at = milliseconds(start)
        found.append(Run(at, clip_id, milliseconds(first), milliseconds(end) - at))
    return tuple(found)
