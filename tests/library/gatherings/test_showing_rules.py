"""What ran on a screen, and who saw how much of it: no second twice, none faster than the clock."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.gatherings.showings.rules import (
    LEAST_MS,
    SLACK_MS,
    Run,
    amount,
    from_row,
    merged,
    played,
    read,
    seen,
    take,
    to_row,
)

CLIPS = {"a": 60.0, "b": 45.0}
HOUR = 3_600_000


def reported(at: int, clip: str, first: int, length: int) -> dict[str, Any]:
    return {"clip": clip, "from": first / 1000, "to": (first + length) / 1000, "at": at / 1000}


beats = st.lists(
    st.builds(
        reported,
        st.integers(-5_000, 200_000),
        st.sampled_from(["a", "b", "c"]),
        st.integers(-2_000, 60_000),
        st.integers(0, 30_000),
    ),
    max_size=8,
)
spans = st.tuples(st.integers(-10_000, 220_000), st.integers(-10_000, 220_000)).map(sorted)


def shown(some: list[list[dict[str, Any]]], now: int = 200_000, until: int | None = None) -> tuple[Run, ...]:
    runs: tuple[Run, ...] = ()
    for beat in some:
        runs = take(runs, read(beat, CLIPS), now=now, until=until).runs
    return runs


@pytest.mark.slow
@given(st.lists(beats, max_size=5), st.integers(0, 220_000), st.data())
def test_nothing_runs_faster_than_the_clock_and_again_changes_nothing(
    some: list[list[dict[str, Any]]], now: int, data: st.DataObject
) -> None:
    runs = shown(some, now)
    clock = sorted((run.at, run.end) for run in runs)
    assert all(before[1] <= after[0] for before, after in pairwise(clock))
    assert all(run.at >= 0 and run.end <= now + SLACK_MS for run in runs)
    assert all(run.first >= 0 and run.first + run.length <= CLIPS[run.clip_id] * 1000 for run in runs)
    assert amount(runs) <= sum(run.length for run in runs) <= now + SLACK_MS
    if some:
        again = take(runs, read(data.draw(st.sampled_from(some)), CLIPS), now=now, until=None)
        # A piece too short to be kept may be left between two others; nothing longer is.
        assert (again.runs, again.new) == (runs, 0)
    assert from_row(to_row(runs)) == runs == merged(runs)


@pytest.mark.slow
@given(st.lists(beats, max_size=5), st.lists(spans, min_size=1, max_size=4))
def test_nobody_sees_more_than_ran_nor_than_they_were_there(
    some: list[list[dict[str, Any]]], there: list[list[int]]
) -> None:
    runs = shown(some)
    for begin, end in there:
        saw = seen(runs, begin, end)
        assert 0 <= saw <= amount(runs)
        assert saw <= end - begin
        middle = (begin + end) // 2
        assert saw <= seen(runs, begin, middle) + seen(runs, middle, end)
    assert seen(runs, -HOUR, HOUR) == amount(runs)
    assert amount(runs) == sum(end - begin for one in played(runs).values() for begin, end in one)


@pytest.mark.slow
@given(st.lists(beats, min_size=1, max_size=3), st.lists(beats, min_size=1, max_size=3))
def test_two_showings_in_a_room_share_its_clock(
    one: list[list[dict[str, Any]]], two: list[list[dict[str, Any]]]
) -> None:
    first, second = shown(one), ()
    for beat in two:
        taken = [(run.at, run.end) for run in first]
        second = take(second, read(beat, CLIPS), now=200_000, until=None, taken=taken).runs
    for run in second:
        assert all(run.end <= other.at or other.end <= run.at for other in first)


def test_a_showing_with_a_pause_a_replay_and_an_end() -> None:
    """Two clips with ten minutes of discussion between them; the first is shown again for who came late."""
    a = [reported(0, "a", 0, 60_000)]
    again = [reported(700_000, "a", 0, 60_000)]
    runs = shown([a, [reported(660_000, "b", 0, 40_000)], again, a], now=HOUR)
    assert amount(runs) == 100_000
    assert seen(runs, 0, HOUR) == 100_000, "the discussion takes nothing away, the replay adds nothing"
    assert seen(runs, 650_000, HOUR) == 100_000, "who came late saw it the second time"
    assert seen(runs, 30_000, 690_000) == 60_000
    over = take((), read(a, CLIPS), now=HOUR, until=25_000)
    assert (over.new, over.cut) == (25_000, 35_000)
    ahead = take((), read(a, CLIPS), now=10_000, until=None)
    assert (ahead.new, ahead.cut) == (11_000, 49_000)
    assert take(over.runs, read(a, CLIPS), now=HOUR, until=25_000).new < LEAST_MS
    odd = [{"clip": "a", "from": float("nan"), "to": 3.0, "at": 0.0}, reported(0, "a", 50_000, 40_000)]
    assert [run.length for run in read(odd, CLIPS)] == [10_000]
