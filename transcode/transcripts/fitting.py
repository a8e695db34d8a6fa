"""Whether a transcript's clock is the recording's: what lies inside, and by how much it is off. Pure.

Times are seconds of the lecture. A shift is what is added to every time of a transcript.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from transcode.cutting.pauses import Pause
from transcode.remarks import Remark
from transcode.transcripts.captions import cut_cues
from transcode.transcripts.parsing import Cue

HOUR_S = 3600.0
BEYOND_S = 1.0
"""A cue that ends so much after the recording lies beyond its end; less is the encoder's rounding."""

_HEADER_BYTES = 4096
_MAP = re.compile(rb"X-TIMESTAMP-MAP\s*=\s*([A-Z0-9:.,\s]+)", re.IGNORECASE)
_LOCAL = re.compile(rb"LOCAL:(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:\.(\d{1,3}))?", re.IGNORECASE)
_MPEGTS = re.compile(rb"MPEGTS:(\d{1,19})", re.IGNORECASE)
_TICKS_PER_S = 90_000
_CLOCK_TURNS_S = 2**33 / _TICKS_PER_S
"""A transport stream's clock has 33 bits (ISO 13818-1): after 26.5 hours it begins again."""

_STEP_S = 0.1
"""How finely cues and talk are laid over each other."""

_SOON_PART, _SOON_AT_LEAST_S, _SOON_AT_MOST_S = 1 / 3, 30.0, 300.0
"""Whoever speaks begins within the first third of a recording, and within five minutes."""

_FITS_SHARE = 0.9
_IN_TALK, _IN_PAUSES = 0.7, 0.3

_FEWEST_EDGES = 6
_MOST_EDGES, _MOST_PAUSES = 800, 4000
"""An hour has about 700 cues and 1,500 pauses; more would cost memory and tell nothing new."""

_MOST_SPREAD_S = 48 * 3600.0
"""A recording and a transcript, one after the other, that are longer than two days are not laid over each
other: each tenth of a second is a shift to be looked at, which costs memory."""

_TOLERANCE_S = 0.25
_SAME_SHIFT_S = 1.0
_WORTH_SAYING_S = 0.4
_SURE_ENOUGH = 0.5
_GUESS = 0.1


@dataclass(frozen=True)
class StreamClock:
    """What a WebVTT segment of HLS says of its clock: at `local_s` of its own the stream's is `stream_s`.

    RFC 8216, section 3.5: X-TIMESTAMP-MAP.
    """

    stream_s: float
    local_s: float


@dataclass(frozen=True)
class Shift:
    """How far to move all times, and how sure that is, 0 to 1."""

    by_s: float
    confidence: float


@dataclass(frozen=True)
class Fit:
    """How the timed cues of a transcript lie over a recording.

    `cues`: how many; `beyond` and `before`: how many of them lie, wholly or with more than BEYOND_S, after
    its end and before its beginning; `outside`: how many nothing is left of. `last_s`: where the last ends.
    `covered`: the part of the talk that cues lie over, `in_talk`: the part of the cues that lies over talk.
    """

    cues: int
    beyond: int
    before: int
    outside: int
    last_s: float
    length_s: float
    covered: float
    in_talk: float

    @property
    def inside(self) -> float:
        """The part of the cues, 0 to 1, of which something is left."""
        return 1.0 - self.outside / self.cues if self.cues else 1.0


def stream_clock(data: bytes) -> StreamClock | None:
    """Return the clock that a WebVTT file names in its header; None when it names none that can be read."""
    head = data[:_HEADER_BYTES].replace(b"\x00", b"")  # UTF-16 becomes readable enough
    found = _MAP.search(head)
    local, ticks = (pattern.search(found[1]) if found else None for pattern in (_LOCAL, _MPEGTS))
    if local is None or ticks is None:
        return None
    hours, minutes, seconds, fraction = (int(part or 0) for part in local.groups())
    fraction_s = fraction / 10 ** len(local[4] or b"0")
    return StreamClock(
        round(int(ticks[1]) / _TICKS_PER_S, 3), hours * 3600 + minutes * 60 + seconds + fraction_s
    )


def shift_by_stream(clock: StreamClock, start_s: float) -> float:
    """Return the shift for a recording that is a transport stream whose own clock begins at `start_s`."""
    by_s = clock.stream_s - clock.local_s - start_s
    return round(by_s - _CLOCK_TURNS_S * round(by_s / _CLOCK_TURNS_S), 3)


