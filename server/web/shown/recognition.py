"""Recognising the speech of a lesson, as pages and JSON show it: whether it is offered, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.catalog import transcript_queries as given
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid
from library.hearing import actions, queries
from library.hearing.rules import OPEN, AskedAs, Chosen, SpeechMode, what_holds
from server.settings import Settings
from server.web.parts import Reason
from speech.models import ModelUnusable, usable
from transcode.remarks import Remark

AS_THE_SERVER = "server"
"""What is sent to choose nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionPart:
    """Recognising a lesson's speech. `state` is "none" while nobody asked for it.

    `offered`: it may be asked for; else `why_not`, None where there is nothing to hear. `goes_on`: it waits
    or is at work. `percent` 0 to 100, `left_s` None while nobody knows. `reason`: why it failed. `holds`:
    what holds for the lesson, None where there is nothing to hear; `owner` is whose lesson it is.
    `asked_as` and `asked_by` ("" nobody): why it was asked for, and who did.
    """

    state: str = "none"
    offered: bool = False
    why_not: Reason | None = None
    goes_on: bool = False
    percent: float = 0.0
    left_s: float | None = None
    reason: Reason | None = None
    holds: Chosen | None = None
    owner: str = ""
    asked_as: AskedAs | None = None
    asked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechChoicePart:
    """Whether a lecturer's own lessons are heard. `chosen` is None where they chose nothing, `server` what
    the server's settings say, `mode` what holds. `why_not`: what keeps everything from being heard here."""

    mode: SpeechMode
    server: SpeechMode
    chosen: SpeechMode | None = None
    why_not: Reason | None = None
    modes: tuple[SpeechMode, ...] = tuple(SpeechMode)


def speech_choice_part(session: Session, settings: Settings, person_id: str) -> SpeechChoicePart:
    """Return what is to be said of whether somebody's own lessons are heard."""
    chosen = queries.choice_of(session, person_id)
    return SpeechChoicePart(
        mode=what_holds(settings.speech, chosen).mode,
        server=settings.speech,
        chosen=chosen,
        why_not=why_not(settings),
    )


def speech_mode(text: str) -> SpeechMode | None:
    """Return what somebody chose, None for "server": as the server's settings have it; raises
    Invalid("unknown_choice")."""
    if text == AS_THE_SERVER:
        return None
    try:
        return SpeechMode(text)
    except ValueError:
        raise Invalid("unknown_choice", field="choice") from None


def _refusal(session: Session, settings: Settings, lesson: Lesson) -> Reason | None:
    """Return why a lesson is not heard; None when it is where somebody asks."""
    return _refused(settings, queries.holds_for(session, settings.speech, lesson))


def _refused(settings: Settings, holds: Chosen) -> Reason | None:
    refusal = why_not(settings)
    if refusal is None and holds.mode is SpeechMode.NEVER:
        return Reason(code="speech_not_wanted")
    return refusal


def why_not(settings: Settings) -> Reason | None:
    """Return why speech is not recognised here; None when it is."""
    if settings.speech is SpeechMode.NEVER:
        return Reason(code="speech_off")
    try:
        usable(settings.speech_model)
    except ModelUnusable as error:
        return reason_of(error)
    return None


def reason_of(error: ModelUnusable) -> Reason:
    """Return why there is nothing to recognise with, without the names of the server's folders."""
    args = {name: value for name, value in error.details.items() if name != "folder"}
    return Reason(code=f"speech_{error.code}", args=args)


def recognition_part(session: Session, settings: Settings, lesson: Lesson, now: datetime) -> RecognitionPart:
    """Return what is to be said of recognising a lesson's speech."""
    found = queries.progress(session, lesson, now)
    hearable = queries.may_be_heard(session, lesson.id)
    holds = queries.holds_for(session, settings.speech, lesson) if hearable else None
    refusal = None if holds is None else _refused(settings, holds)
    offered = hearable and refusal is None
    owner = "" if lesson.owner is None else lesson.owner.name
    if found is None:
        return RecognitionPart(offered=offered, why_not=refusal, holds=holds, owner=owner)
    return RecognitionPart(
        state=found.state,
        offered=offered,
        why_not=refusal,
        goes_on=found.state in OPEN,
        percent=found.percent,
        left_s=found.left_s,
        reason=Reason(code=found.reason, args=found.reason_args) if found.reason else None,
        holds=holds,
        owner=owner,
        asked_as=found.asked_as,
        asked_by=found.asked_by,
    )


def ask(session: Session, settings: Settings, lesson: Lesson, person_id: str | None, now: datetime) -> None:
    """Ask that a lesson be heard; raises Conflict: speech_off, speech_model_..., speech_not_wanted,
    nothing_to_hear."""
    refusal = _refusal(session, settings, lesson)
    if refusal is not None:
        raise Conflict(refusal.code, **refusal.args)
    actions.want(session, lesson.id, person_id, now)


def ask_for_text(
    session: Session, settings: Settings, lesson: Lesson, person_id: str | None, now: datetime
) -> None:
    """Ask that a lesson be heard whose text has no times, so that it gets them, where nobody has asked yet.

    Where that cannot be the text keeps its estimated times, and `unasked` says why.
    """
    if queries.unplaced_text(given.versions(session, lesson.id)) is None:
        return
    if queries.recognition_of(session, lesson.id) is not None:
        return
    if queries.may_be_heard(session, lesson.id) and _refusal(session, settings, lesson) is None:
        actions.want(session, lesson.id, person_id, now, AskedAs.TEXT)


def unasked(session: Session, settings: Settings, lesson: Lesson) -> tuple[Remark, ...]:
    """Return why a lesson's text without times is not laid over its recording: nothing here hears it.

    Nothing where it is heard or may be asked for, and where there is no such text or no recording.
    """
    if queries.unplaced_text(given.versions(session, lesson.id)) is None:
        return ()
    if queries.recognition_of(session, lesson.id) is not None:
        return ()
    if not queries.may_be_heard(session, lesson.id):
        return ()
    refusal = _refusal(session, settings, lesson)
    return (
        ()
        if refusal is None
        else (Remark(refusal.code, 1, {name: str(value) for name, value in refusal.args.items()}),)
    )


def stop(session: Session, lesson: Lesson, now: datetime) -> None:
    """Stop recognising a lesson; raises Conflict("not_recognising")."""
    one = queries.recognition_of(session, lesson.id)
    held = None if one is None else queries.held(session, one.recording_id)
    if held is None:
        raise Conflict("not_recognising")
    actions.cancel(session, held, now)
