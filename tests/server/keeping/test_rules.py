"""Which backups stay, which is meant, and when the next is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.keeping import rules

_FIRST = datetime(2026, 3, 5, 8, 30, 15, 123456, tzinfo=UTC)
_MOMENTS = st.integers(0, 10**16).map(
    lambda us: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)


@given(_MOMENTS, _MOMENTS)
def test_a_name_says_when_and_sorts_as_time_does(one: datetime, other: datetime) -> None:
    found = rules.moment_of(rules.stamp(one))
    assert found is not None
    assert timedelta() <= one - found < timedelta(milliseconds=1)
    if one < other:
        assert rules.stamp(one) <= rules.stamp(other)


def test_what_is_no_name_of_a_backup_is_none() -> None:
    assert [rules.moment_of(name) for name in ("partial", "x.gone", "", "20261340T000000.000Z")] == [None] * 4


def names(*ages: timedelta) -> list[str]:
    return [rules.stamp(_FIRST - age) for age in ages]


@pytest.mark.slow
def test_the_newest_stay_and_the_last_of_each_day() -> None:
    every_four_minutes = names(*(timedelta(minutes=4 * n) for n in range(20_000)))  # 55 days
    stay = sorted(rules.kept(every_four_minutes, 14), reverse=True)
    assert stay[:14] == every_four_minutes[:14]
    moments = [rules.moment_of(name) for name in stay[14:]]
    assert len(moments) == 13, "of today the newest of all"
    assert all(moment and moment.hour == 15 and moment.minute >= 56 for moment in moments), "before midnight"
    daily = names(*(timedelta(days=n) for n in range(30)))
    assert sorted(rules.kept(daily, 14), reverse=True) == daily[:14]
    assert rules.kept(every_four_minutes[:5], 3) == set(every_four_minutes[:3])


def test_a_moment_is_chinas_unless_it_says_otherwise_and_a_day_is_all_of_it() -> None:
    assert rules.asked_moment("2026-03-05T16:30") == datetime(2026, 3, 5, 8, 30, tzinfo=UTC)
    assert rules.asked_moment("2026-03-05 08:30+00:00") == datetime(2026, 3, 5, 8, 30, tzinfo=UTC)
    day = rules.asked_moment("2026-03-05")
    assert day is not None
    assert day.astimezone(UTC) == datetime(2026, 3, 5, 15, 59, 59, 999000, tzinfo=UTC)
    assert rules.asked_moment(rules.stamp(_FIRST)) == _FIRST.replace(microsecond=123000)
    assert rules.asked_moment("gestern") is None


def test_the_newest_that_is_not_later_is_chosen() -> None:
    known = names(timedelta(), timedelta(hours=1), timedelta(hours=2))
    assert rules.chosen(known, None) == known[0]
    assert rules.chosen(known, _FIRST - timedelta(minutes=30)) == known[1]
    assert rules.chosen(known, rules.moment_of(known[2])) == known[2]
    assert rules.chosen(known, _FIRST - timedelta(days=1)) is None
    assert rules.chosen([], None) is None


def test_a_clock_that_was_put_back_does_not_end_backups() -> None:
    every = timedelta(minutes=4)
    assert rules.is_due(None, _FIRST, every)
    assert not rules.is_due(_FIRST, _FIRST + timedelta(minutes=3), every)
    assert rules.is_due(_FIRST, _FIRST + timedelta(minutes=4), every)
    assert rules.is_due(_FIRST + timedelta(days=300), _FIRST, every)
