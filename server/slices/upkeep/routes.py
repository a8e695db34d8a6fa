"""Space, the queue and licences on pages."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.clock import Clock
from library.core.errors import Conflict, Invalid, NotFound
from library.hearing import queries as hearing
from library.intake import actions as intake_actions
from library.intake import queries as intake
from library.intake.rules import BUSY, RETRIABLE, RecordingState
from library.upkeep import actions, queries
from library.upkeep.queries import Measured
from library.upkeep.rules import Sum, Task, forecast
from server.settings import Settings
from server.slices.upkeep import parts_list
from server.slices.upkeep.contexts import (
    JobRow,
    JobsPage,
    LicencePage,
    LicencesPage,
    PartRow,
    SpaceRow,
    StoragePage,
    WorkerRow,
)
from server.web.deps import Admin, ClockDep, PagesDep, Reading, SettingsDep, SystemChanger, Writing
from server.web.limits.fields import WordForm, WordQuery
from server.web.pages import pager
from server.web.parts import Frame, LessonRef, Reason

router = APIRouter(include_in_schema=False)

STORAGE, JOBS, LICENCES = "/system/storage", "/system/jobs", "/system/licences"
_PER_PAGE = 50
RETRIED_MOST = 200
"""Recordings that one press of "all again" begins anew: each is written in the same transaction."""
_SHOWN = (*BUSY, RecordingState.RECEIVING, *RETRIABLE)


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


# ---------------------------------------------------------------------- the queue


@router.get(JOBS)
def jobs(
    request: Request,
    session: Reading,
    who: Admin,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    state: WordQuery = "",
    page: int = 1,
) -> Response:
    """What is at work, what waits and what failed, of the whole house."""
    wanted = tuple(one for one in _SHOWN if one == state) or (*BUSY, *RETRIABLE)
    found = intake.queue(session, wanted, page, _PER_PAGE)
    works = intake.works(session, [line.recording.lesson_id for line in found.items])
    silent = timedelta(seconds=settings.worker_dead_after_s)
    now, counts = clock(), intake.count_by_state(session)
    context = JobsPage(
        frame=pages.frame(request, session, who),
        rows=tuple(
            JobRow(
                lesson=LessonRef(id=line.recording.lesson_id, title=line.title),
                state=line.recording.state,
                percent=works[line.recording.lesson_id][1].percent,
                who=line.who,
                file_name=line.recording.file_name,
                size_bytes=line.recording.size_bytes,
                since=line.recording.created_at,
                reason=Reason(code=line.recording.reason, args=line.recording.reason_args or {})
                if line.recording.reason
                else None,
                may_retry=line.recording.state in (RecordingState.FAILED, RecordingState.CANCELLED),
                may_cancel=line.recording.state in BUSY,
            )
            for line in found.items
        ),
        counts=tuple((one, counts[one]) for one in _SHOWN),
        state=state if len(wanted) == 1 else "",
        pager=pager(found, JOBS, state=state),
        workers=tuple(
            WorkerRow(name=one.name, at=one.at, silent=now - one.at > silent)
            for one in intake.workers_seen(session)
        ),
        speech=tuple(hearing.counts(session).items()),
    )
    return pages.respond(request, who, context)


@router.post(JOBS + "/retry")
def retry_all(session: Writing, who: SystemChanger, pages: PagesDep) -> Response:
    """Begin all anew that failed, the oldest first."""
    failed = intake.in_state(session, RecordingState.FAILED)[:RETRIED_MOST]
    if not failed:
        raise Conflict("nothing_to_retry")
    for recording in failed:
        intake_actions.retry(session, recording)
    return pages.redirect(JOBS, "retrying")


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
