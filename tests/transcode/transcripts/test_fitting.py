"""Whether a transcript's clock is the recording's."""

from __future__ import annotations

import itertools
import random
import tracemalloc

import pytest

from transcode.cutting.pauses import Pause
from transcode.remarks import Remark, codes
from transcode.transcripts.fitting import (
    StreamClock,
    fit_cues,
    fit_of,
    shift_by_pauses,
    shift_by_stream,
    shifted,
    stream_clock,
    whole_hours,
)
from transcode.transcripts.parsing import Cue

CUES = (Cue(0.0, 4.0, "一"), Cue(4.0, 9.0, "二"), Cue(9.5, 12.0, "三"), Cue(12.0, 20.0, "四"))
HOUR = 3600.0


def said(*starts_s: float) -> tuple[Cue, ...]:
    return tuple(Cue(start_s, start_s + 3.0, "话") for start_s in starts_s)


def test_what_lies_beyond_the_end_is_cut_and_counted() -> None:
    assert fit_cues(CUES, 20.0) == (CUES, ())
    kept, remarks = fit_cues(CUES, 10.0)
    assert kept == (*CUES[:2], Cue(9.5, 10.0, "三"))
    assert remarks == (Remark("past_the_end", 2, {"last_s": 20.0, "length_s": 10.0}),)
    assert codes(fit_cues(shifted(CUES, -6.0), 20.0)[1]) == ("before_the_start",)
    assert fit_cues(shifted(CUES, 100.0), 20.0) == (
        (),
        (Remark("outside", 4, {"last_s": 120.0, "length_s": 20.0}),),
    )
    assert fit_cues(CUES, 19.5)[1] == (), "what the encoder rounded off is no news"


SILENT_FIRST_HOUR = (Pause(0.0, HOUR, 20.0),)
SILENT_REST = (Pause(5.0, 2 * HOUR, 20.0),)


@pytest.mark.parametrize(
    ("starts_s", "duration_s", "pauses", "hours"),
    [
        ((HOUR + 1, HOUR + 5), 12.0, (), 1),
        ((HOUR + 1, HOUR + 5), 3720.0, (), 1),
        ((10 * HOUR, 10 * HOUR + 30), 40.0, (), 10),
        ((10 * HOUR + 0.5, 11 * HOUR + 30), 2 * HOUR, (), 10),
        ((23 * HOUR + 2, 24 * HOUR + 2), 2 * HOUR, (), 23),
        ((HOUR + 200, HOUR + 900), 1200.0, (), 1),
        # A lecture of which only the second hour was written down: there is talk where the lines are.
        ((HOUR + 1, HOUR + 5), 2 * HOUR, SILENT_FIRST_HOUR, 0),
        ((HOUR + 1, HOUR + 5), 2 * HOUR, SILENT_REST, 1),
        # Nothing says that this began at a full hour.
        ((HOUR + 1500, HOUR + 1600), 1800.0, (), 0),
        ((HOUR + 1500, HOUR + 1600), 2 * HOUR, (), 0),
        ((1.0, 5.0), 12.0, (), 0),
        ((1.0, 5.0, HOUR + 1), 12.0, (), 0),
        ((), 12.0, (), 0),
    ],
)
def test_a_clock_that_began_at_a_full_hour(
    starts_s: tuple[float, ...], duration_s: float, pauses: tuple[Pause, ...], hours: int
) -> None:
    assert whole_hours(said(*starts_s), duration_s, pauses) == -hours * HOUR


def test_the_clock_in_the_header_of_a_stream() -> None:
    head = b"WEBVTT\nX-TIMESTAMP-MAP=%s\n\n00:00.000 --> 00:02.000\nx\n"
    for written in (b"MPEGTS:900000,LOCAL:00:00:01.500", b"LOCAL:00:01.500,MPEGTS:900000"):
        assert stream_clock(head % written) == StreamClock(10.0, 1.5)
    assert stream_clock((head % b"MPEGTS:900000,LOCAL:00:00:01.500").decode().encode("utf-16")) is not None
    assert stream_clock(b"WEBVTT\n\n00:00.000 --> 00:02.000\nx\n") is None
    assert stream_clock(head % b"MPEGTS:x,LOCAL:00:00:00.000") is None
    assert shift_by_stream(StreamClock(10.0, 0.0), 8.6) == pytest.approx(1.4)
    # The stream's clock turned over between its first packet and the line (33 bits of 1/90000 s).
    assert shift_by_stream(StreamClock(1.0, 0.0), 95443.0) == pytest.approx(1.718, abs=0.001)


