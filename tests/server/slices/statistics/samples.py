"""Statistics: filled with believable figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.plays.figures import Figures, Proof
from server.slices.statistics.presentation import lesson_page, overview_page
from server.slices.statistics.spans import choose
from server.web.parts import LessonRef
from tests.server.pages.samples import LECTURER, RULE, STAFF, TITLES, Sample, frame
from tests.server.slices.statistics import measured


def pages() -> Iterator[Sample]:
    """Statistics of a lesson and of all, of few and of many days, and before anything was counted."""
    today = measured.TODAY
    its = measured.lesson(30)
    stats = lesson_page(
        frame(STAFF, "/lessons/lesson0/stats"),
        LessonRef(id="lesson0", title=TITLES[0], lecturer="王芳"),
        choose("30", "", "", today, default="all"),
        today,
        its,
        RULE,
    )
    yield "stats", stats
    yield "stats_held_back", replace(stats, held_back=1_234)
    year = choose("", "2025-03-01", "", today, default="all")
    long = lesson_page(
        stats.frame, stats.lesson, year, today, measured.lesson(400, few=True), replace(RULE, min_s=15)
    )
    yield "stats_long", replace(long, proof=Proof())
    nothing = replace(
        stats,
        chosen=choose("all", "", "", today, default="all"),
        watched=False,
        total=Figures(),
        clips=(),
        chart=None,
        proof=Proof(),
    )
    yield "stats_empty", nothing
    yield "stats_quiet", replace(nothing, chosen=choose("7", "", "", today, default="all"))
    to_come = choose("", "2130-01-01", "2130-02-01", today, default="all")
    turned = choose("", "2026-02-01", "2026-01-01", today, default="all")
    yield "stats_to_come", replace(nothing, chosen=to_come)
    yield "stats_turned", replace(nothing, chosen=turned)
    month = choose("30", "", "", today, default="30")
    every = overview_page(
        frame(STAFF, "/stats"), month, today, measured.overview(TITLES), RULE, sort="views", page=2, own=False
    )
    yield "overview", every
    yield (
        "overview_own",
        replace(every, own=True, branches=None, frame=frame(LECTURER, "/stats"), sort="title"),
    )
    yield "overview_quiet", replace(every, watched=False, chart=None, total=Figures())
    yield "overview_turned", replace(every, chosen=turned, watched=False, chart=None, total=Figures())
    none = replace(every, has_lessons=False, watched=False, lessons=(), chart=None)
    yield "overview_branches", none
    yield "overview_none", replace(none, branches=None, frame=frame(LECTURER, "/stats"), own=True)
