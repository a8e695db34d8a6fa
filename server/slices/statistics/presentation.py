"""From figures to what shows them: pages with charts beside numbers, and JSON. Values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from library.core.paging import Page
from library.plays.figures import (
    ClipFigures,
    Figures,
    LessonFigures,
    LessonLine,
    Overview,
    People,
    Proof,
    Span,
)
from library.plays.statistics import Sort
from server.slices.statistics.charts import completion, day_chart, retention, shares
from server.slices.statistics.contexts import ClipStats, OverviewPage, StatsPage
from server.slices.statistics.spans import Chosen
from server.web.parts import CountingRule, Frame, LessonRef
from server.web.shown.made_parts import pager

LESSONS_PER_PAGE = 50


def lesson_page(
    frame: Frame, lesson: LessonRef, chosen: Chosen, today: date, figures: LessonFigures, rule: CountingRule
) -> StatsPage:
    """Return the page of one lesson."""
    return StatsPage(
        frame=frame,
        lesson=lesson,
        chosen=chosen,
        today=today,
        watched=bool(figures.days),
        total=figures.total,
        people=figures.people,
        completion=whole_completion(figures),
        chart=None if chosen.problem else day_chart(figures.days, chosen.span),
        clips=tuple(
            ClipStats(
                clip=clip,
                completion=clip_completion(clip),
                retention=retention(clip.curve, clip.length_s, rule.complete_share),
            )
            for clip in figures.clips
        ),
        replaced=figures.replaced,
        branches=tuple(
            zip(figures.branches, shares([b.figures.weight for b in figures.branches]), strict=True)
        ),
        sources=tuple(zip(figures.sources, shares([s.views for s in figures.sources]), strict=True)),
        proof=figures.proof,
        rule=rule,
        held_back=figures.held_back,
    )


def overview_page(
    frame: Frame,
    chosen: Chosen,
    today: date,
    figures: Overview,
    rule: CountingRule,
    *,
    sort: Sort,
    page: int,
    own: bool,
) -> OverviewPage:
    """Return the page of all lessons in somebody's scope; `page` is the one that `its.lessons` are."""
    branches = figures.branches
    where = Page[object](figures.lessons, page, LESSONS_PER_PAGE, figures.lesson_count)
    order = {"sort": sort} if sort != "views" else {}
    return OverviewPage(
        frame=frame,
        chosen=chosen,
        today=today,
        watched=bool(figures.days),
        total=figures.total,
        chart=None if chosen.problem else day_chart(figures.days, chosen.span),
        lessons=tuple(
            zip(figures.lessons, shares([_measure(line, sort) for line in figures.lessons]), strict=True)
        ),
        sort=sort,
        pager=pager(where, f"/stats?{chosen.query}", **order),
        branches=None
        if branches is None
        else tuple(zip(branches, shares([b.figures.weight for b in branches]), strict=True)),
        has_lessons=figures.lesson_count > 0,
        own=own,
        proof=figures.proof,
        rule=rule,
        held_back=figures.held_back,
    )


def _measure(line: LessonLine, sort: Sort) -> int:
    """Return what the bars of the list stand for: what it is ordered by."""
    return int(line.figures.weight_s) if sort == "watched" else line.figures.weight


def clip_completion(clip: ClipFigures) -> float | None:
    """Return what percentage of a clip's viewers completed it; None without viewers."""
    return completion(clip.figures.completes, clip.people.members + clip.people.visitors)


def whole_completion(figures: LessonFigures) -> float | None:
    """Return the same over all clips of a lesson, each viewer of each clip counted once."""
    every = [*figures.clips, *([figures.replaced] if figures.replaced else [])]
    return completion(
        sum(c.figures.completes for c in every), sum(c.people.members + c.people.visitors for c in every)
    )


# ---------------------------------------------------------------- JSON


def lesson_object(
    figures: LessonFigures, day_people: Mapping[date, int], rule: CountingRule, *, clip_key: str = "clip"
) -> dict[str, Any]:
    """Return the figures of a lesson as JSON says them; `day_people` are the viewers of each day."""
    return {
        **_span(figures.span),
        **_numbers(figures.total),
        **_people(figures.people),
        "completion": _rounded(whole_completion(figures)),
        "clips": [_clip(clip, rule, clip_key) for clip in figures.clips],
        "replaced": {**_numbers(figures.replaced.figures), **_people(figures.replaced.people)}
        if figures.replaced
        else None,
        "days": [
            {"day": d.day.isoformat(), **_numbers(d.figures), "people": day_people.get(d.day, 0)}
            for d in figures.days
        ],
        "branches": [{"branch": b.node_id, "name": b.name, **_numbers(b.figures)} for b in figures.branches],
        "sources": [{"source": s.source, "views": s.views} for s in figures.sources],
        "held_back": figures.held_back,
        "sealed": _sealed(figures.proof),
    }


def overview_object(figures: Overview, base_url: str) -> dict[str, Any]:
    """Return the figures of all lessons in somebody's scope as JSON says them."""
    return {
        **_span(figures.span),
        **_numbers(figures.total),
        "total": figures.lesson_count,
        "lessons": [
            {
                "lesson": line.lesson_id,
                "title": line.title,
                "lecturer": line.lecturer or None,
                "url": f"{base_url}/lessons/{line.lesson_id}/stats",
                **_numbers(line.figures),
            }
            for line in figures.lessons
        ],
        "days": [{"day": d.day.isoformat(), **_numbers(d.figures)} for d in figures.days],
        "branches": None
        if figures.branches is None
        else [{"branch": b.node_id, "name": b.name, **_numbers(b.figures)} for b in figures.branches],
        "held_back": figures.held_back,
        "sealed": _sealed(figures.proof),
    }


def _clip(clip: ClipFigures, rule: CountingRule, key: str) -> dict[str, Any]:
    curve, drawn = clip.curve, retention(clip.curve, clip.length_s, rule.complete_share)
    return {
        key: clip.clip_id,
        "n": clip.n,
        "title": clip.title,
        "length_s": round(clip.length_s, 3),
        **_numbers(clip.figures),
        **_people(clip.people),
        "completion": _rounded(clip_completion(clip)),
        "curve": None
        if curve is None
        else {"step_s": round(curve.step_s, 3), "plays": list(curve.plays), "of": curve.of},
        "most_leave_s": round(drawn.leave.at_s, 1) if drawn and drawn.leave else None,
    }


def _span(span: Span) -> dict[str, Any]:
    return {"from": span.first.isoformat() if span.first else None, "to": span.last.isoformat()}


def _numbers(figures: Figures) -> dict[str, Any]:
    return {
        "views": figures.views,
        "member_views": figures.member_views,
        "visitor_views": figures.visitor_views,
        "screenings": figures.screenings,
        "screened_people": figures.screened_people,
        "completes": figures.completes,
        "watched_s": round(figures.watched_s, 3),
    }


def _people(people: People) -> dict[str, int]:
    return {
        "people": people.members + people.visitors,
        "members": people.members,
        "visitors": people.visitors,
    }


def _rounded(percent: float | None) -> float | None:
    return None if percent is None else round(percent, 1)


def _sealed(proof: Proof) -> dict[str, Any] | None:
    return {"through": proof.through.isoformat(), "seal": proof.seal} if proof.through else None
