"""Statistics of one lesson, and of all lessons in somebody's scope: on a page, and to take along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.clock import local_day
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
from server.web.attachments import file_name
from server.web.deps import Lecturer, PortsDep, Reading, SignedIn, Who
from server.web.pages import Pages, lesson_ref
from server.web.sheets import CSV, XLSX
from server.wiring import Ports

router = APIRouter(include_in_schema=False)

_FILES: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "xlsx": (workbook, XLSX),
    "csv": (csv_file, CSV),
}


@dataclass(frozen=True)
class Days:
    """Which days an address asks for."""

    name: Annotated[str, Query(alias="range")] = ""
    first: Annotated[str, Query(alias="from")] = ""
    last: Annotated[str, Query(alias="to")] = ""

    def chosen(self, ports: Ports, default: str) -> Chosen:
        """The days that are meant; raises Invalid."""
        return choose(self.name, self.first, self.last, local_day(ports.clock()), default=default)


DaysDep = Annotated[Days, Depends()]
OF_LESSON, OF_ALL = "all", "30"
"""The ranges shown first: a lesson's page says what its own page says; of all lessons, what is new."""


def order(name: str) -> Sort:
    """Return the order that is meant; nonsense orders nothing."""
    return next((sort for sort in get_args(Sort) if sort == name), "views")


def only_own(who: Who) -> bool:
    """Tell whether somebody's scope are the lessons they taught themselves."""
    return not who.viewer.has(Role.STAFF)


@router.get("/lessons/{lesson_id}/stats")
def lesson(
    request: Request, session: Reading, ports: PortsDep, who: SignedIn, lesson_id: str, days: DaysDep
) -> Response:
    """What a lesson collected, for its owner and the staff."""
    pages: Pages = request.app.state.pages
    found = catalog.lesson_for(session, who.viewer, lesson_id, Action.STATS)
    chosen = days.chosen(ports, OF_LESSON)
    context = lesson_page(
        pages.frame(request, who),
        lesson_ref(found),
        chosen,
        local_day(ports.clock()),
        lesson_figures(session, lesson_id, chosen.span),
        pages.rule,
    )
    return pages.respond(request, who, context)


@router.get("/lessons/{lesson_id}/stats/export.xlsx")
def lesson_xlsx(
    request: Request, session: Reading, ports: PortsDep, who: SignedIn, lesson_id: str, days: DaysDep
) -> Response:
    """The same as a workbook."""
    return _export_lesson(request, session, ports, who, lesson_id, days, "xlsx")


@router.get("/lessons/{lesson_id}/stats/export.csv")
def lesson_csv(
    request: Request, session: Reading, ports: PortsDep, who: SignedIn, lesson_id: str, days: DaysDep
) -> Response:
    """The same as CSV."""
    return _export_lesson(request, session, ports, who, lesson_id, days, "csv")


def _export_lesson(
    request: Request, session: Reading, ports: Ports, who: Who, lesson_id: str, days: Days, kind: str
) -> Response:
    found = catalog.lesson_for(session, who.viewer, lesson_id, Action.STATS)
    its = lesson_figures(session, lesson_id, days.chosen(ports, OF_LESSON).checked().span)
    lecturer = found.lecturer.name if found.lecturer else ""
    report = lesson_report(
        found.title, lecturer, its, people_of_days(session, lesson_id), _making(request, ports, who)
    )
    return _file(report, kind, ports)


@router.get("/stats")
def all_lessons(
    request: Request,
    session: Reading,
    ports: PortsDep,
    who: Lecturer,
    days: DaysDep,
    sort: str = "",
    page: int = 1,
) -> Response:
    """What all lessons in the viewer's scope collected: a lecturer's own, staff's below their branches."""
    pages: Pages = request.app.state.pages
    chosen, number = days.chosen(ports, OF_ALL), clean_number(page)
    its = overview(session, who.viewer, chosen.span, sort=order(sort), page=number, limit=LESSONS_PER_PAGE)
    context = overview_page(
        pages.frame(request, who),
        chosen,
        local_day(ports.clock()),
        its,
        pages.rule,
        sort=order(sort),
        page=number,
        own=only_own(who),
    )
    return pages.respond(request, who, context)


@router.get("/stats/export.xlsx")
def all_xlsx(
    request: Request, session: Reading, ports: PortsDep, who: Lecturer, days: DaysDep, sort: str = ""
) -> Response:
    """The same as a workbook, with all pages of the list."""
    return _export_all(request, session, ports, who, days, sort, "xlsx")


@router.get("/stats/export.csv")
def all_csv(
    request: Request, session: Reading, ports: PortsDep, who: Lecturer, days: DaysDep, sort: str = ""
) -> Response:
    """The same as CSV, with all pages of the list."""
    return _export_all(request, session, ports, who, days, sort, "csv")


def _export_all(
    request: Request, session: Reading, ports: Ports, who: Who, days: Days, sort: str, kind: str
) -> Response:
    span = days.chosen(ports, OF_ALL).checked().span
    its = overview(session, who.viewer, span, sort=order(sort), limit=MOST_LESSONS)
    report = overview_report(its, _making(request, ports, who), own=only_own(who))
    return _file(report, kind, ports)


def _making(request: Request, ports: Ports, who: Who) -> Making:
    pages: Pages = request.app.state.pages
    return Making(pages.rule, ports.clock(), pages.renderer.catalogue(who.language))


def _file(report: Report, kind: str, ports: Ports) -> Response:
    write, media_type = _FILES[kind]
    name = quote(f"{file_name(report.title)} {local_day(ports.clock())}.{kind}", safe="")
    headers = {
        # RFC 8187; the plain name is for whoever does not read the other.
        "content-disposition": f"attachment; filename=\"weike-stats.{kind}\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    return Response(write(report), media_type=media_type, headers=headers)
