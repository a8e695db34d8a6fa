"""The lines of a record under /api/v1: what several people write at once."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from library.core.errors import Invalid
from library.records import actions, queries
from library.records.actions import Desk
from library.records.rules import LineDraft, LinePart, RecordState
from server.slices.screening.presenting import kind_of, line_views, readable
from server.web.deps import ClockDep, Reading, SettingsDep, SignedIn, Writing
from server.web.limits.fields import BlockText, LineText, WordText

router = APIRouter(prefix="/api/v1/gatherings/{gathering_id}/record", tags=["gatherings"])

_LINE_ID = re.compile(r"[0-9a-z-]{8,36}")


class LineOut(BaseModel):
    """A line that was written. `beside`: two wrote it at once, and this one stands next to that one."""

    id: str
    part: LinePart
    speaker: str
    text: str
    version: int
    beside: str


class RecordOut(BaseModel):
    """The lines of a record, part by part in their order; None while nothing has changed since `since`."""

    version: int
    state: RecordState
    signed: int
    lines: list[LineOut] | None


class LineIn(BaseModel):
    """A line as somebody writes it; `version` is that of the line as they saw it, 0 for a new one, `after`
    the line before a new one."""

    part: LinePart
    text: BlockText
    speaker: LineText = ""
    after: WordText | None = None
    version: Annotated[int, Field(ge=0)] = 0


class PutOut(BaseModel):
    """Where what was written stands: under `id`. `beside`: in another line than was meant, since somebody had
    changed that one."""

    id: str
    version: int
    beside: bool


@router.get("")
def read(
    session: Reading, who: SignedIn, settings: SettingsDep, gathering_id: str, since: int = -1
) -> RecordOut:
    """The lines of a record, if it has changed since the version that is known."""
    gathering, _facts = readable(session, who.viewer, gathering_id)
    known = queries.standing(session, gathering, kind_of(gathering, settings))
    lines = None
    if known.version != since:
        lines = [
            LineOut(
                id=one.id,
                part=one.part,
                speaker=one.speaker,
                text=one.text,
                version=one.version,
                beside=one.beside,
            )
            for one in line_views(session, gathering_id)
        ]
    return RecordOut(version=known.version, state=known.state, signed=known.signed, lines=lines)


@router.put("/lines/{line_id}")
def put(
    session: Writing,
    who: SignedIn,
    settings: SettingsDep,
    clock: ClockDep,
    gathering_id: str,
    line_id: str,
    body: LineIn,
) -> PutOut:
    """Write a line. Its id is made by whoever writes; what is sent again is known again."""
    if not _LINE_ID.fullmatch(line_id):
        raise Invalid("record_line_id")
    gathering, _facts = readable(session, who.viewer, gathering_id)
    desk = Desk(who.viewer, clock(), kind_of(gathering, settings))
    draft = LineDraft(body.part, body.speaker, body.text, body.after)
    done = actions.put_line(session, desk, gathering_id, line_id, draft, body.version)
    return PutOut(id=done.line_id, version=done.version, beside=done.beside)


@router.post("/lines/{line_id}/keep", status_code=204)
def keep(
    session: Writing, who: SignedIn, settings: SettingsDep, clock: ClockDep, gathering_id: str, line_id: str
) -> None:
    """Let both lines stay that were written at once."""
    gathering, _facts = readable(session, who.viewer, gathering_id)
    actions.keep_line(session, Desk(who.viewer, clock(), kind_of(gathering, settings)), gathering_id, line_id)


@router.delete("/lines/{line_id}", status_code=204)
def take(
    session: Writing,
    who: SignedIn,
    settings: SettingsDep,
    clock: ClockDep,
    gathering_id: str,
    line_id: str,
    version: int = 0,
) -> None:
    """Take a line out, as it was seen."""
    gathering, _facts = readable(session, who.viewer, gathering_id)
    desk = Desk(who.viewer, clock(), kind_of(gathering, settings))
    actions.take_line(session, desk, gathering_id, line_id, version)
