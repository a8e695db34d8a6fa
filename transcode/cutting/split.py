"""Where to cut a lecture: the choice among its pauses and sentence ends.

A shortest path: the borders are candidates, a clip between two of them costs something, and the cheapest way
from the beginning to the end wins. Costs, not rules in a row, so that few clips, even clips and good borders
are weighed against each other; only the limits are hard.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transcode.cutting.pauses import Pause
from transcode.reading.facts import Chapter

MAX_CLIP_S, MIN_CLIP_S = 600.0, 60.0

_ROUNDING_S = 1e-9
_GRID_S = 10.0
_BUCKET_S = 5.0
"""Of the candidates within this time only the best is kept: enough choice, and a day is cut in a second."""

_LEAD_S = 0.5
"""A clip begins at most this long before the first word, when the pause is longer than twice that."""

_SENTENCE_BEFORE_S, _SENTENCE_AFTER_S = 0.8, 0.3
"""How far a transcript's sentence end may lie before or behind a pause and still be the same moment."""

_CLIP_COST = 3.0
_UNEVEN_COST = 4.0
_COSTS = {"sentence_and_pause": 0.0, "pause": 1.0, "sentence": 1.5, "hard": 10_000.0}
_TURN_GAIN, _TURN_NEAR_S = 0.75, 2.0
"""A pause at which the slide turns is where a new part begins: worth more than a long one."""

_KEY_GAIN, _KEY_MARGIN_S = 0.5, 0.05
"""Copying the best rendition between two key frames saves half of the work. Not worth a sentence's end."""

SHORTEST_CHAPTER_S = 20.0
"""A shorter chapter (a title page, often) is not offered as a clip of its own."""

_CHAPTER_SNAP_S = 1.5
"""How far a chapter's mark is moved to reach a pause: marks are set by hand, and late or early."""

_LONG_PAUSE_S, _LONG_PAUSE_GAIN = 2.0, 0.5
"""A pause of two seconds (a new topic, often) is worth half of the step from a pause to a sentence's end."""


@dataclass(frozen=True)
class Cut:
    """One clip of a lecture. `n` counts from 1. `reason` says why it ends where it ends:
    whole | sentence_and_pause | pause | sentence | hard | end | chapter. `title` is its chapter's."""

    n: int
    start_s: float
    end_s: float
    reason: str
    title: str = ""


@dataclass(frozen=True)
class _Border:
    at_s: float
    reason: str
    cost: float


def choose_cuts(
    duration_s: float,
    pauses: Sequence[Pause],
    sentence_ends_s: Sequence[float] | None = None,
    max_s: float = MAX_CLIP_S,
    min_s: float = MIN_CLIP_S,
    turns_s: Sequence[float] = (),
    keys_s: Sequence[float] = (),
) -> list[Cut]:
    """Return contiguous cuts that cover the lecture; pure. `turns_s`: where slides turn, if that is known.

    `keys_s`: the key frames of a picture that may be copied (`KeyFrames.times_s`): among pauses that are
    about as good, one with a key frame is cut, at the key frame. No cut leaves its pause for it.

    None is longer than `max_s`; none is shorter than `min_s` unless the lecture is. Raises ValueError when
    the limits leave no choice (`max_s` below twice `min_s`) or the duration is not positive.
    """
    if not (duration_s > 0 and 0 <= min_s * 2 <= max_s):
        raise ValueError(f"impossible: {duration_s} s in clips of {min_s} to {max_s} s")
    if duration_s <= max_s:
        return [Cut(1, 0.0, duration_s, "whole")]
    soft = _soft_borders(duration_s, pauses, sorted(sentence_ends_s or ()), sorted(turns_s), keys_s)
    hard = _hard_borders(duration_s, max_s)
    path = _cheapest(duration_s, [*_thinned(soft), *hard], max_s, min_s)
    if any(border.reason == "hard" for border in path):  # was it the thinning that left no other way?
        path = _cheapest(duration_s, [*soft, *hard], max_s, min_s)
    starts = [0.0, *(border.at_s for border in path)]
    ends = [*(border.at_s for border in path), duration_s]
    reasons = [*(border.reason for border in path), "end"]
    return [Cut(n, *cut) for n, cut in enumerate(zip(starts, ends, reasons, strict=True), 1)]


def cuts_from_chapters(
    duration_s: float,
    chapters: Sequence[Chapter],
    pauses: Sequence[Pause],
    sentence_ends_s: Sequence[float] | None = None,
    max_s: float = MAX_CLIP_S,
    turns_s: Sequence[float] = (),
) -> list[Cut]:
    """Return the cuts that a file's chapter marks suggest, with their titles; pure.

    They are contiguous and none is longer than `max_s`. Empty when the marks say nothing: fewer than two
    chapters worth a clip. A mark is moved into a pause nearby, so that no word is cut; a chapter that is too
    long is cut like a lecture of its own.
    """
    marks = _chapter_marks(duration_s, chapters, pauses)
    if len(marks) < 2:
        return []
    found: list[Cut] = []
    ends = [*(at_s for at_s, _ in marks[1:]), duration_s]
    for (start_s, title), end_s in zip(marks, ends, strict=True):
        inside = [Pause(p.start_s - start_s, p.end_s - start_s, p.depth) for p in pauses]
        sentences = [at_s - start_s for at_s in sentence_ends_s or ()]
        turns = [at_s - start_s for at_s in turns_s]
        parts = choose_cuts(end_s - start_s, inside, sentences, max_s, min(MIN_CLIP_S, max_s / 2), turns)
        borders = [*(start_s + part.end_s for part in parts[:-1]), end_s]
        reasons = [*(part.reason for part in parts[:-1]), "end" if end_s == duration_s else "chapter"]
        for part, border_s, reason in zip(parts, borders, reasons, strict=True):
            name = f"{title} ({part.n}/{len(parts)})" if title and len(parts) > 1 else title
            begins_s = found[-1].end_s if found else 0.0
            found.append(Cut(len(found) + 1, begins_s, border_s, reason, name))
    return found


