"""Everything that somebody waits for, on a page: begun again or given up there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from library.core.errors import NotFound
from library.core.rights import Act, allowed
from library.intake import queries as intake
from library.upkeep import again, waiting
from library.upkeep.waiting import Kind, Line, Standing
from server.slices.upkeep.contexts import JobRow, JobsPage, WorkerRow
from server.web.deps import Admin, ClockDep, PagesDep, Reading, SettingsDep, SystemChanger, Writing
from server.web.limits.fields import WordQuery
from server.web.pages import pager
from server.web.parts import LessonRef, Reason

router = APIRouter(include_in_schema=False)

JOBS = "/system/jobs"
_PER_PAGE = 50


@router.get(JOBS)
def jobs(
    request: Request,
    session: Reading,
    who: Admin,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    kind: WordQuery = "",
    state: WordQuery = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """What is at work, what waits and what failed, of the whole house."""
    now = clock()
    wanted = Kind(kind) if kind in tuple(Kind) else None
    standing = Standing(state) if state in tuple(Standing) else None
    found = waiting.lines(session, now, wanted, standing, page, _PER_PAGE)
    counts = waiting.counts(session, now)
    kinds: Counter[Kind] = Counter()
    states: Counter[Standing] = Counter()
    for (one, how), n in counts.items():
        kinds[one] += n
        if wanted in (None, one):
            states[how] += n
    silent = timedelta(seconds=settings.worker_dead_after_s)
    context = JobsPage(
        frame=pages.frame(request, session, who),
        rows=tuple(map(row_of, found.items)),
        kinds=tuple((one, kinds[one]) for one in Kind),
        states=tuple((one, states[one]) for one in Standing),
        kind=str(wanted or ""),
        state=str(standing or ""),
        pager=pager(found, JOBS, kind=str(wanted or ""), state=str(standing or "")),
        total=kinds.total(),
        failed=counts.get((Kind.RECORDING, Standing.FAILED), 0),
        may_change=allowed(who.viewer, Act.SYSTEM_CHANGE),
        workers=tuple(
            WorkerRow(name=one.name, at=one.at, silent=now - one.at > silent)
            for one in intake.workers_seen(session)
        ),
    )
    return pages.respond(request, who, context)


def row_of(line: Line) -> JobRow:
    """Return a line as it is shown."""
    return JobRow(
        kind=line.kind,
        id=line.id,
        standing=line.standing,
        since=line.since,
        lesson=LessonRef(id=line.lesson_id, title=line.title) if line.lesson_id else None,
        about=line.about if line.kind is not Kind.LETTER else "",
        what=line.about if line.kind is Kind.LETTER else "" if line.lesson_id else line.title,
        who=line.who,
        size_bytes=line.size_bytes,
        percent=line.percent,
        reason=Reason(code=line.reason, args=line.reason_args) if line.reason else None,
        tries=line.tries,
        next_at=line.next_at,
        may_retry=line.may_retry,
        may_give_up=line.may_give_up,
    )


@router.post(JOBS + "/retry")
def retry_all(session: Writing, who: SystemChanger, pages: PagesDep) -> Response:
    """Begin all recordings anew that failed, the oldest first; where they are too many it says so."""
    if again.retry_failed(session, who.viewer):
        return pages.redirect(JOBS, "retrying")
    return pages.redirect(JOBS, "retrying_part", kind="notice")


@router.post(JOBS + "/{kind}/{its_id}/retry")
def retry(
    session: Writing, who: SystemChanger, pages: PagesDep, clock: ClockDep, kind: str, its_id: str
) -> Response:
    """Begin one again, or let a letter be tried now; twice is once."""
    changed = again.retry(session, who.viewer, kind_meant(kind), its_id, clock())
    return pages.redirect(
        JOBS, "retrying" if changed else "retrying_already", kind="done" if changed else "notice"
    )


@router.post(JOBS + "/{kind}/{its_id}/give-up")
def give_up(
    session: Writing, who: SystemChanger, pages: PagesDep, clock: ClockDep, kind: str, its_id: str
) -> Response:
    """Give one up."""
    again.give_up(session, who.viewer, kind_meant(kind), its_id, clock())
    return pages.redirect(JOBS, "given_up")


def kind_meant(text: str) -> Kind:
    """Return what a path names; raises NotFound."""
    if text not in tuple(Kind):
        raise NotFound
    return Kind(text)
