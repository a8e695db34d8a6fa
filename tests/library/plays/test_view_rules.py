"""What a beat earns. Time is believed as far as the clock allows, and no further."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.plays.rules import (
    MAX_RANGES_IN_BEAT,
    MAX_STRETCHES,
    Begun,
    Decision,
    Range,
    ViewRule,
    Why,
    clean,
    decide,
    room_elsewhere_s,
    total_s,
    union,
)

RULE = ViewRule()
CLIP_S = 600.0
times = st.floats(0, CLIP_S)
stretches = st.tuples(times, times).map(lambda ends: (min(ends), max(ends)))
nonsense = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=3)


def decided(
    held: Sequence[Range],
    reported: Sequence[Sequence[float]],
    elapsed_s: float,
    *,
    rate: float = RULE.max_rate,
    elsewhere_s: float = math.inf,
    doubted: Sequence[Range] = (),
) -> Decision:
    """What the library does with a beat."""
    said = clean(reported, CLIP_S)
    return decide(held, doubted, said, elapsed_s=elapsed_s, rate=rate, elsewhere_s=elsewhere_s, rule=RULE)


def beat(held: Sequence[Range], reported: Sequence[Sequence[float]], elapsed_s: float) -> list[Range]:
    """What a beat of a player that plays as fast as is believed earns."""
    return decided(held, reported, elapsed_s).ranges


def covered(ranges: Sequence[Range], at_s: float) -> bool:
    return any(a <= at_s < b for a, b in ranges)


# ---------------------------------------------------------------------- laws


@pytest.mark.slow
@given(st.lists(st.one_of(stretches, nonsense), max_size=20))
def test_clean_stretches_lie_forward_inside_the_clip(reported: list[Sequence[float]]) -> None:
    for start, end in clean(reported, CLIP_S):
        assert 0 <= start < end <= CLIP_S


@pytest.mark.slow
@given(st.lists(stretches, max_size=20))
def test_the_union_is_sorted_apart_and_covers_the_same_seconds(reported: list[Range]) -> None:
    joined = union(reported)
    assert all(first[1] < second[0] for first, second in pairwise(joined))
    assert union(joined) == joined
    for at in [a for a, b in reported if b > a] + [(a + b) / 2 for a, b in reported if b > a]:
        assert covered(joined, at)
    longest = max((b - a for a, b in reported), default=0.0)
    assert longest - 1e-3 <= total_s(joined) <= sum(b - a for a, b in reported) + 1e-3


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.lists(st.one_of(stretches, nonsense), max_size=6), st.floats(-10, 100)), max_size=8)
)
def test_credit_never_shrinks_never_passes_the_clock_and_is_never_negative(
    beats: list[tuple[list[Sequence[float]], float]],
) -> None:
    held: list[Range] = []
    elapsed_s = latest_s = 0.0
    for reported, passed_s in beats:
        elapsed_s += passed_s  # a clock may be set back
        latest_s = max(latest_s, elapsed_s)
        now = beat(held, reported, elapsed_s)
        assert total_s(now) >= total_s(held) - 1e-6
        assert 0 <= total_s(now) <= latest_s * RULE.max_rate + RULE.slack_s + 1e-6
        held = now


@given(st.lists(stretches, max_size=8), st.floats(0, 1000))
def test_the_same_beat_again_changes_nothing(reported: list[Range], elapsed_s: float) -> None:
    once = beat([], reported, elapsed_s)
    assert total_s(beat(once, reported, elapsed_s)) == pytest.approx(total_s(once), abs=1e-6)
    if total_s(once) + 1e-3 < elapsed_s * RULE.max_rate + RULE.slack_s:
        assert beat(once, reported, elapsed_s) == once


@given(st.lists(stretches, max_size=8), st.floats(0, 1000))
def test_with_time_enough_everything_reported_is_credited(reported: list[Range], later_s: float) -> None:
    assert beat([], reported, CLIP_S + later_s) == union(clean(reported, CLIP_S))


@given(st.lists(stretches, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_what_is_reported_does_not_matter(
    reported: list[Range], shuffled: random.Random
) -> None:
    other = list(reported)
    shuffled.shuffle(other)
    assert beat([], other, 60.0) == beat([], reported, 60.0)


@given(st.lists(stretches, max_size=8), st.lists(stretches, max_size=8), st.floats(0, 500))
def test_what_is_credited_was_reported_or_held(
    held: list[Range], reported: list[Range], elapsed_s: float
) -> None:
    known = union(clean(held, CLIP_S))
    for start, end in beat(known, reported, elapsed_s):
        middle = (start + end) / 2
        assert covered(union([*known, *clean(reported, CLIP_S)]), middle)


@given(
    st.lists(stretches, max_size=8), st.lists(stretches, max_size=8), st.floats(0, 500), st.floats(-5, 500)
)
def test_all_that_is_reported_is_either_credited_or_doubted(
    before: list[Range], reported: list[Range], elapsed_s: float, elsewhere_s: float
) -> None:
    first = decided([], before, elapsed_s)
    then = decided(first.ranges, reported, elapsed_s, elsewhere_s=elsewhere_s, doubted=first.doubted)
    assert union([*then.ranges, *then.doubted]) == union(clean([*before, *reported], CLIP_S))
    apart = total_s(union([*then.ranges, *then.doubted]))
    assert total_s(then.ranges) + total_s(then.doubted) == pytest.approx(apart, abs=1e-3)
    assert (then.why is None) == (then.cut_s == 0)


@given(st.floats(0, 400), st.floats(allow_nan=True, allow_infinity=True))
def test_a_speed_is_believed_between_one_and_the_most(elapsed_s: float, rate: float) -> None:
    earned_s = total_s(decided([], [(0, CLIP_S)], elapsed_s, rate=rate).ranges)
    at_least = min(CLIP_S, elapsed_s + RULE.slack_s)
    rounding_s = 1e-3  # ranges are kept in milliseconds
    most_s = max(at_least, elapsed_s * RULE.max_rate + RULE.slack_s)
    assert at_least - rounding_s <= earned_s <= most_s + rounding_s
    if rate <= 1:
        assert earned_s <= at_least + rounding_s


# ---------------------------------------------------------------------- why

WHOLE = [(0.0, CLIP_S)]


@pytest.mark.parametrize(
    ("elapsed_s", "elsewhere_s", "why"),
    [
        (10.0, math.inf, Why.CLOCK),
        (10.0, 5.0, Why.ELSEWHERE),
        (10.0, -5.0, Why.ELSEWHERE),
        (CLIP_S, math.inf, None),
        (RULE.late_h * 3600.0, math.inf, None),
        (RULE.late_h * 3600.0 + 1, math.inf, Why.TOO_LATE),
    ],
)
def test_why_something_is_cut_is_told(elapsed_s: float, elsewhere_s: float, why: Why | None) -> None:
    decision = decided([], WHOLE, elapsed_s, elsewhere_s=elsewhere_s)
    assert decision.why is why
    assert total_s(decision.ranges) + decision.cut_s == pytest.approx(CLIP_S)


def test_a_play_is_kept_in_no_more_pieces_than_anybody_watches() -> None:
    held: list[Range] = []
    doubted: list[Range] = []
    for n in range(20):
        pieces = [(0.11 * k, 0.11 * k + 0.06) for k in range(200 * n, 200 * n + 200)]
        decision = decided(held, pieces, 3600.0, doubted=doubted)
        held, doubted = decision.ranges, decision.doubted
    assert len(held) == len(doubted) == MAX_STRETCHES
    assert decision.why is Why.SCATTERED
    assert total_s(held) > 0


# ---------------------------------------------------------------------- one clip at a time


def room(began_s: float, plays: Sequence[tuple[float, float]], now_s: float) -> float:
    return room_elsewhere_s(began_s, [Begun(*play) for play in plays], now_s, RULE)


def test_one_play_alone_has_all_the_time_there_is() -> None:
    assert room(100, [(100, 0)], 130) == pytest.approx(30 * RULE.max_rate + RULE.slack_s)
    assert room(100, [(100, 25)], 130) == pytest.approx(30 * RULE.max_rate + RULE.slack_s - 25)


def test_what_was_begun_at_the_same_time_shares_it() -> None:
    begun = [(100.0, 20.0), (100.0, 15.0), (100.0, 0.0)]
    assert room(100, begun, 130) == pytest.approx(30 * RULE.max_rate + RULE.slack_s - 35)


def test_what_was_seen_before_a_play_began_does_not_narrow_it() -> None:
    """Half an hour on a phone, then a computer: the computer's time is its own."""
    assert room(1800, [(0, 1800), (1800, 0)], 1860) == pytest.approx(60 * RULE.max_rate + RULE.slack_s)


