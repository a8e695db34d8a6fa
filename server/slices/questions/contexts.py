"""Contexts of questions: at a clip, one's own, the desk of whoever answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.questions.rules import QuestionState
from server.web.parts import Context, Pager, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question as somebody may read it. `asker` is "" for whoever did not agree to be named; `own`: the
    reader's. `url` leads to its second, `at_s` of the `n`-th clip; `said_url` to where the answer is said,
    `said_s` of the `said_n`-th. "" and None where the lesson is gone or not for them."""

    id: str
    version: int
    state: QuestionState
    text: str
    asked_at: datetime
    own: bool = False
    asker: str = ""
    answer: str = ""
    reason: str = ""
    answered_at: datetime | None = None
    lesson_id: str = ""
    lesson: str = ""
    url: str = ""
    n: int | None = None
    at_s: float | None = None
    said_url: str = ""
    said_n: int | None = None
    said_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage(Context):
    """GET /clips/{id}/questions?page= : what is asked at the seconds of a clip, and the form to ask.

    `may_ask`: the reader has an account, and the lesson is published. `answers`: they answer here.
    Forms: POST /clips/{id}/questions (at, text, named=1), POST /questions/{id}/withdraw ().
    """

    template: ClassVar[str] = "questions/questions.html"
    clip_id: str
    n: int | None
    lesson: str
    rows: tuple[QuestionRow, ...]
    pager: Pager
    may_ask: bool
    answers: bool
    at_s: float = 0.0
    text_max: int
    limits: tuple[int, int]
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuestionsPage(Context):
    """GET /questions/mine?page= (signed in). Forms: POST /questions/{id}/withdraw ()."""

    template: ClassVar[str] = "questions/mine.html"
    rows: tuple[QuestionRow, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsDeskPage(Context):
    """GET /questions/desk?state=&page= (lecturers, staff): the questions on lessons of theirs.

    Forms: POST /questions/{id}/answer (version, answer, said_n, said_at, published=1 or 0),
    POST /questions/{id}/decline (version, reason).
    `refused`: a form that was not taken, named by the question's id.
    """

    template: ClassVar[str] = "questions/desk.html"
    rows: tuple[QuestionRow, ...]
    pager: Pager
    state: QuestionState
    answer_max: int
    reason_max: int
    refused: RefusedForm | None = None
