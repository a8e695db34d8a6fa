"""Making calls under /api/v1: made, changed, moved on, given up."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from library.calls import actions, queries
from library.calls.demands import Demanded, Demands, Subtitles
from library.calls.rules import CallDraft, Criterion, StageAction
from library.catalog.rules import GENRES, Genre
from library.core.text import clean_line, name_key
from server.slices.calls.api import CallOut, call_out
from server.slices.calls.door import CallsDoor
from server.web.deps import Caller, Writing
from server.web.limits.fields import BlockText, LineText, WordText
from server.web.limits.sizes import ITEMS

router = APIRouter(prefix="/api/v1", tags=["calls"])

Door = Annotated[CallsDoor, Depends()]


class DemandsIn(BaseModel):
    """What the machine looks at, each "no", "wish" or "must"; seconds, lines, frames a second, LUFS."""

    duration: Demanded = Demanded.NO
    height: Demanded = Demanded.NO
    fps: Demanded = Demanded.NO
    bars: Demanded = Demanded.NO
    sound: Demanded = Demanded.NO
    loudness: Demanded = Demanded.NO
    subtitles: Demanded = Demanded.NO
    least_s: int = 0
    most_s: int = 600
    lines: int = 1080
    least_fps: int = 25
    lufs: float = -16.0
    within_lu: float = 2.0
    quality: Subtitles = Subtitles.TIMED


class CriterionIn(BaseModel):
    """What judges look at, and its weight."""

    name: LineText
    weight: int


class CallIn(BaseModel):
    """A call; days are Chinese and count as a whole.

    `categories` are genres by code or name, and names of the call's own. `node` is the id of whose call it
    is, "" for the topmost where you may call (only when it is made). `version` is that of the call you read;
    without it nobody looks whether somebody else changed it meanwhile.
    """

    title: LineText
    opens_on: date
    closes_on: date
    judged_until: date
    results_on: date
    node: WordText = ""
    text: BlockText = ""
    body: LineText = ""
    categories: Annotated[list[LineText], Field(max_length=ITEMS)] = [str(one) for one in Genre]
    quota: int | None = None
    demands: DemandsIn = DemandsIn()
    criteria: Annotated[list[CriterionIn], Field(max_length=ITEMS)] = []
    scale: int = 100
    blind: bool = False
    trimmed: bool = False
    version: int | None = None

    def draft(self) -> CallDraft:
        """Return the call that is meant; the library says what is wrong with it."""
        own = [clean_line(one) for one in self.categories]
        return CallDraft(
            title=self.title,
            text=self.text,
            body=self.body,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            judged_until=self.judged_until,
            results_on=self.results_on,
            categories=tuple(str(GENRES.get(name_key(one), one)) for one in own if one),
            quota=self.quota,
            demands=Demands(**self.demands.model_dump()),
            criteria=tuple(Criterion(one.name, one.weight) for one in self.criteria),
            scale=self.scale,
            blind=self.blind,
            trimmed=self.trimmed,
        )


class MoveIn(BaseModel):
    """Where a call goes next."""

    action: StageAction
    version: int | None = None


@router.post("/calls", status_code=201)
def post_call(door: Door, who: Caller, session: Writing, body: CallIn) -> CallOut:
    """Make a call, as a draft."""
    within = queries.outermost(door.viewer)
    at = body.node or (within[0] if within else "")
    return call_out(actions.make(session, door.viewer, at, body.draft(), door.clock()))


@router.put("/calls/{call_id}")
def put_call(door: Door, who: Caller, session: Writing, call_id: str, body: CallIn) -> CallOut:
    """Change a call; the same again changes nothing."""
    return call_out(actions.change(session, door.viewer, call_id, body.version, body.draft(), door.clock()))


@router.post("/calls/{call_id}/move")
def move_call(door: Door, who: Caller, session: Writing, call_id: str, body: MoveIn) -> CallOut:
    """Move a call on."""
    return call_out(actions.move(session, door.viewer, call_id, body.version, body.action, door.clock()))


@router.delete("/calls/{call_id}", status_code=204)
def delete_call(door: Door, who: Caller, session: Writing, call_id: str, version: int | None = None) -> None:
    """Give up a draft."""
    actions.remove(session, door.viewer, call_id, version)
