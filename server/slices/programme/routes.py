"""The weeks as members see them: a list, and one week's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog.tables import Lesson
from library.core.errors import Invalid, NotFound
from library.core.permits import Viewer, node_chain
from library.organisation import queries as organisation
from library.programme import queries
from library.programme.rules import Plan
from library.programme.weeks import Week, read_week
from server.slices.programme.contexts import WeekPage, WeeksPage
from server.web.deps import CardsDep, ClockDep, PagesDep, Reading, WhoDep
from server.web.limits.fields import WordQuery
from server.web.pages import pager
from server.web.parts import LessonCard
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.marks import marks_of
from server.web.shown.weeks import CardOf, WeekView, present, week_views, with_marks

router = APIRouter(include_in_schema=False)

_AHEAD = 8
"""Weeks ahead of which the list tells."""


def card_of(cards: LessonCards) -> CardOf:
    """Return what makes a lesson's card without its number of views: here nothing is compared."""

    def card(lesson: Lesson) -> LessonCard | None:
        return cards.one(lesson, 0)

    return card


def _marked_weeks(
    session: Session, viewer: Viewer, own_id: str, found: Mapping[Week, Sequence[Plan]], cards: LessonCards
) -> dict[Week, WeekView]:
    """Return weeks as a viewer sees them, with what they saw of the lessons: one statement for all."""
    lessons: dict[str, Lesson] = {}
    views = week_views(session, viewer, own_id, found, cards.noting(lessons))
    own = marks_of(session, viewer, lessons.values())
    return {week: with_marks(view, own, lessons) for week, view in views.items()}


def chain_at(session: Session, viewer: Viewer, node: str) -> tuple[str, ...]:
    """Return the nodes whose weeks are shown, nearest first: the viewer's own, or those of a node that they
    plan; raises NotFound."""
    if not node:
        return queries.chain(session, viewer)
    return tuple(reversed(node_chain(queries.node_meant(session, viewer, node).path)))


def week_at(text: str) -> Week:
    """Return the week of an address; raises NotFound for what is none."""
    try:
        return read_week(text)
    except Invalid:
        raise NotFound from None


@router.get("/weeks")
def weeks(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    clock: ClockDep,
    page: int = 1,
) -> Response:
    """This week, what comes, and what was."""
    viewer, this = who.viewer, present(clock())
    chain = queries.chain(session, viewer)
    past = queries.past_weeks(session, chain, this, page)
    found = queries.weeks_seen(session, chain, this, this.after(_AHEAD))
    if past.items:
        span = queries.weeks_seen(session, chain, min(past.items), max(past.items))
        found |= {week: parts for week, parts in span.items() if week in past.items}
    views = _marked_weeks(session, viewer, chain[0], found, cards)
    context = WeeksPage(
        frame=pages.frame(request, session, who),
        node=organisation.node(session, chain[0]).name,
        this=views.get(this),
        coming=tuple(views[week] for week in sorted(views) if week > this),
        past=tuple(views[week] for week in past.items if week in views),
        pager=pager(past, "/weeks"),
        may_plan=bool(queries.outermost(viewer)),
    )
    return pages.respond(request, who, context)


@router.get("/weeks/{week}")
def week(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    week: str,
    node: WordQuery = "",
) -> Response:
    """One week, as a member sees it; whoever plans a node may look as its members do."""
    wanted, chain = week_at(week), chain_at(session, who.viewer, node)
    found = queries.weeks_seen(session, chain, wanted, wanted)
    beside = queries.beside(session, chain, wanted)
    context = WeekPage(
        frame=pages.frame(request, session, who),
        week=str(wanted),
        monday=wanted.monday,
        sunday=wanted.sunday,
        node=organisation.node(session, chain[0]).name,
        view=_marked_weeks(session, who.viewer, chain[0], found, cards).get(wanted),
        before=str(beside.before or ""),
        after=str(beside.after or ""),
        other_node=chain[0] if node else "",
    )
    return pages.respond(request, who, context)
