"""Asking a lecturer at a second, what was answered, and the desk where it is done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.errors import Invalid, NotFound, SignInNeeded, Throttled
from library.questions import actions, queries, rules
from library.questions.actions import Answer, Asked
from library.questions.permits import may_answer
from library.questions.rules import QuestionState
from server.slices.questions.contexts import (
    OwnQuestionsPage,
    QuestionRow,
    QuestionsDeskPage,
    QuestionsPage,
)
from server.slices.questions.shown import question_rows
from server.web.deps import (
    ClockDep,
    DatabaseDep,
    PagesDep,
    QuestionAnswerer,
    Reading,
    SignedIn,
    WhoDep,
)
from server.web.errors import headers_of
from server.web.form_door import FormDoor
from server.web.forms.numbers import number_of, page_of, version_of
from server.web.forms.seconds import read_second
from server.web.limits.fields import BlockForm, WordForm, WordQuery
from server.web.pages import pager
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

LIMITS = (rules.OPEN_OF_ONE, rules.A_DAY)


class QuestionsDoor(FormDoor):
    """Who asks or answers; whoever has no account reads what is published."""

    def __init__(
        self, request: Request, who: WhoDep, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        super().__init__(request, who, pages, clock, db)

    def at_clip(
        self,
        session: Session,
        clip_id: str,
        *,
        at: str = "",
        page: int = 1,
        refused: RefusedForm | None = None,
    ) -> QuestionsPage:
        """Return the page of what is asked at a clip; raises as catalog.clip_for does."""
        clip = catalog.clip_for(session, self.viewer, clip_id)
        lesson = catalog.lesson(session, clip.lesson_id)
        shown = queries.of_clip(session, self.viewer, clip, page)
        return QuestionsPage(
            frame=self.frame(session),
            clip_id=clip.id,
            n=clip.n,
            lesson=lesson.title,
            rows=question_rows(shown.items, self.viewer, lesson),
            pager=pager(shown, f"/clips/{clip.id}/questions"),
            may_ask=self.viewer.signed_in and lesson.state is LessonState.PUBLISHED,
            answers=may_answer(self.viewer, catalog.facts(lesson)),
            at_s=_second(at),
            text_max=rules.TEXT_MAX,
            limits=LIMITS,
            refused=refused,
        )

    def desk(
        self,
        session: Session,
        *,
        state: QuestionState = QuestionState.OPEN,
        page: int = 1,
        refused: RefusedForm | None = None,
    ) -> QuestionsDeskPage:
        """Return the desk of whoever answers."""
        shown = queries.desk(session, self.viewer, state, page)
        rows = question_rows(shown.items, self.viewer)
        if refused is not None and refused.form not in {row.id for row in rows}:
            rows = (*self._refused_row(session, refused.form), *rows)
        return QuestionsDeskPage(
            frame=self.frame(session),
            rows=rows,
            pager=pager(shown, "/questions/desk", state=state.value),
            state=state,
            answer_max=rules.ANSWER_MAX,
            reason_max=rules.REASON_MAX,
            refused=refused,
        )

    def _refused_row(self, session: Session, question_id: str) -> tuple[QuestionRow, ...]:
        """What was typed comes back under its question, also where that is on another page or was answered
        by somebody else meanwhile."""
        try:
            row = queries.to_answer(session, self.viewer, question_id, held=False)
        except NotFound:
            return ()
        return question_rows([queries.told(session, row)], self.viewer)


def _second(text: str) -> float:
    try:
        return read_second(text or "0", "question_second")
    except Invalid:
        return 0.0


DoorDep = Annotated[QuestionsDoor, Depends()]


@router.get("/clips/{clip_id}/questions")
def at_clip(door: DoorDep, session: Reading, clip_id: str, t: WordQuery = "", page: int = 1) -> Response:
    """What is asked at the seconds of a clip, and what was answered."""
    return door.show(door.at_clip(session, clip_id, at=t, page=page))


@router.post("/clips/{clip_id}/questions")
def ask(
    door: DoorDep, clip_id: str, at: WordForm = "", text: BlockForm = "", named: WordForm = ""
) -> Response:
    """Ask the lecturer at a second of a clip."""
    if not door.viewer.signed_in:
        raise SignInNeeded

    def act(session: Session) -> str:
        clip = catalog.clip_for(session, door.viewer, clip_id)
        asked = Asked(read_second(at or "0", "question_second"), text, named == "1")
        actions.ask(session, door.viewer, clip, asked, door.clock())
        return f"/clips/{clip_id}/questions"

    def page(session: Session, refused: RefusedForm | None) -> QuestionsPage:
        return door.at_clip(session, clip_id, at=at, refused=refused)

    typed = {"at": at, "text": text, "named": "1" if named == "1" else ""}
    try:
        return door.change(act, "question_asked", "ask", page, typed)
    except Throttled as error:
        answer = door.refuse(error, "ask", page, typed)
        answer.headers.update(headers_of(error))
        return answer


@router.get("/questions/mine")
def mine(door: DoorDep, who: SignedIn, session: Reading, page: int = 1) -> Response:
    """What one asked, and what was answered."""
    shown = queries.mine(session, who.viewer, page)
    context = OwnQuestionsPage(
        frame=door.frame(session),
        rows=question_rows(shown.items, who.viewer),
        pager=pager(shown, "/questions/mine"),
    )
    return door.show(context)


@router.post("/questions/{question_id}/withdraw")
def withdraw(door: DoorDep, who: SignedIn, question_id: str) -> Response:
    """Take a question of one's own back."""
    with door.db.write() as session:
        actions.withdraw(session, who.viewer, question_id)
    return door.pages.redirect("/questions/mine", "question_withdrawn")


