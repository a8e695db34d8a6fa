"""The week of a branch: its page, its sheet of paper, and all branches of whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid, NotFound
from library.core.permits import Viewer, node_chain
from library.mondays import queries
from library.mondays.permits import may_see_missing
from library.organisation.tables import Node
from library.programme import queries as programme
from library.programme.permits import may_plan
from library.programme.weeks import Week, read_week
from server.slices.mondays.contexts import MondayPage, MondaySheet, MondaysPage
from server.web.deps import AddressDep, CardsDep, ClockDep, PagesDep, Planner, Reading, WhoDep
from server.web.limits.fields import WordQuery
from server.web.pages import pager
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.mondays import branch_line, branch_lines, own_week
from server.web.shown.sharing import share
from server.web.shown.weeks import WeekView, present, week_views

router = APIRouter(include_in_schema=False)

WAITING = "waiting"


@dataclass(frozen=True)
class _Asked:
    """A node and a week that the viewer may see, with the weeks around and the plan as its members see it."""

    node: Node
    week: Week
    view: WeekView | None
    before: str
    after: str


def week_at(text: str) -> Week:
    """Return the week of an address; raises NotFound for what is none."""
    try:
        return read_week(text)
    except Invalid:
        raise NotFound from None


def _asked(session: Session, viewer: Viewer, cards: LessonCards, week: str, node_id: str) -> _Asked:
    node, wanted = queries.node_to_view(session, viewer, node_id), week_at(week)
    chain = tuple(reversed(node_chain(node.path)))
    found = programme.weeks_seen(session, chain, wanted, wanted)
    views = week_views(session, viewer, chain[0], found, lambda one: cards.one(one, 0))
    return _Asked(node, wanted, views.get(wanted), str(wanted.after(-1)), str(wanted.after(1)))


@router.get("/mondays")
def mondays(
    request: Request,
    session: Reading,
    who: Planner,
    pages: PagesDep,
    clock: ClockDep,
    week: WordQuery = "",
    node: WordQuery = "",
    show: WordQuery = "",
    page: int = 1,
) -> Response:
    """The branches that a viewer looks after, and how far their week is."""
    wanted = week_at(week) if week else present(clock())
    within = programme.node_to_plan(session, who.viewer, node) if node else None
    waiting = show == WAITING
    found = queries.overview(session, who.viewer, within, wanted)
    shown = queries.branches_page(session, who.viewer, within, wanted, page, waiting=waiting)
    context = MondaysPage(
        frame=pages.frame(request, session, who),
        week=str(wanted),
        monday=wanted.monday,
        sunday=wanted.sunday,
        before=str(wanted.after(-1)),
        after=str(wanted.after(1)),
        node_id=within.id if within else "",
        node=within.name if within else "",
        show=WAITING if waiting else "",
        lines=branch_lines(session, list(shown.items), wanted),
        pager=pager(shown, "/mondays", week=week, node=node, show=WAITING if waiting else ""),
        branches=found.branches,
        held=found.held,
    )
    return pages.respond(request, who, context)


@router.get("/mondays/{week}/{node_id}")
def monday(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, cards: CardsDep, week: str, node_id: str
) -> Response:
    """A week of a branch: theme, lessons, gatherings, reflections, and who still may catch up."""
    viewer = who.viewer
    asked = _asked(session, viewer, cards, week, node_id)
    node, known = asked.node, queries.branch_weeks(session, [asked.node], asked.week)[asked.node.id]
    mine = any(one.is_home and one.node_id == node.id for one in viewer.belongs)
    missing = queries.missing(session, node.id, asked.week) if may_see_missing(viewer, node) else None
    context = MondayPage(
        frame=pages.frame(request, session, who),
        week=str(asked.week),
        monday=asked.week.monday,
        sunday=asked.week.sunday,
        line=branch_line(node, known),
        view=asked.view,
        before=asked.before,
        after=asked.after,
        own=own_week(session, viewer, asked.week, asked.view) if mine else None,
        missing=tuple(missing[: queries.MOST_MISSING]) if missing is not None else None,
        more_missing=missing is not None and len(missing) > queries.MOST_MISSING,
        may_plan=may_plan(viewer, node.path),
    )
    return pages.respond(request, who, context)


@router.get("/mondays/{week}/{node_id}/sheet")
def sheet(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    address: AddressDep,
    week: str,
    node_id: str,
) -> Response:
    """The week of a branch on one page of paper (周学习单)."""
    asked = _asked(session, who.viewer, cards, week, node_id)
    known = queries.branch_weeks(session, [asked.node], asked.week)[asked.node.id]
    shown = [one for part in asked.view.parts for one in part.lessons if one.open] if asked.view else []
    context = MondaySheet(
        frame=pages.frame(request, session, who),
        week=str(asked.week),
        monday=asked.week.monday,
        sunday=asked.week.sunday,
        line=branch_line(asked.node, known),
        view=asked.view,
        links={one.id: share(address, f"/lessons/{one.id}") for one in shown},
    )
    return pages.respond(request, who, context)
