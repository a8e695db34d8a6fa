"""Recognised words become lines that can be read: cut where the speaker pauses or a mark stands, never
too long and never too fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speech.words import SURE, Word, plain

LONGEST = 28
"""Characters of a line, marks not counted."""

FASTEST = 9.0
"""Characters a second that can be read."""

PAUSE_S = 0.45
"""A pause that ends a line."""

SHORT = 8
"""A comma ends a line that is at least so long; a shorter one goes on."""

_ENDS, _COMMAS = "。！？!?…", "，、；：,;:"


@dataclass(frozen=True)
class SpokenCue:
    """A line; ``confidence`` is the mean probability of its characters, ``doubtful`` the spans of its
    text that were recognised with less than SURE."""

    start_s: float
    end_s: float
    text: str
    confidence: float
    doubtful: tuple[tuple[int, int], ...]


def cues_of_words(words: Sequence[Word], pauses: Sequence[tuple[float, float]]) -> tuple[SpokenCue, ...]:
    """Return the lines in order, without overlap, each of at most LONGEST characters (a word longer
    than that is a line of its own) and at most FASTEST a second: what was said faster stays longer,
    into the pause behind it or, where there is none, into the next line's time."""
    said = [word for word in words if word.text.strip()]
    lines = [part for line in _lines(said, pauses) for part in _short_enough(line)]
    return _readable([_cue(line) for line in lines])


def _lines(words: Sequence[Word], pauses: Sequence[tuple[float, float]]) -> list[list[Word]]:
    """Words between pauses and marks."""
    found: list[list[Word]] = []
    line: list[Word] = []
    ahead = sorted(pause for pause in pauses if pause[1] - pause[0] >= PAUSE_S)
    at = 0
    for word in words:
        if line:
            while at < len(ahead) and _middle(ahead[at]) < line[-1].start_s:
                at += 1
            paused = at < len(ahead) and _middle(ahead[at]) <= (word.start_s + word.end_s) / 2
            if paused or word.start_s - line[-1].end_s > PAUSE_S - 0.001 or _is_over(line):
                found.append(line)
                line = []
        line.append(word)
    return [*found, line] if line else found


def _middle(pause: tuple[float, float]) -> float:
    return (pause[0] + pause[1]) / 2


def _is_over(line: Sequence[Word]) -> bool:
    mark = line[-1].text.rstrip()[-1:]
    return mark in _ENDS or (mark in _COMMAS and _length(line) >= SHORT)


def _length(line: Sequence[Word]) -> int:
    return sum(len(plain(word.text)) for word in line)


def _short_enough(line: list[Word]) -> list[list[Word]]:
    """Cut a line that is too long: after a mark, else at the longest gap, not too near its ends."""
    whole = _length(line)
    if whole <= LONGEST or len(line) == 1:
        return [line]
    before, best, at = 0, (-1.0, 0.0), 1
    for n in range(1, len(line)):
        before += len(plain(line[n - 1].text))
        if before > LONGEST:
            break
        mark = line[n - 1].text.rstrip()[-1:] in _COMMAS
        gap = max(0.0, line[n].start_s - line[n - 1].end_s)
        # Half and half is best; what belongs together (20 18, Mc Donald) is never torn apart.
        evenness = 1 - abs(before - min(whole / 2, LONGEST * 0.8)) / LONGEST
        joined = line[n - 1].text[-1:].isalnum() and (line[n - 1].text[-1:] + line[n].text[:1]).isascii()
        score = (-2.0 if joined else 2.0 if mark else 0.0) + 4 * gap + evenness
        if score > best[0]:
            best, at = (score, 0.0), n
    return [line[:at], *_short_enough(line[at:])]


def _cue(line: Sequence[Word]) -> SpokenCue:
    doubtful: list[tuple[int, int]] = []
    text, sum_of, count = "", 0.0, 0
    for word in line:
        between = " " if text and _needs_space(text[-1], word.text.lstrip()[0]) else ""
        written = between + word.text.strip()
        said = len(plain(written))
        if word.probability < SURE and said:
            begin = len(text) + len(between)
            end = len(text) + len(written.rstrip(_ENDS + _COMMAS))
            if doubtful and doubtful[-1][1] >= begin - len(between):
                doubtful[-1] = (doubtful[-1][0], end)
            elif end > begin:
                doubtful.append((begin, end))
        text += written
        sum_of, count = sum_of + word.probability * said, count + said
    end_s = max(word.end_s for word in line)
    confidence = sum_of / count if count else 0.0
    return SpokenCue(line[0].start_s, end_s, text, round(confidence, 3), tuple(doubtful))


def _needs_space(before: str, after: str) -> bool:
    """Between two words of letters."""
    return before.isascii() and after.isascii() and before.isalpha() and after.isalpha()


def _readable(cues: Sequence[SpokenCue]) -> tuple[SpokenCue, ...]:
    found: list[SpokenCue] = []
    for n, cue in enumerate(cues):
        start_s = max(cue.start_s, found[-1].end_s if found else 0.0)
        needed_s = start_s + len(plain(cue.text)) / FASTEST
        next_s = cues[n + 1].start_s if n + 1 < len(cues) else needed_s
        end_s = max(needed_s, start_s + 0.01, min(cue.end_s, max(next_s, start_s)))
        found.append(SpokenCue(start_s, end_s, cue.text, cue.confidence, cue.doubtful))
    return tuple(found)
