"""Statistics of one lesson, and of all lessons in somebody's scope: on a page, and to take along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.clock import local_day
from library.core.database import Database
from library.core.paging import clean_number
from library.core.permits import Role
from library.plays.queries import people_of_days
from library.plays.statistics import Sort, lesson_figures, overview
from server.slices.statistics.presentation import LESSONS_PER_PAGE, lesson_page, overview_page
from server.slices.statistics.reports import (
    MOST_LESSONS,
    Making,
    Report,
    csv_file,
    lesson_report,
    overview_report,
    workbook,
)
from server.slices.statistics.spans import Chosen, choose
from server.web.deps import ClockDep, DatabaseDep, Measurer, PagesDep, Reading, RuleDep, SignedIn, WhoDep
from server.web.files.attachments import file_name
from server.web.files.exported import noted
from server.web.files.sheets import CSV, XLSX
from server.web.limits.fields import WordQuery
from server.web.shown.lesson_cards import lesson_ref
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_FILES: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "xlsx": (workbook, XLSX),
    "csv": (csv_file, CSV),
}


@dataclass(frozen=True)
class Days:
    """Which days an address asks for."""

    name: Annotated[WordQuery, Query(alias="range")] = ""
    first: Annotated[WordQuery, Query(alias="from")] = ""
    last: Annotated[WordQuery, Query(alias="to")] = ""

    def chosen(self, now: datetime, default: str) -> Chosen:
        """The days that are meant; raises Invalid."""
        return choose(self.name, self.first, self.last, local_day(now), default=default)


async def _making(who: WhoDep, pages: PagesDep, rule: RuleDep, clock: ClockDep) -> Making:
    return Making(rule, clock(), pages.renderer.catalogue(who.language))


DaysDep = Annotated[Days, Depends()]
MakingDep = Annotated[Making, Depends(_making)]
OF_LESSON, OF_ALL = "all", "30"
"""The ranges shown first: a lesson's page says what its own page says; of all lessons, what is new."""


def order(name: str) -> Sort:
    """Return the order that is meant; nonsense orders nothing."""
    return next((sort for sort in get_args(Sort) if sort == name), "views")


def only_own(who: Who) -> bool:
    """Tell whether somebody's scope are the lessons they taught themselves."""
    return not who.viewer.has(Role.SECRETARY)


@router.get("/lessons/{lesson_id}/stats")
def lesson(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    rule: RuleDep,
    clock: ClockDep,
    lesson_id: str,
    days: DaysDep,
) -> Response:
    """What a lesson collected, for its owner and the staff."""
    found = catalog.lesson_for(session, who.viewer, lesson_id, Action.STATS)
    chosen = days.chosen(clock(), OF_LESSON)
    context = lesson_page(
        pages.frame(request, session, who),
        lesson_ref(found),
        chosen,
        local_day(clock()),
        lesson_figures(session, lesson_id, chosen.span),
        rule,
    )
    return pages.respond(request, who, context)


@router.get("/lessons/{lesson_id}/stats/export.xlsx")
def lesson_xlsx(
    db: DatabaseDep, session: Reading, who: SignedIn, making: MakingDep, lesson_id: str, days: DaysDep
) -> Response:
    """The same as a workbook."""
    return _export_lesson(db, session, who, making, lesson_id, days, "xlsx")


@router.get("/lessons/{lesson_id}/stats/export.csv")
def lesson_csv(
    db: DatabaseDep, session: Reading, who: SignedIn, making: MakingDep, lesson_id: str, days: DaysDep
) -> Response:
    """The same as CSV."""
    return _export_lesson(db, session, who, making, lesson_id, days, "csv")


def _export_lesson(
    db: Database, session: Session, who: Who, making: Making, lesson_id: str, days: Days, kind: str
) -> Response:
    found = catalog.lesson_for(session, who.viewer, lesson_id, Action.STATS)
    figures = lesson_figures(session, lesson_id, days.chosen(making.at, OF_LESSON).checked().span)
    lecturer = found.lecturer.name if found.lecturer else ""
    report = lesson_report(found.title, lecturer, figures, people_of_days(session, lesson_id), making)
    return _file(report, kind, making.at, noted(db, who, "stats", kind, lesson_id))


@router.get("/stats")
def all_lessons(
    request: Request,
    session: Reading,
    who: Measurer,
    pages: PagesDep,
    rule: RuleDep,
    clock: ClockDep,
    days: DaysDep,
    sort: WordQuery = "",
    page: int = 1,
) -> Response:
    """What all lessons in the viewer's scope collected: a lecturer's own, staff's below their branches."""
    chosen, number = days.chosen(clock(), OF_ALL), clean_number(page)
    figures = overview(
        session, who.viewer, chosen.span, sort=order(sort), page=number, limit=LESSONS_PER_PAGE
    )
    context = overview_page(
        pages.frame(request, session, who),
        chosen,
        local_day(clock()),
        figures,
        rule,
        sort=order(sort),
        page=number,
        own=only_own(who),
    )
    return pages.respond(request, who, context)


@router.get("/stats/export.xlsx")
def all_xlsx(
    db: DatabaseDep, session: Reading, who: Measurer, making: MakingDep, days: DaysDep, sort: WordQuery = ""
) -> Response:
    """The same as a workbook, with all pages of the list."""
    return _export_all(db, session, who, making, days, sort, "xlsx")


@router.get("/stats/export.csv")
def all_csv(
    db: DatabaseDep, session: Reading, who: Measurer, making: MakingDep, days: DaysDep, sort: WordQuery = ""
) -> Response:
    """The same as CSV, with all pages of the list."""
    return _export_all(db, session, who, making, days, sort, "csv")


def _export_all(
    db: Database, session: Session, who: Who, making: Making, days: Days, sort: str, kind: str
) -> Response:
    span = days.chosen(making.at, OF_ALL).checked().span
    figures = overview(session, who.viewer, span, sort=order(sort), limit=MOST_LESSONS)
    report = overview_report(figures, making, own=only_own(who))
    return _file(report, kind, making.at, noted(db, who, "stats", kind))


def _file(report: Report, kind: str, at: datetime, background: BackgroundTask) -> Response:
    write, media_type = _FILES[kind]
    name = quote(f"{file_name(report.title)} {local_day(at)}.{kind}", safe="")
    headers = {
        # RFC 8187; the plain name is for whoever does not read the other.
        "content-disposition": f"attachment; filename=\"weike-stats.{kind}\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    return Response(write(report), media_type=media_type, headers=headers, background=background)
