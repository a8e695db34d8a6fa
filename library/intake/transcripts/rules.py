"""Pure rules of transcripts: what a recording shows of one, which of two fits worse, and what is said of it.

What a transcript becomes depends on its own lines and on what was heard in the recording, and on nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from library.catalog.rules import CueLine, CueSource, ShiftReason, TranscriptQuality
from library.intake.transcripts import aligning
from library.intake.transcripts.aligning import Places
from transcode.cutting.pauses import Pause
from transcode.remarks import Remark
from transcode.transcripts import captions, fitting
from transcode.transcripts.fitting import Fit, Shift, StreamClock
from transcode.transcripts.parsing import Cue

MOST_SHIFT_S = 48 * 3600.0
"""Two days: more than any clock that a transcript is stamped with is off."""

_STREAM = "mpegts"

_WORSE_INSIDE = 0.1
_WORSE_COVERED_PART, _WORSE_COVERED = 0.6, 0.05
_FAR_FEWER_PART, _FAR_FEWER_WORDS = 0.5, 100
"""Under a hundred characters less may be a correction; half of a lecture's text is none."""


@dataclass(frozen=True)
class Heard:
    """What a transcript is laid over: a recording's length, its pauses, its kind and its own clock."""

    duration_s: float
    pauses: tuple[Pause, ...]
    demuxer: str = ""
    start_s: float = 0.0


@dataclass(frozen=True)
class Fitting:
    """How a transcript lies over the recording once it is moved, and what other shift might be better."""

    fit: Fit
    offered: Shift | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON column keeps it."""
        return {"fit": asdict(self.fit), "offered": None if self.offered is None else asdict(self.offered)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        offered = value["offered"]
        return cls(Fit(**value["fit"]), Shift(**offered) if offered else None)


@dataclass(frozen=True)
class Shown:
    """What becomes of a transcript: the lines that are shown, how well their times are known, how they came
    about. `fitting` is None while nobody knows the recording, and for text without times."""

    quality: TranscriptQuality
    lines: tuple[CueLine, ...]
    shift_s: float = 0.0
    reason: ShiftReason = ShiftReason.OPEN
    fitting: Fitting | None = None


@dataclass(frozen=True)
class _LineCue(Cue):
    """A lesson's line as the engine knows it, which remembers where it comes from and how sure that is."""

    line: CueLine | None = None


def cues_of(lines: Iterable[CueLine]) -> list[Cue]:
    """Return a lesson's lines as the engine knows them."""
    return [_LineCue(line.start_s, line.end_s, line.text, line.speaker, line) for line in lines]


def lines_of(cues: Iterable[Cue]) -> tuple[CueLine, ...]:
    """Return the engine's cues as a lesson's lines, each as sure as the line it was."""
    return tuple(map(_line_of, cues))


def _line_of(cue: Cue) -> CueLine:
    if isinstance(cue, _LineCue) and cue.line is not None:
        return replace(cue.line, start_s=cue.start_s, end_s=cue.end_s)
    return CueLine(cue.start_s, cue.end_s, cue.text, cue.speaker)


def shown(
    quality: TranscriptQuality,
    lines: Sequence[CueLine],
    heard: Heard | None,
    *,
    clock: StreamClock | None = None,
    chosen_s: float | None = None,
    places: Places | None = None,
) -> Shown:
    """Return what a recording shows of a transcript of that `quality`.

    Text gets the times of its `places`, which a machine has heard, else estimated ones. What a machine heard
    lies where it was heard. Times are moved by `chosen_s` if somebody chose it, else by what the file's
    header says, else by whole hours; other shifts are offered only. What lies outside is left out, and
    counted. Before anything is heard (`heard` None) only a chosen shift is applied.
    """
    if quality not in (TranscriptQuality.EXACT, TranscriptQuality.PLAIN):
        # Heard by a machine, or corrected by somebody who heard it: the lines stay where they are.
        reason = ShiftReason.NONE if chosen_s is None else ShiftReason.CHOSEN
        return Shown(quality, tuple(lines), chosen_s or 0.0, reason)
    if quality is not TranscriptQuality.EXACT:
        if places is not None and places.figures.fits:
            return Shown(TranscriptQuality.ALIGNED, places.shown(lines), reason=ShiftReason.NONE)
        if heard is None:
            return Shown(TranscriptQuality.PLAIN, tuple(lines))
        timed = captions.estimate_times(cues_of(lines), heard.duration_s, heard.pauses)
        guessed = tuple(replace(line, source=CueSource.ESTIMATED) for line in lines_of(timed))
        return Shown(TranscriptQuality.ESTIMATED, guessed, reason=ShiftReason.NONE)
    cues = cues_of(lines)
    if heard is None:
        by_s = chosen_s or 0.0
        reason = ShiftReason.OPEN if chosen_s is None else ShiftReason.CHOSEN
        moved = [c for c in fitting.shifted(cues, by_s) if c.end_s is None or c.end_s > 0]
        return Shown(quality, lines_of(moved), by_s, reason)
    by_s, reason = _decided(cues, heard, clock, chosen_s)
    moved_cues = fitting.shifted(cues, by_s)
    offered = None
    if reason is not ShiftReason.CHOSEN:
        offered = fitting.shift_by_pauses(moved_cues, heard.duration_s, heard.pauses)
    total = None if offered is None else Shift(round(by_s + offered.by_s, 3), offered.confidence)
    kept = captions.cut_cues(moved_cues, 0.0, heard.duration_s)
    fit = fitting.fit_of(moved_cues, heard.duration_s, heard.pauses)
    return Shown(quality, lines_of(kept), by_s, reason, Fitting(fit, total))


