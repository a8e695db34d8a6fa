"""From figures to the pages that show them: charts beside their numbers. Values in, contexts out."""

from datetime import date

from library.core.paging import Page
from library.plays.figures import ClipFigures, LessonFigures, LessonLine, Overview
from library.plays.statistics import Sort
from server.charts import completion, day_chart, retention, shares
from server.contexts import ClipStats, CountingRule, Frame, LessonRef, OverviewPage, StatsPage
from server.pages import pager
from server.spans import Chosen

LESSONS_PER_PAGE = 50


def lesson_page(
    frame: Frame, lesson: LessonRef, chosen: Chosen, today: date, its: LessonFigures, rule: CountingRule
) -> StatsPage:
    """Return the page of one lesson."""
    return StatsPage(
        frame=frame,
        lesson=lesson,
        chosen=chosen,
        today=today,
        watched=bool(its.days),
        total=its.total,
        people=its.people,
        completion=whole_completion(its),
        chart=day_chart(its.days, chosen.span),
        clips=tuple(
            ClipStats(
                its=clip,
                completion=clip_completion(clip),
                retention=retention(clip.curve, clip.length_s, rule.complete_share),
            )
            for clip in its.clips
        ),
        replaced=its.replaced,
        branches=tuple(zip(its.branches, shares([b.figures.views for b in its.branches]), strict=True)),
        sources=tuple(zip(its.sources, shares([s.views for s in its.sources]), strict=True)),
        proof=its.proof,
        rule=rule,
    )


def overview_page(
    frame: Frame,
    chosen: Chosen,
    today: date,
    its: Overview,
    rule: CountingRule,
    *,
    sort: Sort,
    page: int,
    own: bool,
) -> OverviewPage:
    """Return the page of all lessons in somebody's scope; `page` is the one that `its.lessons` are."""
    branches = its.branches
    where = Page[object](its.lessons, page, LESSONS_PER_PAGE, its.lesson_count)
    order = {"sort": sort} if sort != "views" else {}
    return OverviewPage(
        frame=frame,
        chosen=chosen,
        today=today,
        watched=bool(its.days),
        total=its.total,
        chart=day_chart(its.days, chosen.span),
        lessons=tuple(zip(its.lessons, shares([_measure(line, sort) for line in its.lessons]), strict=True)),
        sort=sort,
        pager=pager(where, f"/stats?{chosen.query}", **order),
        branches=None
        if branches is None
        else tuple(zip(branches, shares([b.figures.views for b in branches]), strict=True)),
        has_lessons=its.lesson_count > 0,
        own=own,
        proof=its.proof,
        rule=rule,
    )


def _measure(line: LessonLine, sort: Sort) -> int:
    """Return what the bars of the list stand for: what it is ordered by."""
    return int(line.figures.watched_s) if sort == "watched" else line.figures.views


def clip_completion(clip: ClipFigures) -> float | None:
    """Return what percentage of a clip's viewers completed it; None without viewers."""
    return completion(clip.figures.completes, clip.people.members + clip.people.visitors)


def whole_completion(its: LessonFigures) -> float | None:
    """Return the same over all clips of a lesson, each viewer of each clip counted once."""
    every = [*its.clips, *([its.replaced] if its.replaced else [])]
    return completion(
        sum(c.figures.completes for c in every), sum(c.people.members + c.people.visitors for c in every)
    )
