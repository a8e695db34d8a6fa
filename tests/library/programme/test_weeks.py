"""ISO weeks over new year and in years of 53 weeks; the usual hour in zones that change theirs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.clock import CHINA
from library.core.errors import Invalid
from library.programme.weeks import (
    Week,
    read_release,
    read_week,
    same_time_of,
    usual_release,
    week_meant,
    week_of,
)

DAYS = st.dates(date(1951, 1, 1), date(2199, 1, 1))
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])


@given(DAYS)
def test_a_week_is_the_seven_days_from_its_monday_and_reads_back(day: date) -> None:
    week = week_of(day)
    assert week.monday <= day <= week.sunday
    assert week.monday.weekday() == 0
    assert read_week(str(week)) == week == week_meant(day.isoformat())
    assert week_of(week.monday + timedelta(days=3)).year == (week.monday + timedelta(days=3)).year


@given(DAYS, st.integers(-200, 200))
def test_weeks_follow_each_other_and_their_text_sorts_as_they_do(day: date, n: int) -> None:
    week = week_of(day)
    other = week.after(n)
    assert (week.until(other), other.after(-n)) == (n, week)
    assert (str(week) < str(other)) == (week < other) == (n > 0)


def test_over_new_year() -> None:
    assert week_of(date(2027, 1, 1)) == week_of(date(2026, 12, 28)) == Week(2026, 53)
    assert Week(2026, 53).after(1) == Week(2027, 1) == week_of(date(2027, 1, 4))
    assert week_of(date(2024, 12, 30)) == Week(2025, 1)
    assert read_week("2026-W53").sunday == date(2027, 1, 3)


@pytest.mark.parametrize(
    "text", ["2025-W53", "2026-W00", "2026-W54", "2026", "W49", "", "1900-W01", "9999-W1"]
)
def test_no_such_week(text: str) -> None:
    with pytest.raises(Invalid, match="week_unreadable"):
        week_meant(text)


@pytest.mark.parametrize(
    "text", ["2026-W49", "2026w49", "2026年第49周", "2026-11-30", "2026/12/6", "2026年12月2日", "46357"]
)
def test_a_week_as_lists_write_it(text: str) -> None:
    assert week_meant(text) == Week(2026, 49)


@given(DAYS, ZONES)
def test_the_usual_release_is_monday_at_eight_on_the_clocks_of_the_zone(day: date, zone: str) -> None:
    week, there = week_of(day), ZoneInfo(zone)
    release = usual_release(week, there).astimezone(ZoneInfo("UTC")).astimezone(there)
    assert (release.date(), release.time()) == (week.monday, time(8))


@given(DAYS, ZONES, st.integers(-60, 60), st.integers(0, 6), st.times(time(4), time(23)))
def test_a_copy_comes_out_on_the_same_weekday_at_the_same_hour(
    day: date, zone: str, weeks: int, weekday: int, at: time
) -> None:
    there, week = ZoneInfo(zone), week_of(day)
    other = week.after(weeks)
    release = datetime.combine(week.monday + timedelta(days=weekday), at.replace(second=0), there)
    copied = same_time_of(release.astimezone(ZoneInfo("UTC")), week, other, there)
    assert copied.date() == other.monday + timedelta(days=weekday)
    assert copied.time().replace(second=0, microsecond=0) == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("08:00", 30, 8, 0),
        ("周三 19:30", 2, 19, 30),
        ("星期日7：05", 6, 7, 5),
        ("2026-12-02 19:30", 2, 19, 30),
        ("2026/12/2 19:30:00", 2, 19, 30),
        ("0.3333333333", 30, 8, 0),
    ],
)
def test_a_moment_of_release_as_people_write_it(text: str, day: int, hour: int, minute: int) -> None:
    found = read_release(text, Week(2026, 49), CHINA)
    assert found == datetime(2026, 11 if day == 30 else 12, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize("text", ["25:00", "周八 8:00", "早上", "2026-13-02 08:00", "8点"])
def test_a_moment_nobody_can_read(text: str) -> None:
    with pytest.raises(Invalid, match="release_unreadable"):
        read_release(text, Week(2026, 49), CHINA)
