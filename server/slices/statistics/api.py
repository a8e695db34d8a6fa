"""The JSON API of statistics."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.plays.queries import people_of_days
from library.plays.statistics import Sort, lesson_figures, overview
from server.slices.statistics.presentation import lesson_object, overview_object
from server.slices.statistics.routes import OF_ALL, OF_LESSON, Days
from server.web.deps import AddressDep, ClockDep, Measurer, Reading, RuleDep, SignedIn

router = APIRouter(prefix="/api/v1", tags=["plays"])

DaysDep = Annotated[Days, Depends()]


@router.get("/lessons/{lesson_id}/stats")
def lesson(
    session: Reading, who: SignedIn, rule: RuleDep, clock: ClockDep, lesson_id: str, days: DaysDep
) -> dict[str, Any]:
    """What a lesson collected (its owner, the staff).

    `range` is `7`, `30`, `year` or `all` (if nothing is said); `from` and `to` are days, in this order. The
    curves are of all time.
    """
    found = catalog.lesson_for(session, who.viewer, lesson_id, Action.STATS)
    figures = lesson_figures(session, lesson_id, days.chosen(clock(), OF_LESSON).checked().span)
    people = people_of_days(session, lesson_id)
    return {"lesson": lesson_id, "title": found.title, **lesson_object(figures, people, rule)}


@router.get("/stats")
def all_lessons(
    session: Reading,
    who: Measurer,
    address: AddressDep,
    clock: ClockDep,
    days: DaysDep,
    sort: Sort = "views",
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """What your lessons collected; for staff, all lessons of their branches and below.

    `range` is `7`, `30` (if nothing is said), `year` or `all`; `from` and `to` are days, in this order.
    `total` counts the lessons, `branches` is null for lecturers.
    """
    figures = overview(
        session, who.viewer, days.chosen(clock(), OF_ALL).checked().span, sort=sort, page=page, limit=limit
    )
    return {"page": page, **overview_object(figures, address)}
