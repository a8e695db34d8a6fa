"""Who is a member of a committee (班子成员), under /api/v1: from when, and until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from library.core.clock import local_day
from library.core.errors import NotFound
from library.people.belonging import committees, histories
from server.slices.people.belonging_json import person_object
from server.slices.people.person_desk import check_keeps
from server.web.deps import ClockDep, Secretary, Writing
from server.web.limits.fields import WordText

router = APIRouter(prefix="/api/v1", tags=["people"])


class TermIn(BaseModel):
    """From which day on somebody is a member of a committee (today), and the first day on which no more."""

    since: date | None = None
    until: date | None = None


class TermEndIn(BaseModel):
    """A term, and the first day on which it holds no more (today)."""

    term: WordText
    day: date | None = None


@router.post("/people/{person_id}/committee")
def post_committee(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: TermIn
) -> dict[str, Any]:
    """Note that somebody is a member of a committee: the hours of one are asked of them. Doing it again
    changes nothing; the person is answered, with all their terms under `committee`."""
    check_keeps(who.viewer, histories.history_for(session, who.viewer, person_id))
    now = clock()
    first = body.since or local_day(now)
    committees.begin(session, person_id, first, body.until, now, who.viewer.person_id)
    return person_object(histories.history_of(session, person_id))


@router.post("/people/{person_id}/committee/end")
def post_committee_end(
    session: Writing, who: Secretary, clock: ClockDep, person_id: str, body: TermEndIn
) -> dict[str, Any]:
    """Note that somebody is a member of a committee no more."""
    history = histories.history_for(session, who.viewer, person_id)
    check_keeps(who.viewer, history)
    if body.term not in {one.id for one in history.terms}:
        raise NotFound
    committees.end(session, body.term, body.day or local_day(clock()), who.viewer.person_id)
    return person_object(histories.history_of(session, person_id))
