"""Bringing recordings in: the upload page, the live progress of the pipeline, a lecturer's own lessons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.permits import Action, LessonState, may
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson
from library.core.errors import NotFound, WeikeError
from library.core.permits import Viewer
from library.hearing import queries as hearing
from library.hearing.rules import SpeechMode
from library.intake import actions, queries
from library.intake.arriving.unfinished_uploads import last_day, received_bytes, touched_at
from library.intake.rules import BUSY, ENDED, MEDIA_SUFFIXES, RecordingState, StepKind, StepState
from library.studio import queries as studio
from server.settings import Settings
from server.slices.intake.contexts import MinePage, ProgressPage, UploadPage
from server.slices.intake.track_choice import track_groups
from server.web.deps import (
    CardsDep,
    ClockDep,
    DatabaseDep,
    Lecturer,
    PagesDep,
    Reading,
    SettingsDep,
    StoppingDep,
    VisitorsDep,
    WhoDep,
    Writing,
)
from server.web.limits.fields import WordForm
from server.web.pages import pager
from server.web.parts import LessonRef, Progress, Reason, Step, Unfinished
from server.web.shown.recognition import speech_choice_part
from server.web.shown.remarks import reasons_of
from server.web.shown.studio import next_step
from server.web.shown.work_rows import work_rows
from server.web.who import Who, identify_anew

router = APIRouter(include_in_schema=False)

_PER_PAGE = 30
_EVENT_EVERY_S = 1.0


@router.get("/upload")
def upload(
    request: Request, session: Reading, who: Lecturer, pages: PagesDep, settings: SettingsDep
) -> Response:
    """The upload page."""
    lecturers, topics = catalog.known_names(session, who.viewer)
    limits = settings.limits
    used = queries.used_bytes(session, who.viewer.person_id or "")
    speech = speech_choice_part(session, settings, str(who.viewer.person_id))
    context = UploadPage(
        frame=pages.frame(request, session, who),
        max_bytes=limits.max_upload_bytes,
        left_bytes=None if limits.quota_bytes is None else max(0, limits.quota_bytes - used),
        media_suffixes=MEDIA_SUFFIXES,
        known_lecturers=tuple(lecturers),
        known_topics=tuple(topics),
        unfinished=_unfinished(session, who, settings),
        speech=speech.why_not is None and speech.mode is not SpeechMode.NEVER,
    )
    return pages.respond(request, who, context)


def _unfinished(session: Session, who: Who, settings: Settings) -> tuple[Unfinished, ...]:
    uploads, kept = settings.uploads_folder, settings.keep_uploads_days
    return tuple(
        Unfinished(
            lesson_id=lesson.id,
            title=lesson.title,
            file_name=recording.file_name,
            received_bytes=received_bytes(uploads, recording.upload_id),
            size_bytes=recording.size_bytes,
            until=last_day(touched_at(uploads, str(recording.upload_id), recording.created_at), kept),
        )
        for recording, lesson in queries.arriving(session, who.viewer.person_id or "")
    )


def progress_of(session: Session, lesson: Lesson, viewer: Viewer, now: datetime, parallel: int) -> Progress:
    """Return how far a lesson's recording is, as pages and events show it.

    `parallel`: how many clips are made at once.
    """
    recording = queries.recording_of(session, lesson.id)
    account = reasons_of(hearing.account_of(session, given.versions(session, lesson.id), recording))
    if recording is None:
        return Progress(state="none", percent=0.0, steps=(), account=account)
    work = queries.work(session, recording)
    plays = {clip.id for clip in lesson.clips if clip.plan or clip.early}
    fell = work.state in (RecordingState.FAILED, RecordingState.REFUSED)
    mend = fell and may(viewer, Action.EDIT, catalog.facts(lesson))
    return Progress(
        state=work.state,
        percent=work.percent,
        left_s=queries.left_s(session, recording, now, parallel),
        reason=Reason(code=work.reason, args=work.reason_args) if work.reason else None,
        account=account,
        steps=tuple(
            Step(
                id=f"{line.kind}-{line.n}",
                kind=line.kind,
                state=line.state,
                percent=line.percent,
                n=line.n if line.kind is StepKind.CLIP else None,
                eta_s=line.eta_s,
                reason=Reason(code=line.reason, args=line.reason_args) if line.reason else None,
                retry=mend and line.state is StepState.FAILED and _may_help(work.state, line.reason),
                clip_url=f"/clips/{line.clip_id}" if line.clip_id in plays else None,
            )
            for line in work.steps
        ),
    )


def _may_help(state: RecordingState, reason: str | None) -> bool:
    """Trying again helps unless the recording itself was refused; "already here" is a question, not a no."""
    return state is RecordingState.FAILED or reason == "already_here"


@router.get("/lessons/{lesson_id}/progress")
def progress(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    lesson_id: str,
) -> Response:
    """Every step of the pipeline, live."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    now = progress_of(session, lesson, who.viewer, clock(), settings.parallel_clips)
    recording = queries.recording_of(session, lesson.id)
    context = ProgressPage(
        frame=pages.frame(request, session, who),
        lesson=LessonRef(id=lesson.id, title=lesson.title),
        lesson_state=lesson.state,
        progress=now,
        may_retry=now.state is RecordingState.CANCELLED or any(step.retry for step in now.steps),
        may_cancel=now.state in BUSY,
        recutting=recording is not None and recording.wanted is not None,
        remaking=recording is not None and recording.remake is not None,
        tracks=track_groups(recording, pages.renderer.catalogue(who.language)),
        has_transcript=lesson.transcript is not TranscriptQuality.NONE,
        may_publish=lesson.state is not LessonState.PUBLISHED
        and may(who.viewer, Action.PUBLISH, catalog.facts(lesson)),
    )
    return pages.respond(request, who, context)