def shifted(cues: Iterable[Cue], by_s: float) -> tuple[Cue, ...]:
    """Return cues moved by `by_s`; those without times stay as they are."""
    return tuple(
        cue
        if cue.start_s is None or cue.end_s is None
        else replace(cue, start_s=round(cue.start_s + by_s, 3), end_s=round(cue.end_s + by_s, 3))
        for cue in cues
    )


def fit_cues(cues: Sequence[Cue], duration_s: float) -> tuple[tuple[Cue, ...], tuple[Remark, ...]]:
    """Return the timed cues within a recording, and remarks on those that are not (see `remarks_of`).

    A transcript longer than its video usually belongs to another take: people want to be told.
    """
    return cut_cues(cues, 0.0, duration_s), remarks_of(fit_of(cues, duration_s, ()))


def fit_of(cues: Sequence[Cue], duration_s: float, pauses: Sequence[Pause]) -> Fit:
    """Return how cues lie over a recording of that length."""
    spans = _spans(cues)
    share = _Overlap(duration_s, pauses)
    covered, in_talk = share.of(spans)
    return Fit(
        cues=len(spans),
        beyond=sum(end > duration_s + BEYOND_S for _, end in spans),
        before=sum(start < -BEYOND_S for start, _ in spans),
        outside=len(spans) - len(cut_cues([c for c in cues if c.start_s is not None], 0.0, duration_s)),
        last_s=max((end for _, end in spans), default=0.0),
        length_s=duration_s,
        covered=covered,
        in_talk=in_talk,
    )


def remarks_of(fit: Fit) -> tuple[Remark, ...]:
    """Return what is to be known: `past_the_end`, `before_the_start`; `outside` when nothing is left."""
    if fit.cues and fit.outside == fit.cues:
        return (
            Remark("outside", fit.cues, {"last_s": _known(fit.last_s), "length_s": _known(fit.length_s)}),
        )
    found = []
    if fit.beyond:
        values: dict[str, Any] = {"last_s": _known(fit.last_s), "length_s": _known(fit.length_s)}
        found.append(Remark("past_the_end", fit.beyond, values))
    if fit.before:
        found.append(Remark("before_the_start", fit.before))
    return tuple(found)


