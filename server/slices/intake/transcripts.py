"""A lesson's transcripts: giving one, comparing, bringing one back, moving its times; page, forms and API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, UploadFile
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as versions
from library.catalog.permits import Action
from library.catalog.tables import Lesson
from library.catalog.transcript_versions import MOST_VERSIONS
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Conflict, Invalid, Throttled
from library.correcting import comparing
from library.correcting import queries as correcting
from library.hearing import queries as hearing
from library.intake import queries
from library.intake.rules import TRANSCRIPT_MAX_BYTES
from library.intake.transcripts import taking, telling
from library.intake.transcripts.reading.reader import TranscriptReader
from library.intake.transcripts.taking import Laid, Taken, Words
from server.settings import Settings
from server.slices.intake.contexts import DifferenceRow, Differences, TranscriptsPage
from server.slices.intake.heard_part import heard_part
from server.slices.intake.transcripts_json import (
    TranscriptOut,
    VersionOut,
    VersionsOut,
    shift_board,
    transcript_out,
    version_out,
)
from server.web.deps import ClockDep, DatabaseDep, PagesDep, ReaderDep, Reading, SettingsDep, WhoDep
from server.web.limits.fields import WordForm
from server.web.pages import Pages, reason
from server.web.parts import RefusedForm
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.recognition import ask_for_text, recognition_part, unasked
from server.web.shown.remarks import reasons_of, warnings_of
from server.web.who import Who
from transcode.remarks import Remark

router = APIRouter()

_DIFFERENCES_SHOWN = 20


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
    settings: SettingsDep,
    reader: ReaderDep,
    lesson_id: str,
    file: Annotated[UploadFile, File()],
    replace: Annotated[bool, Query()] = False,
    shift_s: Annotated[float | None, Query()] = None,
) -> Any:
    """Give a lesson what is said in it: subtitles, minutes with stamps, a Word document or plain text.

    One that fits worse than the one in use does not replace it: the answer is 409 `transcript_fits_worse`
    with the `reasons` and the `version` under which it is kept; `replace=true` uses it all the same.
    `shift_s` is added to all its times. A text without times gets estimated ones and, where speech is
    recognised here, those at which it is said once the recording has been heard.
    """
    words, laid = _read(db, reader, who, lesson_id, file, shift_s)
    with db.write() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        taken = taking.take(
            session,
            lesson,
            words,
            clock(),
            person_id=who.viewer.person_id,
            replace=replace,
            shift_s=shift_s,
            laid=laid,
        )
        if taken.against:
            # Answered, not raised: an error would take back the version that was just kept.
            return JSONResponse(_refused(pages, who, taken), 409)
        ask_for_text(session, settings, lesson, who.viewer.person_id, clock())
        catalogue = pages.renderer.catalogue(who.language)
        said = _of_its_times(session, settings, lesson, taken)
        return transcript_out(taken.version, catalogue, said)


def _of_its_times(session: Session, settings: Settings, lesson: Lesson, taken: Taken) -> tuple[Remark, ...]:
    """Return what will become of the times of a text that was just given."""
    session.flush()
    if not taken.version.in_use:
        return ()
    known = telling.lesson_account(session, lesson)
    account = hearing.lesson_account(session, lesson)
    return (*account[len(known) :], *unasked(session, settings, lesson))


def _read(
    db: Database,
    reader: TranscriptReader,
    who: Who,
    lesson_id: str,
    file: UploadFile | None,
    shift_s: float | None = None,
) -> tuple[Words, Laid]:
    """Read the file of somebody who may give it, and lay it over the recording, before anything is written:
    a large one takes seconds, in which nobody else could write.

    Raises Invalid, Throttled, and as `lesson_for` does.
    """
    with db.read() as session:
        catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        heard = telling.heard_of(session, lesson_id)
    if file is None or not file.filename:
        raise Invalid("no_transcript_file", field="file")
    data = file.file.read(TRANSCRIPT_MAX_BYTES + 1)
    return reader.read(data, file.filename, heard, shift_s, person_id=who.viewer.person_id)


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
    db: DatabaseDep, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, n: int
) -> VersionOut:
    """Use one of the transcripts that a lesson was given.

    409 `transcript_changed_meanwhile` when its times or the recording changed at the same moment.
    """
    return _use(db, who, pages, clock, lesson_id, n)


@router.put("/api/v1/lessons/{lesson_id}/transcripts/{n}/shift", tags=["transcripts"])
def shift_version(
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    n: int,
    body: ShiftIn,
) -> VersionOut:
    """Move all times of one of a lesson's transcripts, counted from those in its file, and use it.

    409 as for using one.
    """
    return _use(db, who, pages, clock, lesson_id, n, body.shift_s)


def _use(
    db: Database,
    who: Who,
    pages: Pages,
    clock: Clock,
    lesson_id: str,
    n: int,
    shift_s: float | None = None,
) -> VersionOut:
    """Use a version, moved by `shift_s` when that is given; laid over the recording before anything is
    written, because of a long one that takes seconds."""
    with db.read() as session:
        catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        laid = taking.lay_version(session, lesson_id, n, shift_s)
    by = who.viewer.person_id
    with db.write() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        if shift_s is None:
            version = taking.use(session, lesson, n, clock(), laid, by=by)
        else:
            version = taking.move(session, lesson, n, shift_s, clock(), laid, by=by)
        return version_out(version, pages.renderer.catalogue(who.language))


# ---------------------------------------------------------------- for people


@router.get("/lessons/{lesson_id}/transcripts", include_in_schema=False)
def transcripts_page(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    lesson_id: str,
    ask: Annotated[int | None, Query()] = None,
) -> Response:
    """Every transcript that a lesson was given, which one is in use, and how its times lie on the sound.

    `ask` is the number of one about which there is something to decide.
    """
    return _page(_Asked(request, who, pages, settings, clock), session, lesson_id, ask)


@dataclass(frozen=True)
class _Asked:
    """A request for the page."""

    request: Request
    who: Who
    pages: Pages
    settings: Settings
    clock: Clock


def _page(
    asked_by: _Asked,
    session: Session,
    lesson_id: str,
    ask: int | None = None,
    refused: RefusedForm | None = None,
    status: int = 200,
) -> Response:
    """Return the page, with a form that was not taken as it was typed; raises as `lesson_for` does."""
    request, who, pages = asked_by.request, asked_by.who, asked_by.pages
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    rows = given.versions(session, lesson.id)
    shown = tuple(version_out(one, pages.renderer.catalogue(who.language)) for one in rows)
    asked = next((row for row in shown if row.n == ask and not row.in_use), None)
    against = telling.compared(session, lesson, asked.n) if asked is not None else ()
    context = TranscriptsPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        quality=next((versions.waiting_of(one)[0] for one in rows if one.waits), lesson.transcript),
        versions=shown,
        account=reasons_of(hearing.account_of(session, rows, queries.recording_of(session, lesson.id))),
        asked=asked,
        against=reasons_of(against),
        differences=_differences(session, lesson, asked.n) if asked is not None else None,
        beginnings=_beginnings(session, lesson, [row.n for row in shown if row is asked or row.in_use]),
        board=shift_board(session, lesson, rows),
        recognition=recognition_part(session, asked_by.settings, lesson, asked_by.clock()),
        own=lesson.owner_id is not None and lesson.owner_id == who.viewer.person_id,
        heard=heard_part(rows),
        most_versions=MOST_VERSIONS,
        corrected=frozenset(correcting.corrected(session, lesson.id)),
        refused=refused,
    )
    return pages.respond(request, who, context, status)


def _differences(session: Session, lesson: Lesson, n: int) -> Differences:
    """Return what one of a lesson's transcripts says otherwise than the one in use."""
    try:
        rows = comparing.rows(
            correcting.present(session, lesson).lines, correcting.beside(session, lesson.id, n)
        )
    except Conflict as error:
        return Differences(problem=reason(error))
    differ = [row for row in rows if row.differs]
    return Differences(
        differ=len(differ),
        same=len(rows) - len(differ),
        rows=tuple(
            DifferenceRow(
                row.start_s, *comparing.changes(*(" ".join(x.text for x in s) for s in (row.left, row.right)))
            )
            for row in differ[:_DIFFERENCES_SHOWN]
        ),
    )


