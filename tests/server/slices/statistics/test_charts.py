"""Charts: figures as shapes. Nothing here but values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.plays.figures import Curve, DayFigures, Figures, Span
from server.slices.statistics.charts import HEIGHT, WIDTH, completion, day_chart, retention, shares
from server.slices.statistics.spans import choose

TODAY = date(2026, 3, 12)


def day(n: int, members: int = 0, visitors: int = 0, **more: int) -> DayFigures:
    """What the n-th day before TODAY brought."""
    figures = Figures(member_views=members, visitor_views=visitors, **more)
    return DayFigures(TODAY - timedelta(days=n), figures)


# ---------------------------------------------------------------- views over time


def test_each_day_is_a_bar_also_those_without_views() -> None:
    chart = day_chart([day(6, 3, 1), day(2, 10, 5, screenings=1)], Span(TODAY - timedelta(days=6), TODAY))
    assert chart is not None
    assert (chart.step, len(chart.bars), chart.top, chart.screened) == ("day", 7, 20, True)
    assert [bar.figures.views for bar in chart.bars] == [4, 0, 0, 0, 15, 0, 0]
    assert chart.best is chart.bars[4]
    high = chart.bars[4]
    assert (high.member_height, high.visitor_height) == (50, 25), "10 and 5 of 20"
    assert (high.member_y, high.visitor_y) == (50, 25), "visitors stand on members"
    assert [bar.first for bar in chart.ticks] == [TODAY - timedelta(days=n) for n in (6, 3, 0)]


@pytest.mark.parametrize(
    ("days", "step", "bars"), [(90, "day", 90), (91, "week", 14), (365, "week", 53), (1_000, "month", 34)]
)
def test_long_spans_are_shown_by_weeks_and_by_months(days: int, step: str, bars: int) -> None:
    every = [day(n, 1) for n in range(days)][::-1]
    chart = day_chart(every, Span(None, TODAY))
    assert chart is not None
    assert (chart.step, len(chart.bars)) == (step, bars)
    assert sum(bar.figures.views for bar in chart.bars) == days, "no day is lost, none counts twice"
    assert chart.bars[-1].last == TODAY
    assert chart.bars[0].first == every[0].day


def test_a_long_span_begins_with_its_figures() -> None:
    chart = day_chart([day(10, 1)], Span(date(1, 1, 1), TODAY))
    assert chart is not None
    assert (chart.step, len(chart.bars)) == ("day", 11)
    assert day_chart([], Span(date(1, 1, 1), TODAY)) is None
    assert day_chart([], Span(None, TODAY)) is None


def test_days_outside_the_span_are_not_drawn() -> None:
    chart = day_chart([day(9, 5), day(0, 2), day(-1, 7)], Span(TODAY - timedelta(days=3), TODAY))
    assert chart is not None
    assert [bar.figures.views for bar in chart.bars] == [0, 0, 0, 2]


def test_a_month_without_views_is_drawn_and_has_no_best_day() -> None:
    chart = day_chart([], Span(TODAY - timedelta(days=29), TODAY))
    assert chart is not None
    assert (len(chart.bars), chart.best, chart.top) == (30, None, 2)


@pytest.mark.parametrize(
    ("most", "top"),
    [(1, 2), (2, 2), (3, 4), (7, 8), (9, 10), (11, 20), (41, 60), (101, 200), (999_999, 1_000_000)],
)
def test_the_upper_edge_is_a_round_even_number(most: int, top: int) -> None:
    chart = day_chart([day(0, most)], Span(TODAY, TODAY))
    assert chart is not None
    assert chart.top == top


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 10**9), st.integers(0, 10**9)), max_size=40),
    st.integers(0, 900),
)
def test_every_bar_stays_inside_the_drawing(brought: list[tuple[int, int, int]], length: int) -> None:
    days = [day(n, members, visitors) for n, members, visitors in sorted(set(brought), reverse=True)]
    chart = day_chart(days, Span(TODAY - timedelta(days=length), TODAY))
    for bar in chart.bars if chart else ():
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH + 0.1
        assert -0.1 <= bar.visitor_y <= bar.member_y <= HEIGHT
        assert bar.visitor_y + bar.visitor_height == pytest.approx(bar.member_y, abs=0.1)
        assert bar.first <= bar.last <= TODAY


# ---------------------------------------------------------------- how many stay


def test_the_second_where_most_leave() -> None:
    plays = [100] * 30 + [55] * 80 + [50] * 10
    drawn = retention(Curve(5.0, tuple(plays), of=100), 600.0, 0.9)
    assert drawn is not None
    assert drawn.leave is not None
    assert (drawn.leave.at_s, drawn.leave.lost, drawn.leave.share) == (150.0, 45, 0.45)
    assert drawn.leave.x == WIDTH * 150 / 600
    assert not drawn.few


def test_a_loss_over_some_seconds_is_one_place() -> None:
    """Nobody leaves together: three steps that lose 15 each are more than one that loses 20."""
    plays = [100] * 10 + [80] * 40 + [65, 49, 35] + [35] * 67
    drawn = retention(Curve(5.0, tuple(plays), of=100), 600.0, 0.9)
    assert drawn is not None
    assert drawn.leave is not None
    assert (drawn.leave.at_s, drawn.leave.lost) == (51 * 5.0, 45)


def test_whoever_has_completed_has_not_left() -> None:
    plays = [100] * 110 + [20] * 10
    drawn = retention(Curve(5.0, tuple(plays), of=100), 600.0, 0.9)
    assert drawn is not None
    assert drawn.leave is None


@pytest.mark.parametrize(
    "plays", [[100] * 120, [100 - n // 2 for n in range(120)], list(range(120)), [2, 2, 1, 1]]
)
def test_people_who_leave_everywhere_leave_nowhere_in_particular(plays: list[int]) -> None:
    drawn = retention(Curve(5.0, tuple(plays), of=max(plays)), 5.0 * len(plays), 0.9)
    assert drawn is not None
    assert drawn.leave is None


def test_nothing_is_drawn_of_nothing() -> None:
    for curve in (None, Curve(5.0, (), 0), Curve(5.0, (0, 0), 0), Curve(0.0, (1,), 1)):
        assert retention(curve, 600.0, 0.9) is None
    assert retention(Curve(5.0, (1, 1), 1), 0.0, 0.9) is None


def test_the_table_says_what_the_line_shows() -> None:
    drawn = retention(Curve(6.0, tuple(range(100, 0, -1)), of=100), 600.0, 0.9)
    assert drawn is not None
    assert [(row.at_s, row.share) for row in drawn.rows][:3] == [(0, 1.0), (60.0, 0.9), (120.0, 0.8)]
    assert len(drawn.rows) == 10
    assert drawn.columns[0].x == 0
    assert sum(column.width for column in drawn.columns) == pytest.approx(WIDTH, abs=1)
    assert drawn.line.startswith("0.0,0.0 5.0,0.0 15.0,1.0 ")
    assert drawn.area == f"0,100 {drawn.line} 1000,100"


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=120),
    st.integers(1, 5_000),
    st.floats(0.5, 600),
    st.floats(0.5, 1),
)
def test_no_curve_leaves_its_drawing(plays: list[int], of: int, length_s: float, complete: float) -> None:
    step_s = length_s / len(plays)
    drawn = retention(Curve(step_s, tuple(plays), of), length_s, complete)
    assert drawn is not None
    for spot in drawn.line.split():
        x, y = (float(part) for part in spot.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert all(0 <= row.at_s < length_s and row.share <= 1 for row in (*drawn.rows, *drawn.columns))
    if drawn.leave:
        assert 0 < drawn.leave.at_s <= length_s * complete + step_s


# ---------------------------------------------------------------- shares and completion


def test_shares_add_up_and_the_largest_fills_its_place() -> None:
    found = shares([30, 10, 0])
    assert [(s.percent, s.width) for s in found] == [(75, 1000), (25, 333.3), (0, 0)]
    assert shares([]) == ()
    assert [(s.percent, s.width) for s in shares([0, 0])] == [(0, 0), (0, 0)]


def test_completion_is_never_more_than_all() -> None:
    assert completion(3, 4) == 75
    assert completion(5, 4) == 100, "who began before the span completed within it"
    assert completion(0, 0) is None


# ---------------------------------------------------------------- which days


@pytest.mark.parametrize(
    ("name", "first"),
    [("7", date(2026, 3, 6)), ("30", date(2026, 2, 11)), ("year", date(2026, 1, 1)), ("all", None)],
)
def test_ranges_have_names(name: str, first: date | None) -> None:
    chosen = choose(name, "", "", TODAY, default="all")
    assert (chosen.name, chosen.span) == (name, Span(first, TODAY))
    assert chosen.query == f"range={name}"
    assert choose("", "", "", TODAY, default=name).span == chosen.span


@pytest.mark.parametrize(
    ("first", "last", "span", "problem"),
    [
        ("2026-02-01", "2026-02-28", Span(date(2026, 2, 1), date(2026, 2, 28)), ""),
        ("2026-02-28", "2026-02-01", Span(date(2026, 2, 28), date(2026, 2, 1)), "reversed"),
        ("2026-02-01", "", Span(date(2026, 2, 1), TODAY), ""),
        ("", "2026-02-01", Span(None, date(2026, 2, 1)), ""),
        ("2026-02-01", "2999-01-01", Span(date(2026, 2, 1), TODAY), ""),
        ("2999-01-01", "2999-02-01", Span(date(2999, 1, 1), date(2999, 2, 1)), "to_come"),
        ("2999-01-01", "", Span(date(2999, 1, 1), date(2999, 1, 1)), "to_come"),
        ("2999-01-01", "2026-01-01", Span(date(2999, 1, 1), date(2026, 1, 1)), "reversed"),
    ],
)
def test_typed_days_win(first: str, last: str, span: Span, problem: str) -> None:
    chosen = choose("7", first, last, TODAY, default="all")
    assert (chosen.name, chosen.span, chosen.problem) == ("", span, problem)


@pytest.mark.parametrize(
    ("name", "first", "code"),
    [("8", "", "bad_range"), ("", "yesterday", "bad_day"), ("", "2026-02-30", "bad_day")],
)
def test_what_is_no_day_is_refused(name: str, first: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        choose(name, first, "", TODAY, default="all")
    assert refused.value.code == code