def test_what_a_later_play_has_earned_narrows_an_earlier_one() -> None:
    """The phone comes back and reports what it played meanwhile: not what the computer played already."""
    begun = [(0.0, 0.0), (10.0, 890.0)]
    assert room(0, begun, 600) == pytest.approx(600 * RULE.max_rate + RULE.slack_s - 890)


# ---------------------------------------------------------------------- attacks


def test_a_whole_clip_reported_at_once_earns_the_slack_only() -> None:
    assert total_s(beat([], [(0, CLIP_S)], 0.0)) == pytest.approx(RULE.slack_s)


def test_beats_from_the_future_and_before_the_beginning_earn_nothing_more() -> None:
    assert total_s(beat([], [(0, CLIP_S)], -3600.0)) == pytest.approx(RULE.slack_s)
    assert beat([], [(700, 900), (-50, -10)], 3600.0) == []


def test_a_thousand_replays_earn_what_one_does() -> None:
    held: list[Range] = []
    for _ in range(1000):
        held = beat(held, [(0, 10)], 600.0)
    assert held == [(0, 10)]


def test_beats_that_arrive_in_the_wrong_order_earn_the_same() -> None:
    first, second = [(0, 10)], [(10, 20)]
    in_order = beat(beat([], first, 10), second, 20)
    assert beat(beat([], second, 20), first, 20) == in_order == [(0, 20)]


