"""Where a stream ends, told by its packets, of which some may be wrong."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.reading.packet_times import PacketTimes


def times_of(*starts_s: float, step_s: float = 0.1) -> PacketTimes:
    followed = PacketTimes()
    for at_s in starts_s:
        followed.take(at_s, at_s + step_s)
    return followed


def steady(first: int, last: int) -> Iterable[float]:
    return (tenth / 10 for tenth in range(first, last))


def test_a_stream_ends_where_its_last_packet_does() -> None:
    assert PacketTimes().end_s == 0.0
    assert times_of(*steady(0, 30)).end_s == pytest.approx(3.0)
    assert times_of(0.0, 0.3, 0.1, 0.2).end_s == pytest.approx(0.4)  # B-frames
    assert times_of(0.0, 0.3, 0.1, 0.2).broken_at_s is None


def test_a_packet_with_a_wrong_time_is_passed_over() -> None:
    followed = times_of(*steady(0, 10), 526.0, *steady(10, 30))
    assert (followed.end_s, followed.broken_at_s) == (pytest.approx(3.0), None)
    followed = times_of(*steady(0, 10), 26.0, 526.0, *steady(10, 30), 99.0, *steady(30, 60))
    assert (followed.end_s, followed.broken_at_s) == (pytest.approx(6.0), None)


def test_a_slide_that_stands_for_minutes_is_no_mistake() -> None:
    assert times_of(0.0, 1.0, 600.0, 1800.0).end_s == pytest.approx(1800.1)
    assert times_of(0.0, 19.0, 12.0).end_s == pytest.approx(19.1)  # stored in the order of decoding
    assert times_of(0.0, 1900.0, 600.0, 1200.0).end_s == pytest.approx(1900.1)


def test_a_few_packets_far_behind_all_other_streams_do_not_count() -> None:
    stray = times_of(*steady(0, 30), 9000.0)
    assert (stray.end_s, stray.sure_end_s) == (pytest.approx(9000.1), pytest.approx(3.0))
    assert stray.end_beside(3.2) == pytest.approx(3.0)
    assert stray.end_beside(8995.0) == pytest.approx(9000.1)  # a slide, and the talk goes on to it
    assert times_of(0.0, 600.0).end_beside(650.0) == pytest.approx(600.1)
    assert times_of(*steady(0, 300)).end_beside(3.0) == pytest.approx(30.0)


def test_a_recording_behind_another_breaks_the_clock() -> None:
    assert times_of(*steady(0, 300), *steady(0, 300)).broken_at_s == pytest.approx(30.0)
    assert times_of(*steady(0, 300), *steady(50_000, 50_300)).broken_at_s == pytest.approx(30.0)


@STEADY
@given(st.lists(st.floats(-1e6, 1e6), max_size=60))
def test_any_times_end_somewhere_among_them(starts: list[float]) -> None:
    end_s = times_of(*starts).end_s
    assert end_s == 0.0 if not starts else min(starts) <= end_s <= max(starts) + 0.11
