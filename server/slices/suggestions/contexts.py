"""Contexts of the page where people suggest something, and of the staff's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.suggestions.rules import SuggestionAction, SuggestionState
from server.web.parts import Context, LessonRef, Pager, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """What everybody may read: the answer, what was done, and the writer's words where staff show them."""

    text: str
    answer: str
    done: str
    at: datetime
    lesson: LessonRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What the holder of a receipt is told: their words, where it stands, and the answer if there is one."""

    text: str
    state: SuggestionState
    handed_in: datetime
    answer: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsPage(Context):
    """GET /suggestions?about=&page= (everybody): write one, look an answer up, read what was done.

    `about` is the path of the page it is about, "" for none, `lesson` the lesson there; `receipt` is that of
    the suggestion just handed in (shown once), `own` what was looked up.
    Forms: POST /suggestions (text, contact, about, named=1), POST /suggestions/answer (receipt).
    `refused`: a form that was not taken, named "write" or "answer".
    """

    template: ClassVar[str] = "suggestions/suggestions.html"
    rows: tuple[PublicRow, ...]
    pager: Pager
    text_max: int
    contact_max: int
    about: str = ""
    lesson: LessonRef | None = None
    receipt: str = ""
    own: OwnAnswer | None = None
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """A suggestion as staff see it. `by` is who put their name to it, "" for nobody, `node` whose it is."""

    id: str
    version: int
    state: SuggestionState
    text: str
    contact: str
    by: str
    node: str
    about: str
    lesson: LessonRef | None
    handed_in: datetime
    answer: str
    done: str
    answered_by: str
    text_shown: bool
    actions: frozenset[SuggestionAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsDeskPage(Context):
    """GET /suggestions/desk?state=&page= (role staff): what people suggest to the nodes one staffs.

    Forms: POST /suggestions/{id}/answer (version, answer, done), POST /suggestions/{id}/release (version,
    with_text=1), POST /suggestions/{id}/change (version, action).
    `refused`: a form that was not taken, named by the suggestion's id, or "".
    """

    template: ClassVar[str] = "suggestions/desk.html"
    rows: tuple[DeskRow, ...]
    pager: Pager
    state: SuggestionState
    answer_max: int
    done_max: int
    states: tuple[SuggestionState, ...] = tuple(SuggestionState)
    refused: RefusedForm | None = None
