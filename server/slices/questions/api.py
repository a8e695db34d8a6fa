"""Questions to lecturers under /api/v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from library.catalog import queries as catalog
from library.questions import actions, queries
from library.questions.actions import Answer, Asked
from library.questions.queries import Told
from library.questions.rules import QuestionState
from library.questions.tables import Question
from server.slices.questions.contexts import QuestionRow
from server.slices.questions.shown import question_row, question_rows
from server.web.deps import ClockDep, PagesDep, QuestionAnswerer, Reading, SignedIn, WhoDep, Writing
from server.web.limits.fields import BlockText, WordQuery
from server.web.pages import Pages

router = APIRouter(prefix="/api/v1", tags=["questions"])

PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Second = Annotated[float, Field(ge=0, lt=100_000)]


class QuestionIn(BaseModel):
    """What you ask at a second of a clip; `named`: others may read who asked, once it is published."""

    at_s: Second
    text: BlockText
    named: bool = False


class AnswerIn(BaseModel):
    """An answer; `version` is the one that you know. `said_at_s` is the second of the whole lecture where it
    is said; `published`: for all who see the lesson, else for the asker alone."""

    version: int
    text: BlockText
    said_at_s: Second | None = None
    published: bool = True


class DeclineIn(BaseModel):
    """Why a question is not answered; `version` is the one that you know."""

    version: int
    reason: BlockText


class QuestionOut(BaseModel):
    """A question as you may read it. `asker` is "" for who did not agree to be named, `own`: yours. `url` and
    `at_s` are where its second plays by now, `said_url` and `said_at_s` where the answer is said."""

    id: str
    version: int
    state: QuestionState
    text: str
    asker: str
    own: bool
    lesson: str
    title: str
    url: str
    at_s: float | None
    answer: str
    said_url: str
    said_at_s: float | None
    reason: str
    asked_at: datetime
    answered_at: datetime | None


class QuestionsOut(BaseModel):
    """One page of questions."""

    total: int
    page: int
    questions: list[QuestionOut]


@router.get("/clips/{clip_id}/questions")
def list_at_clip(
    session: Reading, who: WhoDep, pages: PagesDep, clip_id: str, page: PageNumber = 1
) -> QuestionsOut:
    """What is asked at the seconds of a clip, in their order: what is published, and what is yours; all of
    it, where you answer."""
    clip = catalog.clip_for(session, who.viewer, clip_id)
    found = queries.of_clip(session, who.viewer, clip, page)
    rows = question_rows(found.items, who.viewer, catalog.lesson(session, clip.lesson_id))
    return QuestionsOut(total=found.total, page=found.number, questions=[_out(row, pages) for row in rows])


@router.post("/clips/{clip_id}/questions", status_code=201)
def ask(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, clip_id: str, body: QuestionIn
) -> QuestionOut:
    """Ask the lecturer at a second of a clip."""
    clip = catalog.clip_for(session, who.viewer, clip_id)
    asked = Asked(body.at_s, body.text, body.named)
    row = actions.ask(session, who.viewer, clip, asked, clock())
    told = Told(row, who.viewer.name if row.named else "")
    return _out(question_row(told, who.viewer, catalog.lesson(session, clip.lesson_id)), pages)


@router.get("/questions/mine")
def list_own(session: Reading, who: SignedIn, pages: PagesDep, page: PageNumber = 1) -> QuestionsOut:
    """What you asked, the newest first."""
    found = queries.mine(session, who.viewer, page)
    rows = question_rows(found.items, who.viewer)
    return QuestionsOut(total=found.total, page=found.number, questions=[_out(row, pages) for row in rows])


@router.delete("/questions/{question_id}", status_code=204)
def withdraw(session: Writing, who: SignedIn, question_id: str) -> None:
    """Take a question of yours back, with its answer."""
    actions.withdraw(session, who.viewer, question_id)


@router.get("/questions/desk")
def list_desk(
    session: Reading, who: QuestionAnswerer, pages: PagesDep, state: WordQuery = "open", page: PageNumber = 1
) -> QuestionsOut:
    """What is asked about the lessons that you answer for; what waits the oldest first."""
    chosen = QuestionState(state) if state in tuple(QuestionState) else QuestionState.OPEN
    found = queries.desk(session, who.viewer, chosen, page)
    rows = question_rows(found.items, who.viewer)
    return QuestionsOut(total=found.total, page=found.number, questions=[_out(row, pages) for row in rows])


@router.post("/questions/{question_id}/answer")
def answer(
    session: Writing,
    who: QuestionAnswerer,
    pages: PagesDep,
    clock: ClockDep,
    question_id: str,
    body: AnswerIn,
) -> QuestionOut:
    """Answer a question, or answer it better."""
    given = Answer(body.text, body.said_at_s, body.published)
    row = actions.answer(session, who.viewer, question_id, body.version, given, clock())
    return _answered(session, who, pages, row)


@router.post("/questions/{question_id}/decline")
def decline(
    session: Writing,
    who: QuestionAnswerer,
    pages: PagesDep,
    clock: ClockDep,
    question_id: str,
    body: DeclineIn,
) -> QuestionOut:
    """Do not answer a question, and say why."""
    row = actions.decline(session, who.viewer, question_id, body.version, body.reason, clock())
    return _answered(session, who, pages, row)


def _answered(session: Writing, who: QuestionAnswerer, pages: Pages, row: Question) -> QuestionOut:
    told = queries.told(session, row)
    return _out(question_row(told, who.viewer, told.lesson), pages)


def _out(row: QuestionRow, pages: Pages) -> QuestionOut:
    return QuestionOut(
        id=row.id,
        version=row.version,
        state=row.state,
        text=row.text,
        asker=row.asker,
        own=row.own,
        lesson=row.lesson_id,
        title=row.lesson,
        url=pages.at(row.url) if row.url else "",
        at_s=row.at_s,
        answer=row.answer,
        said_url=pages.at(row.said_url) if row.said_url else "",
        said_at_s=row.said_s,
        reason=row.reason,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
    )
