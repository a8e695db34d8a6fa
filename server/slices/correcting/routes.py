"""Correcting what is said in a lesson: the page, and what its script and programs ask for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Conflict, WeikeError
from library.core.permits import Role
from library.correcting import actions
from library.correcting.rules import Edit, WantedLine
from library.dictionary import actions as dictionary_actions
from library.dictionary import rules as dictionary_rules
from server.slices.correcting.contexts import WordsPage
from server.slices.correcting.words_json import WordingOut, WordsOut, wordings_out, words_out
from server.web.deps import ClockDep, DatabaseDep, DictionaryDep, MediaDep, PagesDep, Reading, WhoDep, Writing
from server.web.limits.fields import LineText, WordQuery, WordText
from server.web.pages import Pages
from server.web.shown.lesson_cards import lesson_ref
from server.web.who import Who

router = APIRouter()

LINES_PATH = "/api/v1/lessons/{lesson_id}/transcript/lines"
_WORDINGS_PATH = "/api/v1/lessons/{lesson_id}/transcript/wordings"
_MOST_EDITS = 5_000
_MOST_PARTS = 500
"""Of what makes room together: nobody parts a line so often."""


class LineIn(BaseModel):
    """A line as it is wanted. Its times lie within those of the lines that make room for it; null for both in
    a text without times. `corrected`: it is right so, even where its words are what the machine heard."""

    start_s: float | None
    end_s: float | None
    text: LineText
    corrected: bool = False


class EditIn(BaseModel):
    """`gone` lines from number `at` on (from 0, in the lines called `base`) make room for `lines`."""

    at: int = Field(ge=0)
    gone: int = Field(ge=1)
    lines: list[LineIn] = Field(max_length=_MOST_PARTS)


class EditsIn(BaseModel):
    """Corrections of the lines called `base`, in order; none takes a line that another takes."""

    base: WordText
    edits: list[EditIn] = Field(max_length=_MOST_EDITS)


class CorrectedOut(BaseModel):
    """What was saved: the name of the lines as they are now, and their `version` among the transcripts."""

    base: str
    version: int
    lines: int


class WordingIn(BaseModel):
    """Words that are always to be written otherwise."""

    was: LineText
    now: LineText


class WordingsOut(BaseModel):
    """What is always to be written otherwise, the newest first.

    `taught`: what is to be written became a word of the site's dictionary; `not_taught` is why not, as a
    sentence, "" where nobody asked for it or it is there already.
    """

    always: list[WordingOut]
    taught: bool = False
    not_taught: str = ""


@router.get("/lessons/{lesson_id}/words", include_in_schema=False)
def words_page(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, media: MediaDep, lesson_id: str
) -> Response:
    """The page on which a lecturer corrects what is said, beside the sound."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    context = WordsPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        words=words_out(media, session, lesson, who.viewer).model_dump(mode="json"),
    )
    return pages.respond(request, who, context)


@router.get(LINES_PATH, tags=["transcripts"])
def get_lines(session: Reading, who: WhoDep, media: MediaDep, lesson_id: str) -> WordsOut:
    """The lines of a lesson as they are shown, and what helps to correct them (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    return words_out(media, session, lesson, who.viewer)


@router.patch(
    LINES_PATH,
    tags=["transcripts"],
    response_model=CorrectedOut,
    responses={
        409: {"description": "Other lines are there by now; the answer's `words` are as GET has them."}
    },
)
def correct_lines(
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    media: MediaDep,
    clock: ClockDep,
    lesson_id: str,
    body: EditsIn,
) -> Any:
    """Correct lines of a lesson (its owner, the staff). The same request again changes nothing.

    What one person corrects on a day is one version of the transcript. Where the lines are not those called
    `base` any more, nothing is changed: the answer is 409 `words_changed` with the present ones.
    """
    edits = [
        Edit(e.at, e.gone, tuple(WantedLine(x.start_s, x.end_s, x.text, x.corrected) for x in e.lines))
        for e in body.edits
    ]
    try:
        with db.write() as session:
            lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
            saved = actions.correct(session, lesson, body.base, edits, who.viewer.person_id, clock())
            return CorrectedOut(
                base=saved.present.base, version=saved.version, lines=len(saved.present.lines)
            )
    except Conflict as error:
        if error.code != "words_changed":
            raise
        return _changed(db, pages, media, who, lesson_id, error)


def _changed(
    db: DatabaseDep, pages: Pages, media: MediaDep, who: Who, lesson_id: str, error: WeikeError
) -> Response:
    """Return what is there now, to whoever corrected something else."""
    said = pages.explain_reason(error.code, error.values, who.language)
    with db.read() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        words = words_out(media, session, lesson, who.viewer).model_dump(mode="json")
    return JSONResponse(
        {"error": error.code, "message": said.message, "todo": said.todo, "words": words}, 409
    )


@router.post(_WORDINGS_PATH, tags=["transcripts"])
def always_write(
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    dictionary: DictionaryDep,
    lesson_id: str,
    body: WordingIn,
) -> WordingsOut:
    """Note that in lessons of this lecturer something is always to be written so (its owner, the staff).

    Of the staff it also becomes a word of the site's dictionary, if it can be one.
    """
    taught, why = False, ""
    with dictionary.teaching() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        pair = actions.always(session, lesson, body.was, body.now, clock())
        if who.viewer.has(Role.STAFF):
            try:
                wanted = dictionary_rules.word_draft(pair.now)
                dictionary_actions.add(session, who.viewer.person_id, wanted, clock())
                taught = True
            except WeikeError as error:  # raised before anything of it was written
                if error.code not in dictionary_actions.THERE:
                    why = pages.explain_reason(error.code, error.values, who.language).message
        return WordingsOut(always=wordings_out(session, lesson), taught=taught, not_taught=why)


@router.delete(_WORDINGS_PATH, tags=["transcripts"])
def never_write(session: Writing, who: WhoDep, lesson_id: str, was: WordQuery) -> WordingsOut:
    """Take back that something is always to be written otherwise; the dictionary keeps what it was taught."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    actions.never(session, lesson, was)
    return WordingsOut(always=wordings_out(session, lesson))
