"""Believable figures for the pages of statistics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from library.plays.figures import (
    ClipFigures,
    Curve,
    DayFigures,
    Figures,
    LessonFigures,
    LessonLine,
    NodeFigures,
    Overview,
    People,
    Proof,
    SourceFigures,
    Span,
)

TODAY = date(2026, 3, 12)
PROOF = Proof(through=date(2026, 3, 11), seal="9f2c41d07ab8" + "0" * 52)


def figures(size: int) -> Figures:
    """Figures of about `size` views."""
    return Figures(
        member_views=size,
        visitor_views=size // 3,
        screenings=size // 40,
        screened_people=size // 40 * 27,
        completes=size * 5 // 8,
        watched_s=size * 341.0,
    )


def days(count: int) -> tuple[DayFigures, ...]:
    """What the last `count` days brought: waves with quiet days, screenings on Fridays."""
    found = []
    for n in range(count):
        day = TODAY - timedelta(days=count - 1 - n)
        size = (7 * n % 31 + n % 11 * 3) * (n % 6 != 2)
        held = day.weekday() == 4 and n % 3 == 0
        its = Figures(size, size // 4, int(held), 32 * held, size // 2, 320.0 * size)
        if size or held:
            found.append(DayFigures(day, its))
    return tuple(found)


def curve(of: int, drop_at: int) -> Curve:
    """Who stays: a slow loss, one step after which many are gone, and some who skip ahead."""
    plays = [of - n * of // 400 - (of * 3 // 10 if n >= drop_at else 0) for n in range(114)]
    plays[70:76] = [plays[69] + of // 12] * 6
    return Curve(562.0 / 114, tuple(plays), of)


def lesson(count: int, *, few: bool = False) -> LessonFigures:
    """A lesson of three clips that was cut otherwise once."""
    clips = tuple(
        ClipFigures(
            clip_id=f"clip{n}",
            n=n,
            title="余村为什么关掉矿山" * (n == 2),
            length_s=562.0,
            figures=figures(960 // n),
            people=People(700 // n, 210 // n),
            curve=None if n == 3 else curve(4 if few else 1_286 // n, 114 if n == 2 else 31),
        )
        for n in (1, 2, 3)
    )
    return LessonFigures(
        lesson_id="lesson0",
        span=Span(TODAY - timedelta(days=count - 1), TODAY),
        total=figures(12_840),
        people=People(2_377, 800),
        clips=clips,
        replaced=ClipFigures("", 0, "", 0.0, figures(80), People(60, 9)),
        days=days(count),
        branches=branches(),
        sources=(
            SourceFigures("feed", 7_020),
            SourceFigures("qr", 3_911),
            SourceFigures("next", 2_444),
            SourceFigures("search", 1_203),
            SourceFigures("link", 41),
        ),
        proof=PROOF,
    )


def branches() -> tuple[NodeFigures, ...]:
    """Branches, one of them gone, and those who have none."""
    names = ("安吉县天荒坪镇余村村党支部", "安吉县委党校", "", "递铺街道社区党总支第三党小组")
    return (
        *(NodeFigures(f"b{n}", name, figures(900 // (n + 1))) for n, name in enumerate(names)),
        NodeFigures("", "", figures(120)),
    )


def overview(titles: Sequence[str]) -> Overview:
    """One of three pages of lessons, one of which is gone."""
    lines = [
        LessonLine(f"lesson{n}", title, ("王芳", "陈志远", "")[n % 3], figures(4_000 // (n + 1)))
        for n, title in enumerate((*titles, ""))
    ]
    return Overview(
        span=Span(TODAY - timedelta(days=29), TODAY),
        total=figures(31_007),
        days=days(30),
        lessons=tuple(lines),
        lesson_count=137,
        branches=branches(),
        proof=PROOF,
    )
