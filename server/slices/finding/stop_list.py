"""What several people search for, as staff see it, and what they have stopped: on a page and in the API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid, NotFound
from library.finding.hits import Finder
from library.finding.suggestions import found_of
from library.people import queries as people
from library.searches import actions, queries
from library.searches.frequent_queries import FrequentQueries
from library.searches.tables import StoppedSearch
from server.slices.finding.contexts import FrequentPage, FrequentRow, StoppedRow
from server.web.deps import ClockDep, FinderDep, FrequentDep, PagesDep, Reading, SettingsDep, Staff, Writing
from server.web.limits.fields import LineForm, LineText
from server.web.pages import reason
from server.web.who import Who

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1/frequent-searches", tags=["search"])

HERE = "/frequent-searches"
_MOST_SHOWN = 60
_MOST_STOPPED = 200


class FrequentOut(BaseModel):
    """A query that is offered to others, and how many people searched for it, each day's counted anew."""

    text: str
    searchers: int


class StoppedOut(BaseModel):
    """A text that no offered query holds; lifted again when `lifted_at` is there."""

    id: str
    text: str
    stopped_by: str | None
    stopped_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None


class FrequentSearchesOut(BaseModel):
    """What is offered, the most frequent first, and the stop list with its past."""

    offered: list[FrequentOut]
    stopped: list[StoppedOut]


class NewStop(BaseModel):
    """The text that is not to be offered: the whole of a query, or what stands in it."""

    text: LineText


@router.get(HERE)
def page(
    request: Request,
    session: Reading,
    who: Staff,
    pages: PagesDep,
    finder: FinderDep,
    frequent: FrequentDep,
    settings: SettingsDep,
) -> Response:
    """What is offered to others, and what is not."""
    frame = pages.frame(request, session, who)
    return pages.respond(
        request,
        who,
        FrequentPage(
            frame=frame,
            rows=_rows(session, who, finder, frequent),
            stopped=_stopped(session),
            searchers=settings.query_searchers,
            keep_days=settings.keep_queries_days,
        ),
    )


@router.post(f"{HERE}/stop")
def stop(
    request: Request,
    session: Writing,
    who: Staff,
    pages: PagesDep,
    finder: FinderDep,
    frequent: FrequentDep,
    settings: SettingsDep,
    clock: ClockDep,
    text: LineForm = "",
) -> Response:
    """Let a text not be offered any more, from now on."""
    try:
        actions.stop(session, text, who.viewer.person_id, clock())
    except Invalid as error:
        context = FrequentPage(
            frame=pages.frame(request, session, who),
            rows=_rows(session, who, finder, frequent),
            stopped=_stopped(session),
            searchers=settings.query_searchers,
            keep_days=settings.keep_queries_days,
            typed=text,
            problem=reason(error),
        )
        return pages.respond(request, who, context, 422)
    return pages.redirect(HERE, "search_stopped")


@router.post(f"{HERE}/{{stopped_id}}/lift")
def lift(session: Writing, who: Staff, pages: PagesDep, clock: ClockDep, stopped_id: str) -> Response:
    """Let a text be offered again."""
    actions.lift(session, stopped_id, who.viewer.person_id, clock())
    return pages.redirect(HERE, "search_lifted")


@api.get("")
def listed(session: Reading, who: Staff, finder: FinderDep, frequent: FrequentDep) -> FrequentSearchesOut:
    """What is offered to others of what members search for, and what staff have stopped."""
    rows = _rows(session, who, finder, frequent)
    return FrequentSearchesOut(
        offered=[FrequentOut(text=row.text, searchers=row.searchers) for row in rows],
        stopped=[_out(row) for row in queries.stopped(session, _MOST_STOPPED)],
    )


@api.post("/stopped", status_code=201)
def new_stop(session: Writing, who: Staff, clock: ClockDep, wanted: NewStop) -> StoppedOut:
    """Stop a text: no query that holds it is offered to anybody, from the answer on."""
    return _out(actions.stop(session, wanted.text, who.viewer.person_id, clock()))


@api.delete("/stopped/{stopped_id}", status_code=204)
def no_stop(session: Writing, who: Staff, clock: ClockDep, stopped_id: str) -> None:
    """Let a text be offered again; the stop list remembers it."""
    actions.lift(session, stopped_id, who.viewer.person_id, clock())


def _out(row: StoppedSearch) -> StoppedOut:
    return StoppedOut(
        id=row.id,
        text=row.text,
        stopped_by=row.stopped_by,
        stopped_at=row.stopped_at,
        lifted_by=row.lifted_by,
        lifted_at=row.lifted_at,
    )


def _rows(session: Session, who: Who, finder: Finder, frequent: FrequentQueries) -> tuple[FrequentRow, ...]:
    """Return what is offered to this member of the staff, too: a query that finds nothing for them may name
    what they must not know of."""
    counts = frequent.counts(session)
    found = found_of(finder, frequent, session, who.viewer, list(counts)[:_MOST_SHOWN])
    return tuple(FrequentRow(text=text, searchers=counts[text], hits=hits) for text, hits in found.items())


def _stopped(session: Session) -> tuple[StoppedRow, ...]:
    rows = queries.stopped(session, _MOST_STOPPED)
    names = {by: _name(session, by) for row in rows for by in (row.stopped_by, row.lifted_by) if by}
    return tuple(
        StoppedRow(
            id=row.id,
            text=row.text,
            by=names.get(row.stopped_by or "", ""),
            at=row.stopped_at,
            lifted_by=names.get(row.lifted_by or "", ""),
            lifted_at=row.lifted_at,
        )
        for row in rows
    )


def _name(session: Session, person_id: str) -> str:
    try:
        return people.person(session, person_id).name
    except NotFound:
        return ""
