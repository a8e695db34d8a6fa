"""A lesson's transcripts: giving one, comparing, bringing one back, moving its times; page, forms and API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.permits import Action
from library.catalog.tables import Lesson
from library.catalog.transcript_versions import MOST_VERSIONS
from library.core.database import Database
from library.core.errors import Invalid
from library.intake import queries, transcripts
from library.intake.rules import TRANSCRIPT_MAX_BYTES
from library.intake.transcripts import Taken, Words
from server.slices.intake.contexts import TranscriptsPage
from server.slices.intake.transcripts_json import (
    TranscriptOut,
    VersionOut,
    VersionsOut,
    shift_board,
    transcript_out,
    version_out,
)
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, WhoDep, Writing
from server.web.lesson_cards import lesson_ref
from server.web.pages import Pages, reason
from server.web.parts import RefusedForm
from server.web.remarks import reasons_of, warnings_of
from server.web.who import Who

router = APIRouter()


class ShiftIn(BaseModel):
    """What to add to every time of the file, in seconds; negative lets the lines come earlier."""

    shift_s: float


# ---------------------------------------------------------------- for programs


@router.put(
    "/api/v1/lessons/{lesson_id}/transcript",
    tags=["transcripts"],
    response_model=TranscriptOut,
    responses={409: {"description": "It fits worse than the one in use, which stays; both are kept."}},
)
def put_transcript(
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    file: Annotated[UploadFile, File()],
    replace: Annotated[bool, Query()] = False,
    shift_s: Annotated[float | None, Query()] = None,
) -> Any:
    """Give a lesson what is said in it: subtitles, minutes with stamps, a Word document or plain text.

    One that fits worse than the one in use does not replace it: the answer is 409 `transcript_fits_worse`
    with the `reasons` and the `version` under which it is kept; `replace=true` uses it all the same.
    `shift_s` is added to all its times.
    """
    words = _read(db, who, lesson_id, file)
    with db.write() as session:
        taken = transcripts.take(
            session,
            catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT),
            words,
            clock(),
            person_id=who.viewer.person_id,
            replace=replace,
            shift_s=shift_s,
        )
        if taken.against:
            # Answered, not raised: an error would take back the version that was just kept.
            return JSONResponse(_refused(pages, who, taken), 409)
        return transcript_out(taken.version, pages.renderer.catalogue(who.language))


def _read(db: Database, who: Who, lesson_id: str, file: UploadFile | None) -> Words:
    """Read the file of somebody who may give it, before anything is written: a large one takes seconds, in
    which nobody else could write.

    Raises Invalid, and as `lesson_for` does.
    """
    with db.read() as session:
        catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    if file is None or not file.filename:
        raise Invalid("no_transcript_file", field="file")
    return transcripts.read(file.file.read(TRANSCRIPT_MAX_BYTES + 1), file.filename)


def _refused(pages: Pages, who: Who, taken: Taken) -> dict[str, Any]:
    code, catalogue = "transcript_fits_worse", pages.renderer.catalogue(who.language)
    said = pages.explain_reason(code, {"n": taken.version.n}, who.language)
    return {
        "error": code,
        "message": said.message,
        "todo": said.todo,
        "version": taken.version.n,
        "reasons": [reason.model_dump() for reason in warnings_of(taken.against, catalogue)],
        "warnings": [one.model_dump() for one in transcript_out(taken.version, catalogue).warnings],
    }


@router.get("/api/v1/lessons/{lesson_id}/transcripts", tags=["transcripts"])
def list_versions(session: Reading, who: WhoDep, pages: PagesDep, lesson_id: str) -> VersionsOut:
    """The transcripts that a lesson was given, newest first (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    catalogue = pages.renderer.catalogue(who.language)
    return VersionsOut(versions=[version_out(one, catalogue) for one in given.versions(session, lesson.id)])


@router.post("/api/v1/lessons/{lesson_id}/transcripts/{n}/use", tags=["transcripts"])
def use_version(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, n: int
) -> VersionOut:
    """Use one of the transcripts that a lesson was given."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    version = transcripts.use(session, lesson, n, clock())
    return version_out(version, pages.renderer.catalogue(who.language))


@router.put("/api/v1/lessons/{lesson_id}/transcripts/{n}/shift", tags=["transcripts"])
def shift_version(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    n: int,
    body: ShiftIn,
) -> VersionOut:
    """Move all times of one of a lesson's transcripts, counted from those in its file, and use it."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    version = transcripts.move(session, lesson, n, body.shift_s, clock())
    return version_out(version, pages.renderer.catalogue(who.language))


# ---------------------------------------------------------------- for people


@router.get("/lessons/{lesson_id}/transcripts", include_in_schema=False)
def transcripts_page(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    lesson_id: str,
    ask: Annotated[int | None, Query()] = None,
) -> Response:
    """Every transcript that a lesson was given, which one is in use, and how its times lie on the sound.

    `ask` is the number of one about which there is something to decide.
    """
    return _page(request, session, who, pages, lesson_id, ask)


def _page(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    lesson_id: str,
    ask: int | None = None,
    refused: RefusedForm | None = None,
) -> Response:
    """Return the page, with a form that was not taken as it was typed; raises as `lesson_for` does."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    rows = given.versions(session, lesson.id)
    shown = tuple(version_out(one, pages.renderer.catalogue(who.language)) for one in rows)
    asked = next((row for row in shown if row.n == ask and not row.in_use), None)
    against = transcripts.compared(session, lesson, asked.n) if asked is not None else ()
    context = TranscriptsPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        quality=lesson.transcript,
        versions=shown,
        account=reasons_of(transcripts.account_of(rows, queries.recording_of(session, lesson.id))),
        asked=asked,
        against=reasons_of(against),
        beginnings=_beginnings(session, lesson, [row.n for row in shown if row is asked or row.in_use]),
        board=shift_board(session, lesson, rows),
        most_versions=MOST_VERSIONS,
        refused=refused,
    )
    return pages.respond(request, who, context, 422 if refused else 200)


def _beginnings(session: Session, lesson: Lesson, numbers: list[int]) -> dict[int, tuple[str, ...]]:
    return {n: transcripts.beginning(session, lesson, n) for n in numbers}


@router.post("/lessons/{lesson_id}/transcripts", include_in_schema=False)
def give_transcript(
    request: Request,
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Give a lesson another transcript; one that fits worse is kept, and the page asks."""
    try:
        words = _read(db, who, lesson_id, file)
    except Invalid as error:
        refused = RefusedForm(form="new", typed={}, reason=reason(error))
        with db.read() as session:
            return _page(request, session, who, pages, lesson_id, refused=refused)
    with db.write() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        taken = transcripts.take(session, lesson, words, clock(), person_id=who.viewer.person_id)
        asked = f"?ask={taken.version.n}" if taken.against else ""
    return pages.redirect(f"/lessons/{lesson_id}/transcripts{asked}", None if asked else "transcript_in_use")


@router.post("/lessons/{lesson_id}/transcripts/{n}/use", include_in_schema=False)
def use_form(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, n: int
) -> Response:
    """Use one of the transcripts that a lesson was given."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    transcripts.use(session, lesson, n, clock())
    return pages.redirect(f"/lessons/{lesson_id}/transcripts", "transcript_in_use")


@router.post("/lessons/{lesson_id}/transcripts/{n}/shift", include_in_schema=False)
def shift_form(
    request: Request,
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    n: int,
    seconds: Annotated[str, Form()] = "",
) -> Response:
    """Move all times of a transcript by the seconds that somebody accepted or typed."""
    try:
        with db.write() as session:
            lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
            transcripts.move(session, lesson, n, _seconds(seconds), clock())
    except Invalid as error:
        refused = RefusedForm(form="shift", typed={"seconds": seconds[:40]}, reason=reason(error))
        with db.read() as session:
            return _page(request, session, who, pages, lesson_id, refused=refused)
    return pages.redirect(f"/lessons/{lesson_id}/transcripts", "transcript_moved")


def _seconds(text: str) -> float:
    """Read seconds as people type them: with a sign of either width, a comma for the point."""
    plain = text.strip().replace("−", "-").replace("－", "-").replace("＋", "+").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        raise Invalid("shift_unreadable", field="seconds", text=text.strip()[:40]) from None
