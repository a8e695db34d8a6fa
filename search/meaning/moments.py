"""Where in a clip the words are: found from its cues after the search, for the hits shown. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from search.meaning.highlighting import (
    Match,
    Needle,
    Sought,
    find_heard,
    find_needles,
    marks,
    sought,
    without_strays,
)
from search.query import Query
from search.text.dictionary import NO_DICTIONARY, Dictionary

# A quote of some lines on a phone. The words found lie within REACH, so that some context fits around them.
REACH = 90
SHORTEST = 60
LONGEST = 120
# A sentence that begins or ends this near is quoted whole: without its date a quote is worth half.
NEAR = 30

# Saying a word again makes a place a little better, saying another one much.
_AGAIN = 0.1
# What a window as wide as REACH loses against one where the same words stand side by side.
_LOOSENESS = 0.3
# A second or third moment must be nearly as good as the best, or it only fills the page.
_WORTH_SHOWING = 0.4

_SENTENCE_END = re.compile(r"(?:[。！？!?]|…+)[”’」』）)\"']*\s*")
_BREAK = re.compile(r"[。！？；，、：…!?;,:]+[”’」』）)\"']*\s*|\s+")
_ENDS_OPEN = re.compile(r"[^\s。！？；，、：…!?;,:.]$")
_ELLIPSIS = "…"
_PAUSES = "，、,"


@dataclass(frozen=True, slots=True)
class Moment:
    """A quote, the (from, to) character ranges in it to mark, and the second it starts (None: untimed).

    "…" stands where the quote begins or ends inside a sentence. ``recognised``: a machine heard some of it;
    ``by_sound``: of what is marked something only sounds like what was asked for.
    """

    start_s: float | None
    quote: str
    marks: tuple[tuple[int, int], ...]
    score: float = 0.0
    recognised: bool = False
    by_sound: bool = False


@dataclass(frozen=True, slots=True)
class Moments:
    """The best moments of a text in the order in which they are said; ``best`` is the place of the best one
    among them, and ``more`` how many further places there are that are nearly as good."""

    shown: tuple[Moment, ...] = ()
    best: int = 0
    more: int = 0


@dataclass(frozen=True)
class _Track:
    """The cues in one text. ``starts``, ``starts_s``: where each cue begins in it and in time; ``ends``:
    where paragraphs end; ``recognised``: the cues that a machine heard."""

    text: str
    starts: tuple[int, ...]
    starts_s: tuple[float | None, ...]
    ends: tuple[int, ...] = ()
    recognised: frozenset[int] = frozenset()

    @property
    def is_timed(self) -> bool:
        """Does anybody know when its cues are said?"""
        return any(second is not None for second in self.starts_s)

    @cached_property
    def breaks(self) -> list[int]:
        """Where a quote may begin or end without cutting a thought: behind punctuation, between cues."""
        return sorted({*self.sentences, *self.starts, *(m.end() for m in _BREAK.finditer(self.text))})

    @cached_property
    def sentences(self) -> list[int]:
        """Where sentences begin and end."""
        ends = (m.end() for m in _SENTENCE_END.finditer(self.text))
        return sorted({0, len(self.text), *self.ends, *ends})

    def second(self, at: int) -> float | None:
        """When the cue begins that holds this character."""
        return self.starts_s[self._cue(at)]

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether a machine heard some of a stretch."""
        return bool(self.recognised) and not self.recognised.isdisjoint(
            range(self._cue(start), self._cue(end - 1) + 1)
        )

    def _cue(self, at: int) -> int:
        return max(0, bisect_right(self.starts, at) - 1)


def _join(cues: Sequence[tuple[float | None, str]], recognised: frozenset[int] = frozenset()) -> _Track:
    text = ""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for second, cue in cues:
        # One character for one, so that marks stay where they are.
        text = re.sub(r"\s", " ", cue)
        if parts and _ENDS_OPEN.search(parts[-1]):
            parts.append(" ")
            at += 1
        starts.append(at)
        if second is None:
            # A line of a caption ends where the screen does, one of a text where its writer wanted.
            ends += [at + m.end() for m in re.finditer(r"\n", cue)]
        parts.append(text)
        at += len(text)
    return _Track("".join(parts), tuple(starts), tuple(second for second, _ in cues), tuple(ends), recognised)


@dataclass(frozen=True, slots=True)
class _Window:
    """Matches that lie within reach of each other."""

    start: int
    end: int
    score: float


def _windows_at(matches: Sequence[Match], i: int) -> Iterator[_Window]:
    """The windows that begin with a match, from the narrowest to the widest."""
    first = matches[i]
    seen: set[Needle] = set()
    score, end = 0.0, first.end
    for j in range(i, len(matches)):
        needle = matches[j].needle
        end = max(end, matches[j].end)
        if end - first.start > REACH and j > i:
            return
        score += needle.weight * (_AGAIN if needle in seen else 1.0)
        seen.add(needle)
        yield _Window(first.start, end, score)