def whole_hours(cues: Sequence[Cue], duration_s: float, pauses: Sequence[Pause]) -> float:
    """Return the shift, a negative number of whole hours, of a transcript whose clock began there; 0.0: none.

    Cutting programs and broadcasters let a programme begin at 01:00:00 or 10:00:00. A transcript of such a
    programme has its first words soon after a full hour, and fits once the hours are taken away. Where it
    fits either way (a lecture of more than an hour) it is still taken for one, unless the recording speaks
    against it: talk where the cues are and none where they would be, or pauses that fit them as they are.
    """
    spans = _spans(cues)
    if not spans:
        return 0.0
    first_s = spans[0][0]
    by_s = -HOUR_S * (first_s // HOUR_S)
    soon_s = min(_SOON_AT_MOST_S, max(_SOON_AT_LEAST_S, duration_s * _SOON_PART))
    if by_s == 0.0 or first_s + by_s > min(soon_s, duration_s):
        return 0.0
    before = fit_of(cues, duration_s, pauses)
    after = fit_of(shifted(cues, by_s), duration_s, pauses)
    if after.inside < before.inside or (after.inside < _FITS_SHARE and before.inside > 0.0):
        return 0.0
    if before.inside > 0.0 and before.in_talk >= _IN_TALK and after.in_talk <= _IN_PAUSES:
        return 0.0
    if before.inside >= _FITS_SHARE and len(spans) >= _FEWEST_EDGES:
        aligned = _aligned(spans, duration_s, pauses)
        if aligned is not None and abs(aligned.by_s) < _WORTH_SAYING_S:
            return 0.0
    return by_s


def shift_by_pauses(cues: Sequence[Cue], duration_s: float, pauses: Sequence[Pause]) -> Shift | None:
    """Return the shift that lays cues over the talk; None when they lie well already, or nobody can tell.

    Where a cue begins, a pause has just ended, and where one ends before a gap, a pause begins. Each such
    pair says a shift; the true one is said by most cues, the others by chance. The confidence tells how far
    it stands out. A transcript of which nothing is inside gets, for want of better, the shift that lets it
    begin with the first words (confidence 0.1).
    """
    spans = _spans(cues)
    if not spans or duration_s <= 0:
        return None
    here = fit_of(cues, duration_s, pauses)
    found = _aligned(spans, duration_s, pauses) if len(spans) >= _FEWEST_EDGES else None
    if found is not None and abs(found.by_s) < _WORTH_SAYING_S:
        return None
    if found is not None and found.confidence >= _SURE_ENOUGH:
        there = fit_of(shifted(cues, found.by_s), duration_s, pauses)
        if there.inside >= min(0.5, here.inside):
            return found
    if here.inside > 0.5:
        return None
    by_s = round(_first_words_s(duration_s, pauses) - spans[0][0], 1)
    return Shift(by_s, _GUESS) if abs(by_s) >= _WORTH_SAYING_S else None


def _aligned(
    spans: Sequence[tuple[float, float]], duration_s: float, pauses: Sequence[Pause]
) -> Shift | None:
    # Imported here: only a transcript whose clock is looked at needs it, and it is slow to load.
    import numpy as np

    if len(pauses) < _FEWEST_EDGES:
        return None
    longest = sorted(pauses, key=lambda pause: -pause.length_s)[:_MOST_PAUSES]
    every = -(-len(spans) // _MOST_EDGES)
    begins = np.array([start for start, _ in spans[::every]])
    ends = np.array([end for _, end in spans[::every]])
    first, last = -ends.max(), duration_s - begins.min()
    if last - first > _MOST_SPREAD_S:
        return None
    bins = np.arange(first, last + 2 * _STEP_S, _STEP_S)
    said = np.zeros(len(bins) - 1)
    for edges, pause_edges in (
        (begins, np.array([pause.end_s for pause in longest])),
        (ends, np.array([pause.start_s for pause in longest])),
    ):
        apart = (pause_edges[None, :] - edges[:, None]).ravel()
        said += np.histogram(apart, bins)[0]
    width = max(1, round(2 * _TOLERANCE_S / _STEP_S))
    said = np.convolve(said, np.ones(width), "same")
    at = np.arange(len(said)) * _STEP_S + first + _STEP_S / 2
    # How many cues would lie inside at each shift: by chance alone, more cues meet more pauses.
    order = np.sort(begins)
    inside = np.searchsorted(order, duration_s - at) - np.searchsorted(order, -at)
    share = said / (2 * np.maximum(inside, max(_FEWEST_EDGES, len(begins) / 2)))
    best = int(share.argmax())
    others = share[np.abs(at - at[best]) > _SAME_SHIFT_S]
    often = share[inside >= len(begins) / 2]
    usual = float(np.median(often)) if len(often) else 0.0
    rival = float(others.max()) if len(others) else 0.0
    if share[best] <= 0:
        return None
    here = float(share[int(np.abs(at).argmin())])
    if here >= 0.8 * share[best]:
        return Shift(0.0, 1.0)
    near = np.abs(at - at[best]) <= _TOLERANCE_S
    by_s = float(np.average(at[near], weights=share[near]))
    height, noise = float(share[best]) - usual, rival - usual
    return Shift(round(by_s, 1), round(max(0.0, min(1.0, 2 * (height - noise) / height)), 2))


def _first_words_s(duration_s: float, pauses: Sequence[Pause]) -> float:
    first = min(pauses, key=lambda pause: pause.start_s, default=None)
    begins_quiet = first is not None and first.start_s < 2 * _STEP_S and first.end_s < duration_s
    return first.end_s if first is not None and begins_quiet else 0.0


def _spans(cues: Iterable[Cue]) -> list[tuple[float, float]]:
    return sorted((c.start_s, c.end_s) for c in cues if c.start_s is not None and c.end_s is not None)


def _known(seconds: float) -> float:
    return round(seconds, 3)


class _Overlap:
    """A recording's talk, to lay cues over."""

    def __init__(self, duration_s: float, pauses: Sequence[Pause]) -> None:
        self._duration_s = duration_s
        self._talk: list[tuple[float, float]] = []
        at_s = 0.0
        for pause in sorted(pauses, key=lambda pause: pause.start_s):
            if pause.start_s > at_s:
                self._talk.append((at_s, min(pause.start_s, duration_s)))
            at_s = max(at_s, pause.end_s)
        if at_s < duration_s:
            self._talk.append((at_s, duration_s))

    def of(self, spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
        """Return (part of the talk under cues, part of the cues over talk); cues overlap nowhere."""
        both_s, place = 0.0, 0
        for start_s, end_s in spans:
            while place < len(self._talk) and self._talk[place][1] <= start_s:
                place += 1
            here = place
            while here < len(self._talk) and self._talk[here][0] < end_s:
                talk_start_s, talk_end_s = self._talk[here]
                both_s += max(0.0, min(end_s, talk_end_s) - max(start_s, talk_start_s))
                here += 1
        talk_s = sum(end - start for start, end in self._talk)
        cue_s = sum(end - start for start, end in spans)
        return (
            round(min(1.0, both_s / talk_s), 4) if talk_s else 0.0,
            round(both_s / cue_s, 4) if cue_s else 0.0,
        )
