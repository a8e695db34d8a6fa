"""Cues as files have them, put in order: sorted, apart from each other, each with words and a length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from transcode.transcripts.raw import MAX_CUES, Notes, RawCue
from transcode.transcripts.words import SPEAKER_MAX

MAX_CUE_CHARS = 2_000
MOST_TIME_S = 100 * 3600.0
"""Later than any clock that a cue is stamped with: a day and a half, after which a transport stream's begins
again, and two digits of hours. What is later is a slip, or is meant to cost."""

_READING_CHARS_PER_S = 5.0
_SHORTEST_READING_S = 1.0


def repaired(cues: Sequence[RawCue], notes: Notes) -> list[RawCue]:
    """Return the cues in order of time, each with an end; each thing that was odd is counted."""
    if len(cues) > MAX_CUES:
        notes.add("too_many_cues", len(cues) - MAX_CUES, most=MAX_CUES)
        cues = cues[:MAX_CUES]
    spoken = [bounded(cue, notes) for cue in cues if cue.text]
    notes.add("no_text", len(cues) - len(spoken))
    in_time = [_ending(cue) for cue in spoken if cue.start_s <= MOST_TIME_S]
    notes.add("time_too_late", len(spoken) - len(in_time), most_h=round(MOST_TIME_S / 3600))
    spoken = in_time
    notes.add("unsorted", _out_of_order(spoken))
    in_order = sorted(spoken, key=lambda cue: cue.start_s)
    return list(_apart(_joined(_within_time(ended(in_order), notes), notes), notes))


def ended(cues: Sequence[RawCue]) -> list[RawCue]:
    """Give cues without an end the next later start as their end, in whatever order they stand.

    The last one still has none.
    """
    order = sorted(range(len(cues)), key=lambda n: cues[n].start_s)
    done, following, latest = list(cues), None, None
    for n in reversed(order):
        start_s = cues[n].start_s
        if latest is not None and latest > start_s:
            following = latest
        latest = start_s
        if cues[n].end_s is None:
            done[n] = replace(cues[n], end_s=following)
    return done


def bounded(cue: RawCue, notes: Notes) -> RawCue:
    """Return a cue of at most MAX_CUE_CHARS characters."""
    if len(cue.text) <= MAX_CUE_CHARS:
        return cue
    notes.add("long_cue", most=MAX_CUE_CHARS)
    return replace(cue, text=cue.text[:MAX_CUE_CHARS])


def _ending(cue: RawCue) -> RawCue:
    """Return a cue that ends in time: where its end is none, the next one or its length says it."""
    return cue if cue.end_s is None or cue.end_s <= MOST_TIME_S else replace(cue, end_s=None)


def reading_s(text: str) -> float:
    """Return how long a text is shown whose end nobody knows."""
    return max(_SHORTEST_READING_S, len(text) / _READING_CHARS_PER_S)


def _out_of_order(cues: Iterable[RawCue]) -> int:
    latest_s, count = float("-inf"), 0
    for cue in cues:
        count += cue.start_s < latest_s
        latest_s = max(latest_s, cue.start_s)
    return count


def _within_time(cues: Iterable[RawCue], notes: Notes) -> Iterator[RawCue]:
    for cue in cues:
        start_s = max(0.0, cue.start_s)
        end_s = start_s + reading_s(cue.text) if cue.end_s is None else max(0.0, cue.end_s)
        if start_s != cue.start_s or (cue.end_s is not None and end_s != cue.end_s):
            notes.add("negative_time")
        if end_s <= start_s:
            notes.add("no_length")
            end_s = start_s + reading_s(cue.text)
        yield replace(cue, start_s=start_s, end_s=end_s)


def _joined(cues: Iterable[RawCue], notes: Notes) -> list[RawCue]:
    joined: list[RawCue] = []
    for cue in cues:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.start_s == cue.start_s
            and len(last.text) + len(cue.text) < MAX_CUE_CHARS
        ):
            notes.add("same_time")
            text = last.text if last.text == cue.text else f"{last.text}\n{cue.text}"
            speaker = "、".join(dict.fromkeys(filter(None, (last.speaker, cue.speaker))))[:SPEAKER_MAX]
            end_s = max(last.end_s or 0.0, cue.end_s or 0.0)
            joined[-1] = RawCue(last.start_s, end_s, text, speaker)
        else:
            joined.append(cue)
    return joined


def _apart(cues: Sequence[RawCue], notes: Notes) -> Iterator[RawCue]:
    for n, cue in enumerate(cues):
        end_s = cue.end_s or cue.start_s
        next_s = cues[n + 1].start_s if n + 1 < len(cues) else end_s
        notes.add("overlap", int(next_s < end_s))
        yield replace(cue, end_s=max(min(end_s, next_s), cue.start_s))
