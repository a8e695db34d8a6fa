"""Who has a lesson's words open, so that two who correct at once know of each other."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.studio import actions, queries
from server.web.deps import ClockDep, WhoDep, Writing
from server.web.limits.fields import WordText

router = APIRouter()


class WindowIn(BaseModel):
    """A window by the name that it gave itself (8 to 16 letters, digits); `leaving`: it is being closed."""

    window: WordText
    leaving: bool = False


class OtherOut(BaseModel):
    """Somebody else who has the words open, and since when; `own`: the same person, in another window."""

    name: str
    since: datetime
    own: bool


class EditorsOut(BaseModel):
    """Who else has the words of a lesson open at this moment, whoever came first before the others."""

    others: list[OtherOut]


@router.post("/api/v1/lessons/{lesson_id}/transcript/editors", tags=["transcripts"])
def note_editor(session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str, body: WindowIn) -> EditorsOut:
    """Say that one has a lesson's words open, twice a minute, and learn who else has (its owner, the staff).

    Nobody is kept out: what two write at once is put together, or both are asked.
    """
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    person_id, now = str(who.viewer.person_id), clock()
    if body.leaving:
        actions.forget_editor(session, lesson.id, body.window, person_id)
        return EditorsOut(others=[])
    actions.note_editor(session, lesson, body.window, person_id, now)
    others = queries.other_editors(session, lesson.id, body.window, person_id, now)
    return EditorsOut(others=[OtherOut(name=one.name, since=one.since, own=one.own) for one in others])
