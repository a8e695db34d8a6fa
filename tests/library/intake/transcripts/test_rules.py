"""Which of two transcripts fits worse, and what is said of the one in use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from library.catalog.rules import CueLine, CueSource, ShiftReason, TranscriptQuality
from library.intake.transcripts.rules import Figures, Fitting, Heard, Told, account, shown, worse
from transcode.remarks import Remark, codes
from transcode.transcripts.fitting import Fit, Shift, StreamClock

EXACT, PLAIN, ESTIMATED = (TranscriptQuality(word) for word in ("exact", "plain", "estimated"))
GOOD = Fit(100, 0, 0, 0, 590.0, 600.0, 0.9, 0.95)
PRESENT = Figures(EXACT, 3000, GOOD)


@pytest.mark.parametrize(
    ("new", "present", "why"),
    [
        (PRESENT, PRESENT, ()),
        (Figures(EXACT, 2900, replace(GOOD, covered=0.8)), PRESENT, ()),
        (Figures(PLAIN, 3000), PRESENT, ("worse_untimed",)),
        (Figures(EXACT, 3000, replace(GOOD, outside=100)), PRESENT, ("worse_outside",)),
        (Figures(EXACT, 3000, replace(GOOD, outside=20)), PRESENT, ("worse_outside",)),
        (Figures(EXACT, 3000, replace(GOOD, covered=0.3)), PRESENT, ("worse_covered",)),
        (Figures(EXACT, 30, replace(GOOD, covered=0.01)), PRESENT, ("worse_covered", "worse_words")),
        (Figures(PLAIN, 30), Figures(PLAIN, 3000), ("worse_words",)),
        (Figures(PLAIN, 5), Figures(PLAIN, 14), ()),
        # Times in place of guesses are welcome, unless they lie elsewhere.
        (PRESENT, Figures(PLAIN, 3000), ()),
        (Figures(EXACT, 3000, replace(GOOD, outside=100)), Figures(PLAIN, 3000), ("worse_outside",)),
        # What shows nothing is worse than nothing.
        (PRESENT, Figures(EXACT, 3000, replace(GOOD, outside=100, covered=0.0)), ()),
        # Nobody knows the recording yet.
        (Figures(EXACT, 3000), Figures(EXACT, 3000), ()),
    ],
)
def test_which_of_two_fits_worse(new: Figures, present: Figures, why: tuple[str, ...]) -> None:
    assert codes(worse(new, present)) == why


LINES = (CueLine(3601.0, 3604.0, "开场第一句话"), CueLine(3605.0, 3608.0, "绿水青山"))


def test_what_the_recording_shows_of_a_transcript() -> None:
    laid = shown(EXACT, LINES, Heard(3720.0, ()))
    assert (laid.shift_s, laid.reason) == (-3600.0, ShiftReason.HOURS)
    assert laid.lines == (CueLine(1.0, 4.0, "开场第一句话"), CueLine(5.0, 8.0, "绿水青山"))
    assert shown(EXACT, LINES, None).lines == LINES, "nothing is moved before it was heard"
    chosen = shown(EXACT, LINES, Heard(12.0, ()), chosen_s=-3602.0)
    assert chosen.lines == (CueLine(0.0, 2.0, "开场第一句话"), CueLine(3.0, 6.0, "绿水青山"))
    assert chosen.reason is ShiftReason.CHOSEN
    estimated = shown(PLAIN, [CueLine(None, None, "话")], Heard(12.0, ()))
    assert (estimated.quality, estimated.lines) == (
        ESTIMATED,
        (CueLine(0.0, 12.0, "话", source=CueSource.ESTIMATED),),
    )


@pytest.mark.parametrize(
    ("heard", "clock", "first_s", "reason"),
    [
        (Heard(20.0, (), "mpegts", 8.6), StreamClock(10.0, 0.0), 2.4, "stream"),
        # Made anew, the recording has lost the stream's clock: the lines' own zero is all there is.
        (Heard(20.0, (), "mov", 0.0), StreamClock(10.0, 0.0), 1.0, "none"),
        (Heard(20.0, (), "mov", 0.0), StreamClock(10.0, 0.5), 0.5, "stream"),
    ],
)
def test_the_clock_in_the_header(heard: Heard, clock: StreamClock, first_s: float, reason: str) -> None:
    laid = shown(EXACT, [CueLine(1.0, 4.0, "话")], heard, clock=clock)
    assert (laid.lines[0].start_s, laid.reason) == (pytest.approx(first_s), reason)


def test_everything_that_was_done_is_said() -> None:
    fitting = Fitting(replace(GOOD, beyond=3, outside=2), Shift(-12.5, 0.8))
    told = Told(
        cues=100,
        reading=(Remark("unsorted", 4),),
        shift_s=-3600.0,
        reason=ShiftReason.HOURS,
        fitting=fitting,
        waiting_n=3,
        waiting_name="新.srt",
    )
    assert [(r.code, r.count) for r in account(told, [Remark("track_left", 2)])] == [
        ("track_left", 2),
        ("unsorted", 4),
        ("shifted_hours", 100),
        ("past_the_end", 3),
        ("shift_offered", 1),
        ("transcript_waits", 1),
    ]
    assert account(None) == ()
    assert account(Told(cues=2, fitting=Fitting(GOOD))) == ()
    assert Fitting.from_json(fitting.to_json()) == fitting
