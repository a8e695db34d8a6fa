"""Charts: figures become shapes, in the units of a drawing that is stretched to its place.

Drawings are WIDTH x HEIGHT with y downwards. They hold no letters, because stretching would bend them: what
is written stands beside the drawing, as words of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from library.core.clock import week_start
from library.plays.figures import Curve, DayFigures, Figures, Span

WIDTH, HEIGHT = 1000.0, 100.0

Step = Literal["day", "week", "month"]

MOST_DAYS = 90
"""More days are shown by weeks ..."""

MOST_WEEKS = 104
"""... and more weeks by months."""

_GAP = 0.22
"""How much of its place a bar leaves free."""

# ---------------------------------------------------------------- bars


@dataclass(frozen=True, slots=True)
class Bar:
    """What the days from `first` to `last` brought, as a bar: members below, visitors on top of them.

    `x` and `width` are the bar's, `place` and `place_width` also hold the gap around it.
    """

    first: date
    last: date
    figures: Figures
    x: float
    width: float
    place: float
    place_width: float
    member_y: float
    member_height: float
    visitor_y: float
    visitor_height: float


@dataclass(frozen=True, slots=True)
class DayChart:
    """Views over time. `top` is what the upper edge stands for, an even number; `best` is the highest bar,
    None when there are no views; `screened` tells whether there were screenings."""

    step: Step
    bars: tuple[Bar, ...]
    top: int
    best: Bar | None
    screened: bool

    @property
    def ticks(self) -> tuple[Bar, ...]:
        """The bars whose days are written below: the first, the middle and the last."""
        count = len(self.bars)
        if count < 3:
            return self.bars
        return (self.bars[0], self.bars[(count - 1) // 2], self.bars[-1])


def day_chart(days: Sequence[DayFigures], span: Span) -> DayChart | None:
    """Return the chart of a span; days that brought nothing are bars without height. None without any day.

    A long span begins where its figures begin: nobody wants to see the years before.
    """
    known = [d for d in days if d.day <= span.last and (span.first is None or d.day >= span.first)]
    if not known and (span.first is None or (span.last - span.first).days >= MOST_DAYS):
        return None
    first = span.first
    if first is None or (span.last - first).days >= MOST_DAYS:
        first = min(d.day for d in known)
    step = _step(first, span.last)
    sums: dict[date, Figures] = {}
    for each in known:
        begin = _begin(each.day, step)
        sums[begin] = added(sums.get(begin, Figures()), each.figures)
    places = list(_places(first, span.last, step))
    top = _top(max((figures.views for figures in sums.values()), default=0))
    wide = WIDTH / len(places)
    bars = tuple(
        _bar(max(begin, first), end, sums.get(begin, Figures()), n * wide, wide, top)
        for n, (begin, end) in enumerate(places)
    )
    best = max(bars, key=lambda bar: bar.figures.views)
    return DayChart(
        step,
        bars,
        top,
        best if best.figures.views else None,
        any(bar.figures.screenings for bar in bars),
    )


def _bar(first: date, last: date, figures: Figures, place: float, wide: float, top: int) -> Bar:
    member, visitor = figures.member_views * HEIGHT / top, figures.visitor_views * HEIGHT / top
    return Bar(
        first=first,
        last=last,
        figures=figures,
        x=round(place + wide * _GAP / 2, 2),
        width=round(wide * (1 - _GAP), 2),
        place=round(place, 2),
        place_width=round(wide, 2),
        member_y=round(HEIGHT - member, 2),
        member_height=round(member, 2),
        visitor_y=round(HEIGHT - member - visitor, 2),
        visitor_height=round(visitor, 2),
    )


def _step(first: date, last: date) -> Step:
    if (last - first).days < MOST_DAYS:
        return "day"
    return "week" if (last - week_start(first)).days < MOST_WEEKS * 7 else "month"


def _begin(day: date, step: Step) -> date:
    """Return the first day of the bar that `day` belongs to."""
    if step == "day":
        return day
    return week_start(day) if step == "week" else day.replace(day=1)


def _places(first: date, last: date, step: Step) -> Iterator[tuple[date, date]]:
    """Give the first and the last day of each bar; the last bar ends with the span."""
    begin = _begin(first, step)
    while begin <= last:
        after = _after(begin, step)
        yield begin, min(last, after - timedelta(days=1))
        begin = after


def _after(begin: date, step: Step) -> date:
    if step == "month":
        return (begin + timedelta(days=31)).replace(day=1)
    return begin + timedelta(days=1 if step == "day" else 7)


def _top(most: int) -> int:
    """Return a round, even number that is not less than `most`, so that its half can be written too."""
    unit = 1
    while True:
        for digit in (2, 4, 6, 8, 10):
            if digit * unit >= most:
                return digit * unit
        unit *= 10


def added(one: Figures, other: Figures) -> Figures:
    """Return the sum of two figures."""
    return Figures(
        member_views=one.member_views + other.member_views,
        visitor_views=one.visitor_views + other.visitor_views,
        screenings=one.screenings + other.screenings,
        screened_people=one.screened_people + other.screened_people,
        completes=one.completes + other.completes,
        watched_s=one.watched_s + other.watched_s,
        visitor_s=one.visitor_s + other.visitor_s,
    )


# ---------------------------------------------------------------- how many stay


FEW = 5
"""Fewer plays than this make a line that a single person bends."""

_LINKS = 24
_NEAR = 3
"""People leave around a sentence, not in a step of a few seconds: so many steps are looked at together."""

_WORTH_NAMING = 0.05
"""A loss of fewer of all plays than this is no place where people leave."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How many plays saw a second of a clip: `share` of all, 0 to 1. `x` and `width` are its place in the
    drawing."""

    at_s: float
    plays: int
    share: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Leave:
    """The place where most stop watching: `lost` plays saw what is before `at_s` and not what follows."""

    at_s: float
    lost: int
    share: float
    x: float


@dataclass(frozen=True, slots=True)
class Retention:
    """How many of `of` counted plays saw each second of a clip, as a line and the area below it.

    `columns` divide the clip evenly, for what can be pointed at; `rows` are every tenth of it, for a table;
    `leave` is None when people leave everywhere alike; `few`: too few plays to conclude anything.
    """

    line: str
    area: str
    of: int
    few: bool
    columns: tuple[Moment, ...]
    rows: tuple[Moment, ...]
    leave: Leave | None


def retention(curve: Curve | None, length_s: float, complete_share: float) -> Retention | None:
    """Return the drawing of a clip's curve, None when there is nothing to draw.

    Whoever has seen `complete_share` of the clip has not left it.
    """
    if curve is None or curve.of <= 0 or not curve.plays or length_s <= 0 or curve.step_s <= 0:
        return None
    heights = [HEIGHT * (1 - min(1.0, plays / curve.of)) for plays in curve.plays]
    spots = [(min(WIDTH, WIDTH * (n + 0.5) * curve.step_s / length_s), y) for n, y in enumerate(heights)]
    ends = [(0.0, heights[0]), *spots, (WIDTH, heights[-1])]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in ends)
    return Retention(
        line=line,
        area=f"0,{HEIGHT:.0f} {line} {WIDTH:.0f},{HEIGHT:.0f}",
        of=curve.of,
        few=curve.of < FEW,
        columns=_moments(curve, length_s, min(_LINKS, len(curve.plays))),
        rows=_moments(curve, length_s, min(10, len(curve.plays))),
        leave=_leave(curve, length_s, complete_share),
    )


def _moments(curve: Curve, length_s: float, count: int) -> tuple[Moment, ...]:
    found = []
    for n in range(count):
        at_s = n * length_s / count
        plays = curve.plays[min(len(curve.plays) - 1, int(at_s / curve.step_s))]
        x = WIDTH * n / count
        found.append(Moment(at_s, plays, min(1.0, plays / curve.of), round(x, 2), round(WIDTH / count, 2)))
    return tuple(found)


def _leave(curve: Curve, length_s: float, complete_share: float) -> Leave | None:
    last = min(len(curve.plays) - 1, int(complete_share * length_s / curve.step_s))
    best, lost = 0, 0
    for n in range(1, last + 1):
        near = max(n, min(last, n + _NEAR - 1))
        gone = curve.plays[n - 1] - curve.plays[near]
        if gone > lost:
            best, lost = n, gone
    if lost < max(2.0, _WORTH_NAMING * curve.of):
        return None
    # Of the steps that were looked at together, the one that loses most.
    steps = range(best, min(last, best + _NEAR - 1) + 1)
    at = max(steps, key=lambda n: (curve.plays[n - 1] - curve.plays[n], -n))
    at_s = min(length_s, at * curve.step_s)
    return Leave(at_s, lost, lost / curve.of, round(min(WIDTH, WIDTH * at_s / length_s), 1))


# ---------------------------------------------------------------- shares


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: `percent` of it, and a bar of `width` that is WIDTH for the largest part."""

    percent: float
    width: float


def shares(numbers: Sequence[int]) -> tuple[Share, ...]:
    """Return each number's part of their sum, in their order."""
    whole, most = max(1, sum(numbers)), max([1, *numbers])
    return tuple(Share(100 * n / whole, round(WIDTH * n / most, 1)) for n in numbers)


def completion(completes: int, people: int) -> float | None:
    """Return the percentage of viewers who saw something to its end, None when nobody watched.

    Who began before the days that are asked about may complete within them: never more than all.
    """
    return min(100.0, 100.0 * completes / people) if people > 0 else None
