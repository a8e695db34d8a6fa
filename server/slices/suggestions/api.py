"""Suggestions under /api/v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from library.suggestions import actions, queries
from library.suggestions.actions import Written
from library.suggestions.rules import SuggestionAction, SuggestionState
from library.suggestions.tables import Suggestion
from server.slices.suggestions.desk import simple_action
from server.slices.suggestions.routes import DoorDep
from server.slices.suggestions.shown import desk_rows, own_answer, public_rows
from server.web.deps import Answerer, ClockDep, Reading, WhoDep, Writing
from server.web.limits.fields import BlockText, LineText, WordText
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1/suggestions", tags=["suggestions"])

PageNumber = Annotated[int, Query(ge=1, le=10_000)]


class SuggestionIn(BaseModel):
    """What is suggested; `page` is the path of the page it is about, `named` puts your name to it."""

    text: BlockText
    contact: LineText = ""
    page: LineText = ""
    named: bool = False


class ReceiptOut(BaseModel):
    """With this the answer is looked up; it is told this once."""

    receipt: str


class ReceiptIn(BaseModel):
    """What was told when a suggestion was handed in."""

    receipt: WordText


class OwnOut(BaseModel):
    """Where a suggestion stands, and the answer if there is one."""

    text: str
    state: SuggestionState
    handed_in_at: datetime
    answer: str
    done: str


class PublicOut(BaseModel):
    """What everybody may read; `text` is "" where only the answer is public."""

    text: str
    answer: str
    done: str
    at: datetime
    lesson_id: str | None


class PublicListOut(BaseModel):
    """One page of what is public, the newest first."""

    total: int
    page: int
    suggestions: list[PublicOut]


class DeskOut(BaseModel):
    """A suggestion as the staff see it; `version` goes with every change of it."""

    id: str
    version: int
    state: SuggestionState
    text: str
    contact: str
    by: str
    node: str
    page: str
    lesson_id: str | None
    handed_in_at: datetime
    answer: str
    done: str
    text_shown: bool
    actions: list[SuggestionAction]


class DeskListOut(BaseModel):
    """One page of the desk."""

    total: int
    page: int
    suggestions: list[DeskOut]


class AnswerIn(BaseModel):
    """The answer, and what was done ("" nothing yet)."""

    version: int
    answer: BlockText
    done: LineText = ""


class ReleaseIn(BaseModel):
    """Whether the writer's own words become public too."""

    version: int
    with_text: bool = False


class ChangeIn(BaseModel):
    """take_back, set_aside or reopen."""

    version: int
    action: WordText


@router.post("", status_code=201)
def hand_in(session: Writing, door: DoorDep, body: SuggestionIn) -> ReceiptOut:
    """Suggest something; no account is needed (a browser's page, or a program with a token)."""
    written = Written(body.text, body.contact, body.page)
    return ReceiptOut(receipt=door.hand_in(session, written, named=body.named))


@router.get("")
def list_public(session: Reading, who: WhoDep, page: PageNumber = 1) -> PublicListOut:
    """What was answered and made public."""
    shown = queries.released(session, page)
    rows = public_rows(session, who.viewer, shown.items)
    return PublicListOut(
        total=shown.total,
        page=shown.number,
        suggestions=[
            PublicOut(
                text=row.text,
                answer=row.answer,
                done=row.done,
                at=row.at,
                lesson_id=row.lesson.id if row.lesson else None,
            )
            for row in rows
        ],
    )


@router.post("/answer")
def look_up(session: Reading, body: ReceiptIn) -> OwnOut:
    """The answer to a suggestion, by its receipt (sent in the body, so that no log has it)."""
    own = own_answer(queries.by_receipt(session, body.receipt))
    return OwnOut(
        text=own.text, state=own.state, handed_in_at=own.handed_in, answer=own.answer, done=own.done
    )


@router.get("/desk", dependencies=[reads("suggestions")])
def list_desk(
    session: Reading,
    who: Answerer,
    state: SuggestionState = SuggestionState.RECEIVED,
    page: PageNumber = 1,
) -> DeskListOut:
    """What people suggest to the nodes you staff."""
    shown = queries.of_staff(session, who.viewer, state, page)
    return DeskListOut(
        total=shown.total,
        page=shown.number,
        suggestions=[_desk_out(session, who, row) for row in shown.items],
    )


def _desk_out(session: Reading, who: Answerer, suggestion: Suggestion) -> DeskOut:
    row = desk_rows(session, who.viewer, [suggestion])[0]
    return DeskOut(
        id=row.id,
        version=row.version,
        state=row.state,
        text=row.text,
        contact=row.contact,
        by=row.by,
        node=row.node,
        page=row.about,
        lesson_id=row.lesson.id if row.lesson else None,
        handed_in_at=row.handed_in,
        answer=row.answer,
        done=row.done,
        text_shown=row.text_shown,
        actions=sorted(row.actions),
    )


@router.post("/{suggestion_id}/answer")
def answer(session: Writing, who: Answerer, clock: ClockDep, suggestion_id: str, body: AnswerIn) -> DeskOut:
    """Answer a suggestion, and say what was done."""
    said = (body.version, body.answer, body.done)
    return _desk_out(session, who, actions.answer(session, who.viewer, suggestion_id, *said, clock()))


@router.post("/{suggestion_id}/release")
def release(session: Writing, who: Answerer, clock: ClockDep, suggestion_id: str, body: ReleaseIn) -> DeskOut:
    """Let everybody read the answer."""
    row = actions.release(session, who.viewer, suggestion_id, body.version, body.with_text, clock())
    return _desk_out(session, who, row)


@router.post("/{suggestion_id}/change")
def change(session: Writing, who: Answerer, clock: ClockDep, suggestion_id: str, body: ChangeIn) -> DeskOut:
    """Take it back from the public, set it aside, or take it up again."""
    what = simple_action(body.action)
    row = actions.change(session, who.viewer, suggestion_id, body.version, what, clock())
    return _desk_out(session, who, row)
