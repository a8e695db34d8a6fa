"""The calendar of the gatherings that concern somebody, for the program of a phone."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.core.errors import NotFound
from library.gatherings import queries
from library.gatherings.rules import GatheringState
from server.slices.feeds.calendar import TYPE, Meeting, to_calendar
from server.slices.feeds.feeds import says
from server.slices.feeds.reading import ReaderDep, answer
from server.web.deps import AddressDep, ClockDep, PagesDep
from server.web.language.i18n import N_

router = APIRouter(include_in_schema=False, prefix="/feeds/{key}")

BACK = timedelta(weeks=26)
"""How far back a calendar reaches; it has all that is still to come."""


@router.get("/gatherings.ics")
def gatherings(
    request: Request, reader: ReaderDep, pages: PagesDep, clock: ClockDep, site: AddressDep
) -> Response:
    """The reader's gatherings of half a year and all that come; raises NotFound for everybody's link: who
    meets when is told to those whom it concerns."""
    if not reader.is_private:
        raise NotFound
    found = queries.around(reader.session, reader.viewer, clock() - BACK)
    host = urlsplit(site).hostname or "weike"
    meetings = [
        Meeting(
            uid=f"gathering-{one.id}@{host}",
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            title=one.title,
            place=one.place,
            text=one.agenda,
            url=f"{site}/gatherings/{one.id}",
            changed_at=one.changed_at,
            version=one.version,
            cancelled=one.state is GatheringState.CANCELLED,
        )
        for one in found[: queries.MOST_AROUND]
    ]
    name = says(pages, reader, N_("我的集中学习"))
    if len(found) > queries.MOST_AROUND:
        left_out = says(pages, reader, N_("最早的没有列出"))
        name = f"{name}（{left_out}）"
    return answer(request, reader, to_calendar(name, meetings), TYPE)
