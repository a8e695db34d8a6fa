"""Exemptions under /api/v1 (不计入应到): who is left out of who is due, and until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from library.core.clock import local_day
from library.core.errors import NotFound
from library.people.belonging import exemption_queries, exemptions, histories
from library.people.rules import ExemptionReason
from server.slices.people.belonging_json import person_object
from server.slices.people.members_routes import kept
from server.slices.people.person_desk import check_keeps
from server.web.deps import ClockDep, Reading, Secretary, Writing
from server.web.limits.fields import WordText
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1", tags=["people"])


class ExemptIn(BaseModel):
    """Why somebody is left out, from which day on (today), and the first day on which they are due again."""

    reason: ExemptionReason
    since: date | None = None
    until: date | None = None


class ExemptEndIn(BaseModel):
    """An exemption, and the first day on which it holds no more (today)."""

    exemption: WordText
    day: date | None = None


@router.get("/organisation/nodes/{node_id}/exemptions", dependencies=[reads("members")])
def list_exemptions(
    session: Reading,
    who: Secretary,
    clock: ClockDep,
    node_id: str,
    day: date | None = None,
    below: bool = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> dict[str, Any]:
    """Who of a node is left out on a day (today), fifty a page; with `below` of all nodes below it too.

    All exemptions of one person are told with the person.
    """
    node = kept(session, who.viewer, node_id)
    on = day or local_day(clock())
    shown = exemption_queries.exempt_on(session, node.id, on, page, below=below)
    return {
        "day": on.isoformat(),
        "total": shown.total,
        "page": shown.number,
        "exemptions": [
            {
                "id": one.id,
                "person": {"id": one.person_id, "username": one.username, "name": one.name},
                "reason": str(one.reason),
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in shown.items
        ],
    }


@router.post("/people/{person_id}/exempt")
def post_exempt(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: ExemptIn
) -> dict[str, Any]:
    """Leave somebody out of who is due; both days may lie ahead. Doing it again changes nothing."""
    check_keeps(who.viewer, histories.history_for(session, who.viewer, person_id))
    now = clock()
    first = body.since or local_day(now)
    exemptions.exempt(session, person_id, body.reason, first, body.until, now, who.viewer.person_id)
    return person_object(histories.history_of(session, person_id))


@router.post("/people/{person_id}/exempt/end")
def post_exempt_end(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: ExemptEndIn
) -> dict[str, Any]:
    """Count somebody again among who is due."""
    history = histories.history_for(session, who.viewer, person_id)
    check_keeps(who.viewer, history)
    if body.exemption not in {one.id for one in history.exemptions}:
        raise NotFound
    exemptions.end(session, body.exemption, body.day or local_day(clock()), who.viewer.person_id)
    return person_object(histories.history_of(session, person_id))
