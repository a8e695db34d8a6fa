"""Where in a clip the words are: found from its cues after the search, for the hits shown. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.query import Query, parse
from search.spotting import Kind, Needle, Spot, field_needles, marks, needles, spot
from search.vocabulary import NO_VOCABULARY, Vocabulary

# A quote of three lines on a phone. The words found lie within REACH, so that some context fits around them.
REACH = 90
SHORTEST = 60
LONGEST = 120

# Saying a word again makes a place a little better, saying another one much.
_AGAIN = 0.1
# What a window as wide as REACH loses against one where the same words stand side by side.
_LOOSENESS = 0.3
# A second or third moment must be nearly as good as the best, or it only fills the page.
_WORTH_SHOWING = 0.4

_BREAK = re.compile(r"[。！？；，、：…!?;,:]+[”’」』）)\"']*\s*|\s+")
_ENDS_OPEN = re.compile(r"[^\s。！？；，、：…!?;,:.]$")
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Moment:
    """A quote, the (from, to) character ranges in it to mark, and the second it starts (None: untimed)."""

    start_s: float | None
    quote: str
    marks: tuple[tuple[int, int], ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Track:
    """The cues in one text. ``starts``, ``starts_s``: where each cue begins in it and in time."""

    text: str
    starts: tuple[int, ...]
    starts_s: tuple[float | None, ...]

    @property
    def breaks(self) -> list[int]:
        """Where a quote may begin or end without cutting a thought: behind punctuation, between cues."""
        found = {0, len(self.text), *self.starts, *(m.end() for m in _BREAK.finditer(self.text))}
        return sorted(found)

    def second(self, at: int) -> float | None:
        """When the cue begins that holds this character."""
        return self.starts_s[max(0, bisect_right(self.starts, at) - 1)]


def _join(cues: Sequence[tuple[float | None, str]]) -> _Track:
    text = ""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for _, cue in cues:
        # One character for one, so that marks stay where they are.
        text = re.sub(r"\s", " ", cue)
        if parts and _ENDS_OPEN.search(parts[-1]):
            parts.append(" ")
            at += 1
        starts.append(at)
        parts.append(text)
        at += len(text)
    return _Track("".join(parts), tuple(starts), tuple(second for second, _ in cues))


@dataclass(frozen=True, slots=True)
class _Window:
    """Spots that lie within reach of each other."""

    start: int
    end: int
    score: float
    spots: tuple[Spot, ...]


def _best_window(spots: Sequence[Spot]) -> _Window | None:
    """The window with the most, and the rarest, different words close together; of equals the first."""
    best: _Window | None = None
    best_value = 0.0
    for i, first in enumerate(spots):
        seen: set[Needle] = set()
        score, end = 0.0, first.end
        for j in range(i, len(spots)):
            needle = spots[j].needle
            end = max(end, spots[j].end)
            if end - first.start > REACH and j > i:
                break
            score += needle.weight * (_AGAIN if needle in seen else 1.0)
            seen.add(needle)
            value = score * (1 - _LOOSENESS * min(1.0, (end - first.start) / REACH))
            if best is None or value > best_value + 1e-9:
                best, best_value = _Window(first.start, end, score, tuple(spots[i : j + 1])), value
    return best


def _quote_range(track: _Track, window: _Window) -> tuple[int, int]:
    """Grow a window to whole thoughts of SHORTEST to LONGEST characters, where the text has that many."""
    breaks = track.breaks
    n = bisect_right(breaks, window.start) - 1
    start = breaks[n]
    if window.end - start > LONGEST:
        # One long breath without any punctuation: begin shortly before the words.
        start = max(start, window.end - LONGEST, window.start - (LONGEST - REACH))
        n = -1
    end = window.end
    for stop in breaks[bisect_right(breaks, window.end - 1) :]:
        if stop - start > LONGEST:
            break
        end = stop
        if end - start >= SHORTEST:
            break
    if end - start < SHORTEST:
        end = min(len(track.text), max(end, start + SHORTEST)) if n >= 0 else end
    while n > 0 and end - start < SHORTEST and end - breaks[n - 1] <= LONGEST:
        n -= 1
        start = breaks[n]
    return start, end


def _moment(track: _Track, window: _Window, spots: Sequence[Spot]) -> tuple[Moment, int, int]:
    start, end = _quote_range(track, window)
    whole = track.text[start:end]
    start += len(whole) - len(whole.lstrip())
    end -= len(whole) - len(whole.rstrip())
    breaks = set(track.breaks)
    before = "" if start in breaks else _ELLIPSIS
    after = "" if end in breaks or end == len(track.text.rstrip()) else _ELLIPSIS
    shift = len(before) - start
    found = marks(s for s in spots if start <= s.start and s.end <= end)
    first = min(window.spots, key=lambda s: (-s.needle.kind, s.start))
    moment = Moment(
        start_s=track.second(first.start),
        quote=before + track.text[start:end] + after,
        marks=tuple((a + shift, b + shift) for a, b in found),
        score=window.score,
    )
    return moment, start, end


def _moments(track: _Track, wanted: list[Needle], limit: int) -> list[Moment]:
    spots = sorted(spot(track.text, wanted), key=lambda s: (s.start, s.end))
    left = spots
    found: list[Moment] = []
    while len(found) < limit:
        window = _best_window(left)
        if window is None or (found and window.score < _WORTH_SHOWING * found[0].score):
            break
        moment, start, end = _moment(track, window, spots)
        found.append(moment)
        # The next one must not show the same words again.
        left = [s for s in left if s.end <= start or s.start >= end]
    return found


def best_moments(
    query: Query | str,
    cues: Sequence[tuple[float, float, str]],
    limit: int = 3,
    weights: Mapping[str, float] | None = None,
    vocabulary: Vocabulary = NO_VOCABULARY,
) -> list[Moment]:
    """The best moments among cues of (start_s, end_s, text), best first; [] if no word is said.

    ``weights`` are ``Results.weights``: a rare word then says more about the place than a common one. The
    quotes do not overlap. ``start_s`` is where the cue begins in which the first marked word is.
    """
    parsed = parse(query) if isinstance(query, str) else query
    track = _join([(start_s, text) for start_s, _, text in cues])
    return _moments(track, needles(parsed, weights, vocabulary), limit)


def best_text_moment(
    query: Query | str,
    text: str,
    weights: Mapping[str, float] | None = None,
    vocabulary: Vocabulary = NO_VOCABULARY,
) -> Moment | None:
    """The best quote of a text without times (a summary, a plain transcript), or None."""
    parsed = parse(query) if isinstance(query, str) else query
    found = _moments(_join([(None, text)]), needles(parsed, weights, vocabulary), 1)
    return found[0] if found else None


def highlight(
    text: str, query: Query | str, vocabulary: Vocabulary = NO_VOCABULARY
) -> tuple[tuple[int, int], ...]:
    """The ranges of a short text (a title, a lecturer's name, a topic) that the query's words cover."""
    parsed = parse(query) if isinstance(query, str) else query
    wanted = needles(parsed, vocabulary=vocabulary) + field_needles(parsed)
    return marks(s for s in spot(text, wanted) if s.needle.kind is not Kind.PAIR)