@router.get("/questions/desk")
def desk(
    door: DoorDep, who: QuestionAnswerer, session: Reading, state: WordQuery = "", page: int = 1
) -> Response:
    """What is asked about the lessons that one answers for; what waits first."""
    return door.show(door.desk(session, state=_state(state), page=page))


def _state(word: str) -> QuestionState:
    return QuestionState(word) if word in tuple(QuestionState) else QuestionState.OPEN


def place_said(session: Session, question_id: str, n: str, at: str) -> float | None:
    """Return the second of the lecture where an answer is said, as it was typed: the clip's number ("" for
    that of the question) and its second ("" for nowhere). Raises Invalid: question_part, question_second."""
    if not at.strip():
        return None
    second = read_second(at, "question_second", "said_at")
    row = queries.question(session, question_id)
    lesson = catalog.lesson(session, row.lesson_id)
    if n.strip():
        clip = next((one for one in lesson.clips if one.n == number_of(n.strip())), None)
    else:
        clip = catalog.clip_at(lesson, row.moment_s)
    if clip is None:
        raise Invalid("question_part", field="said_n")
    if second > clip.end_s - clip.start_s:
        raise Invalid("question_second", field="said_at")
    return clip.start_s + second


@router.post("/questions/{question_id}/answer")
def answer(
    door: DoorDep,
    who: QuestionAnswerer,
    question_id: str,
    version: WordForm = "",
    answer: BlockForm = "",
    said_n: WordForm = "",
    said_at: WordForm = "",
    published: WordForm = "1",
    state: WordForm = "",
    page: WordForm = "",
) -> Response:
    """Answer a question, for all or for the asker alone."""

    def act(session: Session) -> str:
        queries.to_answer(session, who.viewer, question_id)
        place_s = place_said(session, question_id, said_n, said_at)
        given = Answer(answer, place_s, published == "1")
        number = version_of(version)
        actions.answer(session, who.viewer, question_id, number, given, door.clock())
        return "/questions/desk"

    def again(session: Session, refused: RefusedForm | None) -> QuestionsDeskPage:
        return door.desk(session, state=_state(state), page=page_of(page), refused=refused)

    typed = {"answer": answer, "said_n": said_n, "said_at": said_at, "published": published}
    return door.change(act, "question_answered", question_id, again, typed)


@router.post("/questions/{question_id}/decline")
def decline(
    door: DoorDep,
    who: QuestionAnswerer,
    question_id: str,
    version: WordForm = "",
    reason: BlockForm = "",
    state: WordForm = "",
    page: WordForm = "",
) -> Response:
    """Do not answer a question, and say why."""

    def act(session: Session) -> str:
        number = version_of(version)
        actions.decline(session, who.viewer, question_id, number, reason, door.clock())
        return "/questions/desk"

    def again(session: Session, refused: RefusedForm | None) -> QuestionsDeskPage:
        return door.desk(session, state=_state(state), page=page_of(page), refused=refused)

    return door.change(act, "question_declined", question_id, again, {"reason": reason})