def _best_window(matches: Sequence[Match]) -> _Window | None:
    """The window with the most, and the rarest, different words close together; of equals the first."""
    best: _Window | None = None
    best_value = 0.0
    for i in range(len(matches)):
        for window in _windows_at(matches, i):
            value = window.score * (1 - _LOOSENESS * min(1.0, (window.end - window.start) / REACH))
            if best is None or value > best_value + 1e-9:
                best, best_value = window, value
    return best


def _others(matches: Sequence[Match], worth: float) -> int:
    """How many more windows are worth so much; one look at each match, however many there are."""
    found, after = 0, -1
    for i, first in enumerate(matches):
        if first.start < after:
            continue
        if any(window.score >= worth for window in _windows_at(matches, i)):
            found += 1
            after = first.start + REACH
    return found


def _quote_range(track: _Track, window: _Window) -> tuple[int, int]:
    """Grow a window to whole thoughts of SHORTEST to LONGEST characters, where the text has that many, and
    then to the borders of the sentences that are NEAR."""
    start, end = _thoughts(track, window)
    borders = track.sentences
    before = borders[bisect_right(borders, start) - 1]
    after = borders[bisect_left(borders, end)]
    return (before if start - before <= NEAR else start), (after if after - end <= NEAR else end)


def _thoughts(track: _Track, window: _Window) -> tuple[int, int]:
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
    # What is opened at its beginning must not begin long before its words.
    while n > 0 and not track.is_timed and end - start < SHORTEST and end - breaks[n - 1] <= LONGEST:
        n -= 1
        start = breaks[n]
    return start, end


def _moment(track: _Track, window: _Window, matches: Sequence[Match]) -> tuple[Moment, int, int]:
    start, end = _quote_range(track, window)
    borders = track.sentences
    before = "" if start in borders else _ELLIPSIS
    after = "" if end in borders else _ELLIPSIS
    whole = track.text[start:end]
    start += len(whole) - len(whole.lstrip())
    end -= len(whole) - len(whole.rstrip())
    if after and track.text[end - 1] in _PAUSES:
        end -= 1
    shift = len(before) - start
    within = [m for m in matches if start <= m.start and m.end <= end]
    found = marks(within)
    moment = Moment(
        start_s=track.second(start),
        quote=before + track.text[start:end] + after,
        marks=tuple((a + shift, b + shift) for a, b in found),
        score=window.score,
        recognised=track.is_recognised(start, end),
        by_sound=found != marks(m for m in within if not m.needle.by_sound),
    )
    return moment, start, end


def _moments(track: _Track, looked_for: Sought, limit: int) -> Moments:
    wanted = looked_for.weighed
    written = find_needles(track.text, wanted)
    heard: list[Match] = []
    if looked_for.by_sound and track.recognised:
        heard = find_heard(track.text, wanted, written)
    matches = without_strays([*written, *(m for m in heard if track.is_recognised(m.start, m.end))])
    left = matches
    found: list[tuple[int, Moment]] = []
    while len(found) < limit:
        window = _best_window(left)
        if window is None or (found and window.score < _WORTH_SHOWING * found[0][1].score):
            break
        moment, start, end = _moment(track, window, matches)
        found.append((start, moment))
        # The next one must not show the same words again.
        left = [m for m in left if m.end <= start or m.start >= end]
    if not found:
        return Moments()
    in_order = sorted(found, key=lambda one: one[0])
    return Moments(
        tuple(moment for _, moment in in_order),
        in_order.index(found[0]),
        _others(left, _WORTH_SHOWING * found[0][1].score),
    )


def find_moments(
    query: Query | str | Sought,
    cues: Sequence[tuple[float, float, str]],
    limit: int = 3,
    weights: Mapping[str, float] | None = None,
    dictionary: Dictionary = NO_DICTIONARY,
    recognised: frozenset[int] = frozenset(),
) -> Moments:
    """The best moments among cues of (start_s, end_s, text), as they follow each other; none if no word is
    said.

    ``recognised``: the places of the cues that a machine heard; their words are also found by sound, where
    that was ``Sought``. Of a ``Sought`` its own weights and dictionary are taken. ``weights`` are
    ``Results.weights``: a rare word then says more about the place than a common one. The quotes do not
    overlap. ``start_s`` is where the cue begins in which the quote begins, so that what is opened there is
    heard from the first word quoted.
    """
    track = _join([(start_s, text) for start_s, _, text in cues], recognised)
    return _moments(track, sought(query, weights, dictionary), limit)


def best_moments(
    query: Query | str | Sought,
    cues: Sequence[tuple[float, float, str]],
    limit: int = 3,
    weights: Mapping[str, float] | None = None,
    dictionary: Dictionary = NO_DICTIONARY,
) -> list[Moment]:
    """As ``find_moments``, the best first; [] if no word is said."""
    found = find_moments(query, cues, limit, weights, dictionary)
    return sorted(found.shown, key=lambda moment: -moment.score)


def best_text_moment(
    query: Query | str | Sought,
    text: str,
    weights: Mapping[str, float] | None = None,
    dictionary: Dictionary = NO_DICTIONARY,
) -> Moment | None:
    """The best quote of a text without times (a summary, a plain transcript), or None."""
    found = _moments(_join([(None, text)]), sought(query, weights, dictionary), 1)
    return found.shown[0] if found.shown else None
