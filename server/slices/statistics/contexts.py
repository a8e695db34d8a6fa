"""Contexts of statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from library.plays.figures import (
    ClipFigures,
    Figures,
    LessonLine,
    NodeFigures,
    People,
    Proof,
    SourceFigures,
)
from library.plays.statistics import Sort
from server.slices.statistics.charts import DayChart, Retention, Share
from server.slices.statistics.spans import Chosen
from server.web.parts import Context, CountingRule, LessonRef, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipStats:
    """One clip: its figures, what percentage of its viewers completed it (None without any), and how many
    stay (None before anybody watched)."""

    clip: ClipFigures
    completion: float | None
    retention: Retention | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsPage(Context):
    """GET /lessons/{id}/stats?range=&from=&to= : what a lesson collected on the days of `chosen`.

    `completion` as in ClipStats, over all clips. `replaced` sums the clips that the lesson had before it was
    cut otherwise. `branches` and `sources` stand beside their bars. `chart` is None when there is no day to
    draw; `watched` tells whether anything was counted. `held_back`
    as in LessonFigures. `today` is the last day that may be asked about.
    """

    template: ClassVar[str] = "statistics/stats.html"
    lesson: LessonRef
    chosen: Chosen
    today: date
    watched: bool
    total: Figures
    people: People
    completion: float | None
    chart: DayChart | None
    clips: Sequence[ClipStats]
    replaced: ClipFigures | None
    branches: Sequence[tuple[NodeFigures, Share]]
    sources: Sequence[tuple[SourceFigures, Share]]
    proof: Proof
    rule: CountingRule
    held_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage(Context):
    """GET /stats?range=&from=&to=&sort=&page= : what all lessons in the viewer's scope collected.

    `lessons` are one page of them, in the order of `sort`; `branches` are who watched, None for a lecturer.
    `has_lessons` is False while there is nothing
    in the scope at all: the page then says what to do first. `own` tells whether these are a lecturer's own
    lessons.
    """

    template: ClassVar[str] = "statistics/overview.html"
    chosen: Chosen
    today: date
    watched: bool
    total: Figures
    chart: DayChart | None
    lessons: Sequence[tuple[LessonLine, Share]]
    sort: Sort
    pager: Pager
    branches: Sequence[tuple[NodeFigures, Share]] | None
    has_lessons: bool
    own: bool
    proof: Proof
    rule: CountingRule
    held_back: int = 0