def _decided(
    cues: Sequence[Cue], heard: Heard, clock: StreamClock | None, chosen_s: float | None
) -> tuple[float, ShiftReason]:
    if chosen_s is not None:
        return chosen_s, ShiftReason.CHOSEN
    if clock is not None:
        # Only a stream has the clock that the header speaks of; elsewhere cues tell their own beginning.
        own = heard.demuxer == _STREAM
        by_s = fitting.shift_by_stream(clock, heard.start_s) if own else -clock.local_s
        if by_s and fitting.fit_of(fitting.shifted(cues, by_s), heard.duration_s, ()).inside > 0:
            return by_s, ShiftReason.STREAM
    by_s = fitting.whole_hours(cues, heard.duration_s, heard.pauses)
    return by_s, ShiftReason.HOURS if by_s else ShiftReason.NONE


# ---------------------------------------------------------------- which of two fits better


@dataclass(frozen=True)
class Figures:
    """What two transcripts are compared by. `fit` is None for text, and while nobody knows the recording."""

    quality: TranscriptQuality
    words: int
    fit: Fit | None = None


def worse(new: Figures, present: Figures) -> tuple[Remark, ...]:
    """Return why `new` fits a recording worse than `present`; () when it does not.

    `worse_untimed`: the present one has exact times, the new one has none. `worse_outside`: more of it lies
    outside of the recording. `worse_covered`: it covers far less of the talk. `worse_words`: it says far
    less. What a machine heard is never better than what was given.
    """
    if present.quality is TranscriptQuality.RECOGNISED and new.quality is not TranscriptQuality.RECOGNISED:
        return ()
    found = []
    if present.quality is TranscriptQuality.EXACT and new.quality is not TranscriptQuality.EXACT:
        found.append(Remark("worse_untimed"))
    if new.fit is not None:
        inside = present.fit.inside if present.fit is not None else 1.0
        if new.fit.inside < inside - _WORSE_INSIDE:
            values = {"new_percent": _percent(new.fit.inside), "old_percent": _percent(inside)}
            found.append(Remark("worse_outside", new.fit.outside, values))
    if new.fit is not None and present.fit is not None and not found:
        here, there = present.fit.covered, new.fit.covered
        if there < _WORSE_COVERED_PART * here and here - there > _WORSE_COVERED:
            found.append(
                Remark("worse_covered", 1, {"new_percent": _percent(there), "old_percent": _percent(here)})
            )
    fewer = present.words - new.words
    if fewer >= _FAR_FEWER_WORDS and new.words < _FAR_FEWER_PART * present.words:
        found.append(Remark("worse_words", fewer, {"new": new.words, "old": present.words}))
    return tuple(found)


def _percent(part: float) -> int:
    return round(100 * part)


# ---------------------------------------------------------------- what is said


@dataclass(frozen=True)
class Told:
    """What an account is made of: the transcript in use, and the newest that was given and is not in use.

    `reading`: what was odd in the file, or in what a machine heard. `places`: how much of a text is said,
    None while nobody knows. `waiting_n` is None when the newest one is in use.
    """

    cues: int
    reading: tuple[Remark, ...] = ()
    shift_s: float = 0.0
    reason: ShiftReason = ShiftReason.OPEN
    fitting: Fitting | None = None
    places: aligning.Figures | None = None
    waiting_n: int | None = None
    waiting_name: str = ""


def account(told: Told | None, media: Iterable[Remark] = ()) -> tuple[Remark, ...]:
    """Return everything that was left out, moved, guessed or left alone in a lesson's recording and words.

    The same for the page, the API and the command line. `media`: what reading the recording left to say.
    """
    found = list(media)
    if told is not None:
        found += told.reading
        found += _shift_remarks(told)
        found += aligning.remarks_of(told.places) if told.places is not None else ()
        if told.fitting is not None:
            found += fitting.remarks_of(told.fitting.fit)
            if told.fitting.offered is not None:
                offered = told.fitting.offered
                percent = _percent(offered.confidence)
                found.append(
                    Remark("shift_offered", 1, {"seconds": f"{offered.by_s:+g}", "percent": percent})
                )
        if told.waiting_n is not None:
            found.append(Remark("transcript_waits", 1, {"n": told.waiting_n, "name": told.waiting_name}))
    return tuple(found)


def _shift_remarks(told: Told) -> list[Remark]:
    if not told.shift_s:
        return []
    code = {
        ShiftReason.HOURS: "shifted_hours",
        ShiftReason.STREAM: "shifted_stream",
        ShiftReason.CHOSEN: "shifted_chosen",
    }.get(told.reason)
    if code is None:
        return []
    hours = round(abs(told.shift_s) / 3600)
    return [Remark(code, told.cues, {"seconds": f"{told.shift_s:+g}", "hours": hours})]