def _chapter_marks(
    duration_s: float, chapters: Sequence[Chapter], pauses: Sequence[Pause]
) -> list[tuple[float, str]]:
    """Return where chapters begin, each at least SHORTEST_CHAPTER_S before the next; the first at 0."""
    borders = [border for pause in pauses if 0 < (border := _pause_border(pause, ()).at_s) < duration_s]
    marks: list[tuple[float, str]] = []
    for chapter in sorted(chapters, key=lambda one: one.start_s):
        at_s = min(borders, key=lambda border: abs(border - chapter.start_s), default=chapter.start_s)
        if abs(at_s - chapter.start_s) > _CHAPTER_SNAP_S:
            at_s = chapter.start_s
        if at_s >= duration_s - SHORTEST_CHAPTER_S:
            break
        if not marks:
            marks.append((0.0, chapter.title if at_s < SHORTEST_CHAPTER_S else ""))
            if at_s < SHORTEST_CHAPTER_S:
                continue
        if at_s - marks[-1][0] < SHORTEST_CHAPTER_S:  # the title page: the chapter after it gives the name
            marks[-1] = (marks[-1][0], chapter.title)
        else:
            marks.append((at_s, chapter.title))
    return marks


def _soft_borders(
    duration_s: float,
    pauses: Iterable[Pause],
    sentence_ends_s: Sequence[float],
    turns_s: Sequence[float],
    keys_s: Sequence[float],
) -> list[_Border]:
    found = [_at_key_frame(_pause_border(pause, sentence_ends_s, turns_s), pause, keys_s) for pause in pauses]
    found += [_Border(at_s, "sentence", _COSTS["sentence"]) for at_s in sentence_ends_s]
    return [border for border in found if 0 < border.at_s < duration_s]


def _pause_border(pause: Pause, sentence_ends_s: Sequence[float], turns_s: Sequence[float] = ()) -> _Border:
    middle_s = (pause.start_s + pause.end_s) / 2
    first = bisect_left(sentence_ends_s, pause.start_s - _SENTENCE_BEFORE_S)
    last = bisect_right(sentence_ends_s, pause.end_s + _SENTENCE_AFTER_S)
    reason = "sentence_and_pause" if last > first else "pause"
    gain = _LONG_PAUSE_GAIN * min(1.0, pause.length_s / _LONG_PAUSE_S)
    turn = bisect_left(turns_s, pause.start_s - _TURN_NEAR_S)
    if turn < len(turns_s) and turns_s[turn] <= pause.end_s + _TURN_NEAR_S:
        gain += _TURN_GAIN
    return _Border(max(middle_s, pause.end_s - _LEAD_S), reason, _COSTS[reason] - gain)


def _at_key_frame(border: _Border, pause: Pause, keys_s: Sequence[float]) -> _Border:
    """Return a pause's border moved to the nearest key frame inside the pause, if there is one."""
    first = bisect_left(keys_s, pause.start_s + _KEY_MARGIN_S)
    last = bisect_right(keys_s, pause.end_s - _KEY_MARGIN_S)
    if first >= last:
        return border
    nearest = min(keys_s[first:last], key=lambda at_s: abs(at_s - border.at_s))
    return _Border(nearest, border.reason, border.cost - _KEY_GAIN)


def _hard_borders(duration_s: float, max_s: float) -> list[_Border]:
    """Moments without a reason, where there is none: even parts (always a way) and a grid between them."""
    parts = math.ceil(duration_s / max_s)
    even = [duration_s * n / parts for n in range(1, parts)]
    full = [max_s * n for n in range(1, parts)]
    grid = [_GRID_S * n for n in range(1, math.ceil(duration_s / _GRID_S))]
    return [_Border(at_s, "hard", _COSTS["hard"]) for at_s in (*even, *full, *grid)]


def _thinned(borders: Iterable[_Border]) -> list[_Border]:
    best: dict[int, _Border] = {}
    for border in borders:
        bucket = int(border.at_s / _BUCKET_S)
        if bucket not in best or border.cost < best[bucket].cost:
            best[bucket] = border
    return list(best.values())


def _cheapest(duration_s: float, borders: Iterable[_Border], max_s: float, min_s: float) -> list[_Border]:
    """Return the borders of the cheapest way; there is one, because the even parts are among them."""
    ordered = sorted(borders, key=lambda border: border.at_s)
    stops = [_Border(0.0, "start", 0.0), *ordered, _Border(duration_s, "end", 0.0)]
    target_s = duration_s / math.ceil(duration_s / max_s)
    cost = [0.0] + [math.inf] * (len(stops) - 1)
    came_from = [0] * len(stops)
    first = 0
    for here in range(1, len(stops)):
        stop = stops[here]
        while stop.at_s - stops[first].at_s > max_s + _ROUNDING_S:
            first += 1
        for before in range(first, here):
            length_s = stop.at_s - stops[before].at_s
            if length_s < min_s - _ROUNDING_S:
                break
            uneven = (length_s - target_s) / target_s
            total = cost[before] + _CLIP_COST + _UNEVEN_COST * uneven * uneven + stop.cost
            if total < cost[here]:
                cost[here], came_from[here] = total, before
    path, at = [], came_from[-1]
    while at:
        path.append(stops[at])
        at = came_from[at]
    return path[::-1]
