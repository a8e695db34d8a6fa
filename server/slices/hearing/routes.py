"""Asking for a recognition and stopping it, taking lines in and repairs back: the forms of the page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Invalid
from library.hearing import actions
from library.intake.transcripts import taking
from server.web.deps import ClockDep, Lecturer, PagesDep, SettingsDep, WhoDep, Writing
from server.web.limits.fields import WordForm
from server.web.shown import recognition as speech

router = APIRouter(prefix="/lessons/{lesson_id}", include_in_schema=False)
own_router = APIRouter(include_in_schema=False)


def _page_of(lesson_id: str) -> str:
    return f"/lessons/{lesson_id}/transcripts"


@router.post("/recognition")
def begin(
    session: Writing, who: WhoDep, pages: PagesDep, settings: SettingsDep, clock: ClockDep, lesson_id: str
) -> Response:
    """Recognise the speech of a lesson."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    speech.ask(session, settings, lesson, who.viewer.person_id, clock())
    return pages.redirect(_page_of(lesson_id), "recognition_begun")


@router.post("/recognition/cancel")
def cancel(session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str) -> Response:
    """Stop recognising it."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    speech.stop(session, lesson, clock())
    return pages.redirect(_page_of(lesson_id), "recognition_cancelled")


@router.post("/transcripts/{n}/beyond")
def take_beyond(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    n: int,
    take: WordForm = "all",
) -> Response:
    """Take what was said beyond a text into the transcript: `take` is "all", "none" or a line's number.

    A number takes that line in or, if it is in, out again.
    """
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    if take in ("all", "none"):
        taking.take_beyond(session, lesson, n, None if take == "all" else (), clock())
    elif take.isdecimal() and len(take) <= 6:
        taking.toggle_beyond(session, lesson, n, int(take), clock())
    else:
        raise Invalid("unknown_choice", field="take")
    return pages.redirect(f"{_page_of(lesson_id)}#beyond")


@router.post("/transcripts/{n}/repairs/{k}/undo")
def undo_repair(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, n: int, k: int
) -> Response:
    """Let the machine's own word stand again."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    taking.undo_repair(session, lesson, n, k, clock())
    return pages.redirect(f"{_page_of(lesson_id)}#repairs", "repair_undone")


@own_router.post("/account/speech")
def choose(
    session: Writing, who: Lecturer, pages: PagesDep, clock: ClockDep, choice: WordForm = ""
) -> Response:
    """Choose whether one's own lessons are heard: always, on-request, never, or "server" for its settings."""
    mode = speech.speech_mode(choice)
    stopped = actions.choose(session, str(who.viewer.person_id), mode, clock())
    return pages.redirect("/account", "speech_chosen_stopped" if stopped else "speech_chosen")