def lecture(minutes: int, seed: int, *, touching: bool) -> tuple[tuple[Cue, ...], tuple[Pause, ...]]:
    """A lecture's lines, timed as people and recognisers do, and its pauses, of which some were not heard."""
    dice, at_s, rows, pauses = random.Random(seed), 1.0, [], []
    while at_s < minutes * 60 - 10:
        length_s, gap_s = dice.uniform(1.5, 6.0), 0.1 + dice.expovariate(1 / 0.6)
        rows.append((at_s + dice.gauss(0, 0.15), at_s + length_s + dice.gauss(0, 0.15)))
        if dice.random() < 0.5:
            breath_s = at_s + dice.uniform(0.5, length_s - 0.5)
            pauses.append(Pause(breath_s, breath_s + 0.3, 10.0))
        if gap_s > 0.25 and dice.random() > 0.2:
            pauses.append(Pause(at_s + length_s, at_s + length_s + gap_s, 15.0))
        at_s += length_s + gap_s
    ends = [min(end, after[0]) for (_, end), after in itertools.pairwise(rows)] + [rows[-1][1]]
    if touching:
        ends = [start for start, _ in rows[1:]] + [rows[-1][1]]
    cues = tuple(Cue(start, end, "话") for (start, _), end in zip(rows, ends, strict=True))
    return cues, tuple(pauses)


@pytest.mark.parametrize("touching", [False, True])
@pytest.mark.parametrize("off_s", [0.0, 7.3, -42.5, 180.0, -300.0])
def test_lines_that_are_off_are_laid_on_the_talk(off_s: float, touching: bool) -> None:
    for seed in (1, 2):
        cues, pauses = lecture(20, seed, touching=touching)
        found = shift_by_pauses(shifted(cues, off_s), 1200.0, pauses)
        if off_s == 0.0:
            assert found is None
            continue
        assert found is not None
        assert found.by_s == pytest.approx(-off_s, abs=0.3)
        assert found.confidence > 0.7


@pytest.mark.slow
def test_the_second_hour_of_a_lecture_is_not_taken_for_the_first() -> None:
    cues, pauses = lecture(120, 3, touching=False)
    second = tuple(cue for cue in cues if cue.start_s is not None and cue.start_s > HOUR + 1)
    assert whole_hours(second, 2 * HOUR, pauses) == 0.0
    first = tuple(cue for cue in cues if cue.end_s is not None and cue.end_s < HOUR - 60)
    assert whole_hours(shifted(first, HOUR), 2 * HOUR, pauses) == -HOUR


def test_lines_of_another_lecture_are_not_laid_anywhere_for_sure() -> None:
    (cues, _), (_, pauses) = lecture(20, 1, touching=False), lecture(20, 2, touching=False)
    assert shift_by_pauses(cues, 1200.0, pauses) is None
    far = shift_by_pauses(shifted(cues, 5000.0), 1200.0, pauses)
    assert far is not None
    assert far.confidence < 0.5


@pytest.mark.parametrize("last_s", [30 * HOUR, 99 * HOUR, 1e9])
def test_lines_over_many_hours_took_all_memory(last_s: float) -> None:
    cues, pauses = lecture(20, 1, touching=False)
    tracemalloc.start()
    shift_by_pauses((*shifted(cues, 5.0), Cue(last_s, last_s + 1.0, "末")), 1200.0, pauses)
    _now, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 200 * 2**20


def test_the_talk_under_the_lines() -> None:
    pauses = (Pause(4.0, 6.0, 20.0),)
    fit = fit_of((Cue(0.0, 4.0, "一"), Cue(5.0, 7.0, "二")), 10.0, pauses)
    assert (fit.covered, fit.in_talk) == (0.625, pytest.approx(5 / 6, abs=1e-3))