def look_of(
    request: Request,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    db: DatabaseDep,
    visitors: VisitorsDep,
    lesson_id: str,
) -> Callable[[], dict[str, object]]:
    """Return what looks at the whole progress of a lesson and says it in words; it raises NotFound.

    Who asks is found out each time: whoever is signed out meanwhile follows it no longer.
    """

    def look() -> dict[str, object]:
        who = identify_anew(request, db, clock, visitors, settings.second_factor)
        with db.read() as session:
            lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
            now = progress_of(session, lesson, who.viewer, clock(), settings.parallel_clips)
            return pages.renderer.progress_event(now, who.language)

    return look


def _first_look(look: Annotated[Callable[[], dict[str, object]], Depends(look_of)]) -> dict[str, object]:
    return look()


def _kept_nowhere(response: Response) -> None:
    response.headers["cache-control"] = "no-store"


@router.get(
    "/lessons/{lesson_id}/events", response_class=EventSourceResponse, dependencies=[Depends(_kept_nowhere)]
)
async def events(
    request: Request,
    stopping: StoppingDep,
    look: Annotated[Callable[[], dict[str, object]], Depends(look_of)],
    event: Annotated[dict[str, object], Depends(_first_look)],
) -> AsyncIterator[ServerSentEvent]:
    """The progress as server-sent events: one when something changed, the last when all is over.

    The first is asked for before the stream begins, so that whoever may not see it is told so. While nothing
    changes FastAPI sends a comment now and then, which keeps proxies from closing a quiet line.
    """
    last: dict[str, object] = {}
    while not stopping.is_set() and not await request.is_disconnected():
        if event != last:
            last = event
            yield ServerSentEvent(raw_data=json.dumps(event, ensure_ascii=False))
        if event["state"] in ENDED:
            return
        await asyncio.sleep(_EVENT_EVERY_S)
        try:
            event = await run_in_threadpool(look)
        except WeikeError:  # deleted or withdrawn meanwhile
            return


@router.post("/lessons/{lesson_id}/retry")
def retry(session: Writing, who: WhoDep, pages: PagesDep, lesson_id: str, step: WordForm = "") -> Response:
    """Run again what failed, and only that."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    recording = queries.recording_of(session, lesson.id)
    if recording is None:
        raise NotFound
    actions.retry(session, recording)
    return pages.redirect(f"/lessons/{lesson_id}/progress", "retrying")


@router.get("/mine")
def mine(
    request: Request,
    session: Reading,
    who: Lecturer,
    pages: PagesDep,
    cards: CardsDep,
    settings: SettingsDep,
    page: int = 1,
) -> Response:
    """A lecturer's own lessons and unfinished uploads."""
    filters = catalog.Filters(owner_id=who.viewer.person_id)
    found = catalog.lessons_page(session, who.viewer, filters, page, _PER_PAGE)
    ids = [lesson.id for lesson in found.items]
    ways = studio.where(session, who.viewer, found.items, queries.works(session, ids))
    context = MinePage(
        frame=pages.frame(request, session, who),
        steps={lesson_id: next_step(lesson_id, where) for lesson_id, where in ways.items()},
        rows=work_rows(cards, session, list(found.items)),
        pager=pager(found, "/mine"),
        unfinished=_unfinished(session, who, settings),
    )
    return pages.respond(request, who, context)
