"""What is said in a lesson, and recognising it, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.catalog.tables import Lesson
from library.hearing import actions
from library.hearing.rules import AskedAs, SpeechMode
from library.intake.transcripts import taking
from server.web.deps import ClockDep, Lecturer, PagesDep, Reading, SettingsDep, WhoDep, Writing
from server.web.language.i18n import Catalogue
from server.web.language.words import explain, word
from server.web.limits.sizes import ITEMS
from server.web.parts import Reason
from server.web.shown import recognition as speech
from server.web.shown.recognition import RecognitionPart, recognition_part, speech_choice_part

router = APIRouter(prefix="/api/v1/lessons/{lesson_id}", tags=["transcripts"])
own_router = APIRouter(prefix="/api/v1/account", tags=["account"])


class CueOut(BaseModel):
    """A line, in seconds of the lesson's recording; null where a text has no times.

    `source`: `given` (a file), `aligned` (a text whose seconds were heard), `estimated` (a text whose seconds
    were guessed), `recognised` (heard by a machine), `corrected` (heard by one, corrected by a person).
    `confidence`, 0 to 1: how sure the machine is of a recognised line, what part of an aligned one it heard;
    null for others. `speaker` is "" where nobody said who speaks.
    """

    start_s: float | None
    end_s: float | None
    text: str
    speaker: str
    source: CueSource
    confidence: float | None


class LessonTranscriptOut(BaseModel):
    """What is said in a lesson. `quality`: `exact`, `aligned`, `recognised`, `estimated`, `plain` or `none`.

    `notice` says what is to be known before these words are passed on ("" for nothing): that a machine
    recognised them and nobody has corrected them, or that their times are estimated.
    """

    lesson: str
    title: str
    quality: TranscriptQuality
    notice: str
    cues: list[CueOut]


class RecognitionOut(BaseModel):
    """Recognising a lesson's speech. `state`: `none` (not asked for), `waiting`, `working`, `done`, `failed`,
    `cancelled`. `offered`: it may be asked for, else `why_not` says why. `percent` is 0 to 100; `left_s` is
    null while nobody knows how much longer it takes; `reason` says why it failed. `holds`: `always`,
    `on-request` or `never`, which the lesson's lecturer chose (`chosen_by_lecturer`) or the server's settings
    say; both null where there is nothing to hear. `asked_as`: `wanted` (by `asked_by`), `text`
    (they gave a text without times), `lecturer` or `server` (by what holds); null where nobody knows."""

    state: str
    state_name: str
    offered: bool
    why_not: str | None
    goes_on: bool
    percent: float
    left_s: float | None
    reason: str | None
    holds: SpeechMode | None
    chosen_by_lecturer: bool | None
    asked_as: AskedAs | None
    asked_by: str


class SpeechChoiceOut(BaseModel):
    """Whether your own lessons are heard: what you chose (null: nothing), what the server's settings say, and
    what holds. `why_not` says what keeps everything from being heard here, null for nothing."""

    choice: SpeechMode | None
    server: SpeechMode
    holds: SpeechMode
    why_not: str | None


class SpeechChoiceIn(BaseModel):
    """`always`, `on-request` or `never`; null: as the server's settings have it."""

    choice: SpeechMode | None


class ChosenOut(SpeechChoiceOut):
    """`stopped`: how many recognitions that were going on or waited were stopped (by `never`)."""

    stopped: int


class BeyondIn(BaseModel):
    """Which of the lines said beyond a text are taken into the transcript, by number from 0; null: all."""

    lines: Annotated[list[Annotated[int, Field(ge=0, lt=100_000)]], Field(max_length=ITEMS)] | None = None


def cue_out(line: CueLine) -> CueOut:
    """Return a line as the API gives it."""
    return CueOut(
        start_s=line.start_s,
        end_s=line.end_s,
        text=line.text,
        speaker=line.speaker,
        source=line.source,
        confidence=line.confidence,
    )


def notice_of(quality: TranscriptQuality, catalogue: Catalogue) -> str:
    """Return what is to be known of words of some quality before they are passed on; "" for nothing."""
    if quality in (TranscriptQuality.RECOGNISED, TranscriptQuality.ESTIMATED):
        return word("quality", quality, catalogue)
    return ""


