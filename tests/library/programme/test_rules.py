"""What a member sees of the plans above them, what was missed, and what a plan may hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.clock import CHINA
from library.core.errors import Conflict, Invalid
from library.programme import rules
from library.programme.rules import Draft, Plan, Reading, WeekMode, WeekState
from library.programme.weeks import Week, usual_release

WEEK = Week(2026, 49)
DUE = usual_release(WEEK, CHINA)


def plan(node: str, *lessons: str | None, mode: WeekMode = WeekMode.ADD, theme: str = "") -> Plan:
    return Plan(f"plan-{node}", node, WEEK, mode, theme, "", (), lessons, DUE)


PLANS = st.lists(
    st.builds(
        lambda lessons, mode, theme: (tuple(lessons), mode, theme),
        st.lists(st.sampled_from(["a", "b", "c", None]), max_size=4),
        st.sampled_from(WeekMode),
        st.sampled_from(["", "题"]),
    ),
    max_size=5,
).map(lambda some: [plan(f"n{n}", *its[0], mode=its[1], theme=its[2]) for n, its in enumerate(some)])


@given(PLANS)
def test_nearest_first_up_to_what_replaces_and_no_lesson_twice(plans: list[Plan]) -> None:
    parts = rules.seen(plans)
    nodes = [one.node_id for one in plans]
    assert [nodes.index(part.node_id) for part in parts] == sorted(nodes.index(p.node_id) for p in parts)
    stops = next((n for n, one in enumerate(plans) if one.mode is WeekMode.REPLACE), len(plans))
    assert all(nodes.index(part.node_id) <= stops for part in parts)
    shown = [one for part in parts for one in dict.fromkeys(part.lessons) if one is not None]
    assert len(shown) == len(set(shown))
    assert set(shown) == {one for its in plans[: stops + 1] for one in its.lessons if one is not None}
    assert all(part.says_something for part in parts)


@given(PLANS, st.data())
def test_coming_out_changes_nothing_of_what_is_seen(plans: list[Plan], data: st.DataObject) -> None:
    out = [replace(one, released_at=data.draw(st.sampled_from([None, DUE]))) for one in plans]
    assert [p.node_id for p in rules.seen(plans)] == [p.node_id for p in rules.seen(out)]


def test_the_nearest_theme_leads_and_the_state_is_that_of_any_part() -> None:
    branch, town = plan("branch", "a"), replace(plan("town", "a", "b", theme="镇"), released_at=DUE)
    parts = rules.seen([branch, town])
    assert [part.lessons for part in parts] == [("a",), ("b",)]
    assert rules.leading(parts).node_id == "town"
    assert rules.state_of(parts) is WeekState.RELEASED
    assert rules.seen([replace(branch, mode=WeekMode.REPLACE), town])[-1].node_id == "branch"


def test_late_is_what_came_out_a_minute_after_its_time() -> None:
    out = replace(plan("a", "x"), released_at=DUE + timedelta(seconds=59))
    assert not out.late
    assert replace(out, released_at=DUE + timedelta(hours=50)).late
    assert not plan("a", "x").late


def test_missed_are_past_weeks_of_which_nothing_was_watched() -> None:
    weeks = {WEEK.after(-n): [f"l{n}", "other"] for n in range(7)} | {WEEK.after(-7): []}
    missed = rules.missed(weeks, {"l2"}, WEEK)
    assert missed == tuple(WEEK.after(-n) for n in (1, 3, 4, 5))
    assert rules.missed(weeks, {"other"}, WEEK) == ()


def test_a_draft_is_cleaned_and_bounded() -> None:
    kept = rules.cleaned(Draft(theme="  主题 ", lessons=("a", "b", "a")))
    assert (kept.theme, kept.lessons) == ("主题", ("a", "b"))
    for code, wrong in (
        ("week_empty", Draft(text=" \n")),
        ("too_long", Draft(theme="长" * 81)),
        ("week_lessons", Draft(lessons=tuple(map(str, range(21))))),
        ("week_readings", Draft(reading=(Reading("书"),) * 21)),
        ("reading_link", Draft(reading=(Reading("书", "javascript:alert(1)"),))),
    ):
        with pytest.raises(Invalid, match=code):
            rules.cleaned(wrong)


def test_a_reading_list_reads_as_it_is_typed() -> None:
    typed = "党章 第一章\n《条例》 https://www.12371.cn/a?b=1\n\nhttps://example.org/x\n看 ftp://x"
    lines = rules.reading_lines(typed)
    assert [one.url for one in lines] == ["", "https://www.12371.cn/a?b=1", "https://example.org/x", ""]
    kept = rules.cleaned(Draft(reading=lines)).reading
    assert rules.reading_lines(rules.reading_text(kept)) == lines


def test_repeats_end_at_their_week_and_are_counted() -> None:
    assert rules.repeated(WEEK, 2, WEEK.after(5)) == (WEEK.after(2), WEEK.after(4))
    for code, every, until in (
        ("repeat_every", 0, 5),
        ("repeat_none", 3, 2),
        ("repeat_none", 1, -4),
        ("copies_many", 1, 61),
    ):
        with pytest.raises(Invalid, match=code):
            rules.repeated(WEEK, every, WEEK.after(until))


def test_a_release_stays_near_its_week_and_what_is_out_keeps_its_moment() -> None:
    assert rules.release_of(Draft(), WEEK, None, CHINA) == DUE
    for days in (-8, 7):
        with pytest.raises(Invalid, match="release_outside_week"):
            rules.release_of(Draft(due_at=DUE + timedelta(days=days)), WEEK, None, CHINA)
    rules.check_release(DUE, DUE, DUE)
    with pytest.raises(Conflict, match="week_released"):
        rules.check_release(DUE, DUE + timedelta(minutes=1), DUE)


@given(st.lists(st.sampled_from("abc"), max_size=5), st.integers(0, 6), st.booleans())
def test_moving_a_lesson_keeps_all_and_back_is_where_it_was(order: list[str], n: int, up: bool) -> None:
    moved = rules.moved(order, n, up)
    assert sorted(map(str, moved)) == sorted(order)
    if moved != tuple(order):
        assert rules.moved(moved, n - 1 if up else n + 1, not up) == tuple(order)