def test_playing_sixteen_times_as_fast_earns_the_clock() -> None:
    held: list[Range] = []
    for second in range(1, 11):
        held = beat(held, [(16.0 * (second - 1), 16.0 * second)], float(second))
    assert total_s(held) <= 10 * RULE.max_rate + RULE.slack_s + 1e-6


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_earns_nothing(bad: float) -> None:
    assert beat([], [(0, bad), (bad, 10), (bad, bad), (5,), (1, 2, 3), (9, 3)], 3600.0) == []


def test_thousands_of_ranges_are_cut_to_what_a_player_can_mean() -> None:
    many = [(n / 10, n / 10 + 0.06) for n in range(5000)]
    assert len(clean(many, CLIP_S)) == MAX_RANGES_IN_BEAT
    endless = ((float(n % 500), float(n % 500) + 0.5) for n in iter(int, 1))  # never ends
    assert len(clean(endless, CLIP_S)) == MAX_RANGES_IN_BEAT


def test_crumbs_do_not_make_a_play_grow_without_end() -> None:
    held: list[Range] = []
    for n in range(500):
        crumbs = [(k * 0.5 + n * 0.0004, k * 0.5 + n * 0.0004 + 0.0003) for k in range(200)]
        held = beat(held, crumbs, 3600.0)
    assert held == []


# ---------------------------------------------------------------------- honest people


def test_a_pause_costs_nothing() -> None:
    held = beat([], [(0, 6)], 6)
    assert beat(held, [(0, 6), (6, 12)], 3600) == [(0, 12)]


def test_going_back_counts_the_seconds_once() -> None:
    held = beat([], [(0, 30)], 30)
    assert total_s(beat(held, [(0, 30), (10, 30)], 50)) == 30


def test_a_phone_that_slept_reports_late_and_gets_all() -> None:
    assert beat([], [(0, 300)], 400) == [(0, 300)]


def test_a_little_too_fast_is_cut_and_made_up_for_later() -> None:
    early = beat([], [(0, 30)], 10)  # three times as fast
    assert total_s(early) == pytest.approx(22)
    assert beat(early, [(0, 30)], 20) == [(0, 30)]


def test_what_was_cut_off_is_the_end() -> None:
    assert beat([(0, 10)], [(5, 40), (100, 110)], 15) == [(0, 32)]


# ---------------------------------------------------------------------- when it counts


@pytest.mark.parametrize(("clip_s", "needed_s"), [(600, 10), (20, 10), (19.9, 9.95), (8, 4), (1, 0.5)])
def test_ten_seconds_or_half_of_a_short_clip(clip_s: float, needed_s: float) -> None:
    assert RULE.needed_s(clip_s) == pytest.approx(needed_s)


@given(st.floats(0.1, 600), st.floats(0.1, 600), st.floats(0, 600), st.floats(0.01, 1))
def test_whatever_the_settings_every_clip_can_be_viewed(
    clip_s: float, min_s: float, short_clip_s: float, share: float
) -> None:
    rule = ViewRule(min_s=min_s, short_clip_s=short_clip_s, short_share=share)
    assert rule.needed_s(clip_s) <= clip_s