def recognition_out(part: RecognitionPart, catalogue: Catalogue) -> RecognitionOut:
    """Return a recognition as the API gives it."""
    holds = part.holds
    return RecognitionOut(
        state=part.state,
        state_name=word("recognition", part.state, catalogue),
        offered=part.offered,
        why_not=_said(part.why_not, catalogue),
        goes_on=part.goes_on,
        percent=part.percent,
        left_s=part.left_s,
        reason=_said(part.reason, catalogue),
        holds=holds.mode if holds else None,
        chosen_by_lecturer=holds.by_lecturer if holds else None,
        asked_as=part.asked_as,
        asked_by=part.asked_by,
    )


def _said(reason: Reason | None, catalogue: Catalogue) -> str | None:
    if reason is None:
        return None
    found = explain(reason.code, dict(reason.args), catalogue)
    gap = " " if catalogue.language == "en" else ""
    return gap.join(one for one in (found.message, found.todo) if one)


@router.get("/transcript")
def lesson_transcript(session: Reading, who: WhoDep, pages: PagesDep, lesson_id: str) -> LessonTranscriptOut:
    """What is said in a lesson, line by line, for whoever may watch it."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id)
    return LessonTranscriptOut(
        lesson=lesson.id,
        title=lesson.title,
        quality=lesson.transcript,
        notice=notice_of(lesson.transcript, pages.renderer.catalogue(who.language)),
        cues=[cue_out(line) for line in cue_queries.cues(session, lesson.id)],
    )


def _answer(
    session: Session, settings: SettingsDep, pages: PagesDep, who: WhoDep, clock: ClockDep, lesson: Lesson
) -> RecognitionOut:
    session.flush()
    part = recognition_part(session, settings, lesson, clock())
    return recognition_out(part, pages.renderer.catalogue(who.language))


@router.get("/recognition")
def recognition(
    session: Reading, who: WhoDep, pages: PagesDep, settings: SettingsDep, clock: ClockDep, lesson_id: str
) -> RecognitionOut:
    """How far recognising the speech of a lesson is (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    return _answer(session, settings, pages, who, clock, lesson)


@router.post("/recognition")
def begin(
    session: Writing, who: WhoDep, pages: PagesDep, settings: SettingsDep, clock: ClockDep, lesson_id: str
) -> RecognitionOut:
    """Recognise the speech of a lesson once its clips play; what goes on goes on.

    409 `speech_off`, `nothing_to_hear`, or `speech_model_missing` and others where it cannot be.
    """
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    speech.ask(session, settings, lesson, who.viewer.person_id, clock())
    return _answer(session, settings, pages, who, clock, lesson)


@router.post("/recognition/cancel")
def cancel(
    session: Writing, who: WhoDep, pages: PagesDep, settings: SettingsDep, clock: ClockDep, lesson_id: str
) -> RecognitionOut:
    """Stop recognising the speech of a lesson; the clips that were heard whole keep their words."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    speech.stop(session, lesson, clock())
    return _answer(session, settings, pages, who, clock, lesson)


@router.post("/transcripts/{n}/beyond", status_code=204)
def take_beyond(
    session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str, n: int, body: BeyondIn
) -> None:
    """Take what was said beyond a text into the transcript, as recognised lines; the others leave it."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    taking.take_beyond(session, lesson, n, body.lines, clock())


@router.post("/transcripts/{n}/repairs/{k}/undo", status_code=204)
def undo_repair(
    session: Writing,
    who: WhoDep,
    clock: ClockDep,
    lesson_id: str,
    n: int,
    k: int,
) -> None:
    """Let the machine's own word stand again where the `k`-th repair (from 0) put one of the same sound."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    taking.undo_repair(session, lesson, n, k, clock())


def _choice(session: Session, settings: SettingsDep, pages: PagesDep, who: Lecturer) -> dict[str, Any]:
    part = speech_choice_part(session, settings, str(who.viewer.person_id))
    return {
        "choice": part.chosen,
        "server": part.server,
        "holds": part.mode,
        "why_not": _said(part.why_not, pages.renderer.catalogue(who.language)),
    }


@own_router.get("/speech")
def speech_choice(session: Reading, who: Lecturer, pages: PagesDep, settings: SettingsDep) -> SpeechChoiceOut:
    """Whether your own lessons are heard (who may make lessons)."""
    return SpeechChoiceOut(**_choice(session, settings, pages, who))


@own_router.put("/speech")
def choose_speech(
    session: Writing,
    who: Lecturer,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    body: SpeechChoiceIn,
) -> ChosenOut:
    """Choose whether your own lessons are heard. What was heard stays; `never` stops what goes on."""
    stopped = actions.choose(session, str(who.viewer.person_id), body.choice, clock())
    return ChosenOut(**_choice(session, settings, pages, who), stopped=stopped)
