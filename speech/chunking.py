"""Where the sound is cut for the recogniser: chunks that lie side by side, of at most LONGEST_S, cut in
pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from speech.words import Span

LONGEST_S = 28.0
"""Whisper hears windows of 30 s; what is longer would be cut by it, anywhere."""

EDGE_S = 0.3
"""Sound kept before and behind the speech of a chunk."""


@dataclass(frozen=True)
class Chunk:
    """A piece of the recording. ``speech``: where somebody speaks in it; without any it need not be
    heard."""

    start_s: float
    end_s: float
    speech: tuple[Span, ...]

    @property
    def heard(self) -> Span:
        """The part that the recogniser is given: the speech and a little around it."""
        first, last = self.speech[0].start_s, self.speech[-1].end_s
        return Span(max(self.start_s, first - EDGE_S), min(self.end_s, last + EDGE_S))


def chunks_of(speech: Sequence[Span], start_s: float, end_s: float) -> tuple[Chunk, ...]:
    """Return the chunks from ``start_s`` to ``end_s``: side by side, in order, none longer than
    LONGEST_S unless nobody speaks in it. A stretch of speech that is longer by itself is cut in equal
    parts."""
    pieces = [piece for span in _within(speech, start_s, end_s) for piece in _cut(span)]
    found: list[Chunk] = []
    at_s, first = start_s, 0
    while first < len(pieces):
        begin = max(at_s, pieces[first].start_s - EDGE_S)
        if begin - at_s > LONGEST_S / 2 or pieces[first].end_s - at_s > LONGEST_S:
            found.append(Chunk(at_s, begin, ()))  # nobody speaks for a while
            at_s = begin
        last = _last(pieces, first, at_s)
        after_s = pieces[last + 1].start_s if last + 1 < len(pieces) else end_s
        until_s = min(_between(pieces[last].end_s, after_s), max(at_s + LONGEST_S, pieces[last].end_s))
        found.append(Chunk(at_s, until_s, tuple(pieces[first : last + 1])))
        at_s, first = until_s, last + 1
    if end_s > at_s:
        found.append(Chunk(at_s, end_s, ()))
    return tuple(found)


def _within(speech: Sequence[Span], start_s: float, end_s: float) -> list[Span]:
    """The speech inside, in order, what overlaps joined."""
    found: list[Span] = []
    for span in sorted(speech, key=lambda one: one.start_s):
        begin, end = max(span.start_s, start_s), min(span.end_s, end_s)
        if found and begin < found[-1].end_s:
            found[-1] = Span(found[-1].start_s, max(end, found[-1].end_s))
        elif end > begin:
            found.append(Span(begin, end))
    return found


def _cut(span: Span) -> list[Span]:
    parts = int(span.length_s // (LONGEST_S - 2 * EDGE_S)) + 1
    edges = [span.start_s + span.length_s * n / parts for n in range(parts)] + [span.end_s]
    return [Span(a, b) for a, b in pairwise(edges)]


def _last(pieces: Sequence[Span], first: int, at_s: float) -> int:
    """The last piece that fits into a chunk beginning at ``at_s`` with ``first``: a window of the model costs
    the same, however little is in it."""
    last = first
    while last + 1 < len(pieces) and pieces[last + 1].end_s + EDGE_S <= at_s + LONGEST_S:
        last += 1
    return last


def _between(end_s: float, next_s: float) -> float:
    """A place in a pause: in its middle, and not far from what was said."""
    return min(end_s + EDGE_S, (end_s + next_s) / 2)
