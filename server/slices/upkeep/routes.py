"""Space, the queue and licences on pages."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.clock import Clock
from library.core.errors import Invalid, NotFound
from library.upkeep import actions, queries, unfit
from library.upkeep.queries import Measured
from library.upkeep.rules import Sum, Task, forecast
from server.settings import Settings
from server.slices.upkeep import parts_list
from server.slices.upkeep.contexts import (
    LicencePage,
    LicencesPage,
    PartRow,
    SpaceRow,
    StoragePage,
)
from server.web.deps import Admin, ClockDep, PagesDep, Reading, SettingsDep, SystemChanger, Writing
from server.web.limits.fields import WordForm, WordQuery
from server.web.parts import Frame, LessonRef, Reason

router = APIRouter(include_in_schema=False)

STORAGE, LICENCES = "/system/storage", "/system/licences"


# ---------------------------------------------------------------------- space


@router.get(STORAGE)
def storage(
    request: Request, session: Reading, who: Admin, pages: PagesDep, settings: SettingsDep, clock: ClockDep
) -> Response:
    """What takes space, what will, and what can go."""
    frame = pages.frame(request, session, who)
    return pages.respond(request, who, _storage(session, frame, settings, clock))


def _storage(session: Session, frame: Frame, settings: Settings, clock: Clock) -> StoragePage:
    swept = queries.last(session, Task.SWEEP)
    measured, last = queries.latest(session), queries.last(session, Task.MEASURE)
    more: dict[str, object] = {
        "waiting": tuple(one.task.value for one in queries.waiting(session)),
        "failed": next(
            (Reason(code=one.reason) for one in (last, swept) if one is not None and one.reason), None
        ),
        "swept": (swept.done_at, swept.figures["files"], swept.figures["size_bytes"])
        if swept is not None and swept.figures and swept.done_at
        else None,
        "sweep_after_h": settings.sweep_after_h,
        "keep_replaced_days": settings.keep_replaced_days,
        "unfit": unfit.sums(session),
    }
    if measured is None:
        return StoragePage(frame=frame, at=None, **more)  # type: ignore[arg-type]
    return _measured(session, frame, measured, settings, clock, more)


def _measured(
    session: Session,
    frame: Frame,
    measured: Measured,
    settings: Settings,
    clock: Clock,
    more: dict[str, object],
) -> StoragePage:
    figures = measured.figures
    room = figures.free_bytes - settings.keep_free_bytes
    coming = forecast(queries.totals(session, clock()), measured.at, figures.total, room)
    titles = dict(catalog.titles_of(session, [lesson for lesson, _ in figures.lessons]))
    goes = _rows(figures.goes)
    return StoragePage(
        frame=frame,
        at=measured.at,
        rows=_rows(figures.kinds),
        total=figures.total,
        lessons=tuple(
            (LessonRef(id=lesson, title=titles.get(lesson, "")), size) for lesson, size in figures.lessons
        ),
        goes=goes,
        goes_bytes=sum(row.size_bytes for row in goes),
        free_bytes=figures.free_bytes,
        disk_bytes=figures.disk_bytes,
        far=figures.far,
        bytes_a_day=coming.bytes_a_day if coming else None,
        days_left=coming.days if coming and not figures.far else None,
        seconds=figures.seconds,
        refused=Reason(code=figures.refused) if figures.refused else None,
        **more,  # type: ignore[arg-type]
    )


def _rows(sums: object) -> tuple[SpaceRow, ...]:
    told: dict[str, Sum] = dict(sums)  # type: ignore[call-overload]
    total = sum(one.size_bytes for one in told.values()) or 1
    rows = [
        SpaceRow(kind=kind, count=one.count, size_bytes=one.size_bytes, share=one.size_bytes / total)
        for kind, one in told.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.size_bytes))


@router.post(STORAGE + "/measure")
def measure(session: Writing, who: SystemChanger, pages: PagesDep, clock: ClockDep) -> Response:
    """Ask a worker to look now."""
    asked = actions.ask(session, who.viewer.person_id, Task.MEASURE, clock())
    return pages.redirect(STORAGE, "upkeep_asked" if asked else "upkeep_waits", kind="notice")


@router.post(STORAGE + "/sweep")
def sweep(
    session: Writing, who: SystemChanger, pages: PagesDep, clock: ClockDep, confirm: WordForm = ""
) -> Response:
    """Ask a worker to take away what belongs to nobody any more."""
    if confirm != "yes":
        raise Invalid("upkeep_confirm", field="confirm")
    asked = actions.ask(session, who.viewer.person_id, Task.SWEEP, clock())
    return pages.redirect(STORAGE, "upkeep_asked" if asked else "upkeep_waits", kind="notice")


# ---------------------------------------------------------------------- licences


@router.get(LICENCES)
def licences(request: Request, session: Reading, who: Admin, pages: PagesDep, q: WordQuery = "") -> Response:
    """The parts of which this is made, and under which licences."""
    known = parts_list.parts()
    asked = q.strip().lower()
    context = LicencesPage(
        frame=pages.frame(request, session, who),
        rows=tuple(_part(one) for one in known if asked in f"{one.name} {one.licence}".lower()),
        total=len(known),
        q=q,
        listed=parts_list.is_listed(),
    )
    return pages.respond(request, who, context)


@router.get(LICENCES + "/{origin}/{name:path}")
def licence(
    request: Request, session: Reading, who: Admin, pages: PagesDep, origin: str, name: str
) -> Response:
    """The texts that a part brings."""
    found = parts_list.part(origin, name)
    if found is None:
        raise NotFound
    context = LicencePage(
        frame=pages.frame(request, session, who),
        part=_part(found),
        texts=tuple((file.name, parts_list.text_of(file)) for file in found.texts),
    )
    return pages.respond(request, who, context)


def _part(one: parts_list.Part) -> PartRow:
    return PartRow(
        name=one.name,
        version=one.version,
        origin=one.origin,
        licence=one.licence,
        has_text=bool(one.texts),
    )