def _beginnings(session: Session, lesson: Lesson, numbers: list[int]) -> dict[int, tuple[str, ...]]:
    return {n: telling.beginning(session, lesson, n) for n in numbers}


@router.post("/lessons/{lesson_id}/transcripts", include_in_schema=False)
def give_transcript(
    request: Request,
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    settings: SettingsDep,
    reader: ReaderDep,
    lesson_id: str,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Give a lesson another transcript; where it has one, the page shows what differs before it is used."""
    try:
        words, laid = _read(db, reader, who, lesson_id, file)
    except (Invalid, Throttled) as error:
        refused = RefusedForm(form="new", typed={}, reason=reason(error))
        status = 429 if isinstance(error, Throttled) else 422
        asked_by = _Asked(request, who, pages, settings, clock)
        with db.read() as session:
            return _page(asked_by, session, lesson_id, refused=refused, status=status)
    with db.write() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        by = who.viewer.person_id
        taken = taking.take(session, lesson, words, clock(), person_id=by, laid=laid, hold=True)
        if not taken.held:
            ask_for_text(session, settings, lesson, by, clock())
        asked = f"?ask={taken.version.n}" if taken.held else ""
        done = "draft_saved" if taken.version.waits else _IN_USE
    return pages.redirect(f"/lessons/{lesson_id}/transcripts{asked}", None if asked else done)


_IN_USE = "transcript_in_use"


@router.post("/lessons/{lesson_id}/transcripts/{n}/use", include_in_schema=False)
def use_form(
    db: DatabaseDep, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, n: int
) -> Response:
    """Use one of the transcripts that a lesson was given."""
    used = _use(db, who, pages, clock, lesson_id, n)
    return pages.redirect(f"/lessons/{lesson_id}/transcripts", "draft_saved" if used.waits else _IN_USE)


@router.post("/lessons/{lesson_id}/transcripts/{n}/shift", include_in_schema=False)
def shift_form(
    request: Request,
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    settings: SettingsDep,
    lesson_id: str,
    n: int,
    seconds: WordForm = "",
) -> Response:
    """Move all times of a transcript by the seconds that somebody accepted or typed."""
    try:
        _use(db, who, pages, clock, lesson_id, n, _seconds(seconds))
    except Invalid as error:
        refused = RefusedForm(form="shift", typed={"seconds": seconds[:40]}, reason=reason(error))
        asked_by = _Asked(request, who, pages, settings, clock)
        with db.read() as session:
            return _page(asked_by, session, lesson_id, refused=refused, status=422)
    return pages.redirect(f"/lessons/{lesson_id}/transcripts", "transcript_moved")


def _seconds(text: str) -> float:
    """Read seconds as people type them: with a sign of either width, a comma for the point."""
    plain = text.strip().replace("−", "-").replace("－", "-").replace("＋", "+").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        raise Invalid("shift_unreadable", field="seconds", text=text.strip()[:40]) from None
