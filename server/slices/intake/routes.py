"""Bringing recordings in: the upload page, the live progress of the pipeline, a lecturer's own lessons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from library.catalog import queries as catalog
from library.catalog.permits import Action, LessonState, may
from library.catalog.tables import Lesson
from library.core.errors import NotFound, WeikeError
from library.core.permits import Viewer
from library.intake import actions, queries
from library.intake.rules import BUSY, ENDED, MEDIA_SUFFIXES, RecordingState, StepKind, StepState
from library.intake.unfinished_uploads import received_bytes
from server.slices.intake.contexts import MinePage, ProgressPage, UploadPage
from server.web.deps import (
    CardsDep,
    ClockDep,
    DatabaseDep,
    Lecturer,
    PagesDep,
    Reading,
    SettingsDep,
    StoppingDep,
    WhoDep,
    Writing,
)
from server.web.pages import pager
from server.web.parts import LessonRef, Progress, Reason, Step, Unfinished
from server.web.who import Who
from server.web.work_rows import work_rows

router = APIRouter(include_in_schema=False)

_PER_PAGE = 30
_EVENT_EVERY_S = 1.0
# A comment now and then keeps proxies from closing a quiet line.
_SILENCE_S = 15.0


@router.get("/upload")
def upload(
    request: Request, session: Reading, who: Lecturer, pages: PagesDep, settings: SettingsDep
) -> Response:
    """The upload page."""
    lecturers, topics = catalog.known_names(session, who.viewer)
    limits = settings.limits
    used = queries.used_bytes(session, who.viewer.person_id or "")
    context = UploadPage(
        frame=pages.frame(request, session, who),
        max_bytes=limits.max_upload_bytes,
        left_bytes=None if limits.quota_bytes is None else max(0, limits.quota_bytes - used),
        media_suffixes=MEDIA_SUFFIXES,
        known_lecturers=tuple(lecturers),
        known_topics=tuple(topics),
        unfinished=_unfinished(session, who, settings.uploads_folder),
    )
    return pages.respond(request, who, context)


def _unfinished(session: Session, who: Who, uploads: Path) -> tuple[Unfinished, ...]:
    return tuple(
        Unfinished(
            lesson_id=lesson.id,
            title=lesson.title,
            file_name=recording.file_name,
            received_bytes=received_bytes(uploads, recording.upload_id),
            size_bytes=recording.size_bytes,
        )
        for recording, lesson in queries.arriving(session, who.viewer.person_id or "")
    )


def progress_of(session: Session, lesson: Lesson, viewer: Viewer, now: datetime, parallel: int) -> Progress:
    """Return how far a lesson's recording is, as pages and events show it.

    `parallel`: how many clips are made at once.
    """
    recording = queries.recording_of(session, lesson.id)
    if recording is None:
        return Progress(state="none", percent=0.0, steps=())
    work = queries.work(session, recording)
    plays = {clip.id for clip in lesson.clips if clip.plan or clip.early}
    fell = work.state in (RecordingState.FAILED, RecordingState.REFUSED)
    mend = fell and may(viewer, Action.EDIT, catalog.facts(lesson))
    return Progress(
        state=work.state,
        percent=work.percent,
        left_s=queries.left_s(session, recording, now, parallel),
        reason=Reason(code=work.reason, args=work.reason_args) if work.reason else None,
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
        may_publish=lesson.state is not LessonState.PUBLISHED
        and may(who.viewer, Action.PUBLISH, catalog.facts(lesson)),
    )
    return pages.respond(request, who, context)


@router.get("/lessons/{lesson_id}/events")
async def events(
    request: Request,
    who: WhoDep,
    pages: PagesDep,
    settings: SettingsDep,
    clock: ClockDep,
    db: DatabaseDep,
    stopping: StoppingDep,
    lesson_id: str,
) -> Response:
    """The progress as server-sent events: one when something changed, the last when all is over."""

    def look() -> dict[str, object]:
        with db.read() as session:
            lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
            now = progress_of(session, lesson, who.viewer, clock(), settings.parallel_clips)
            return pages.renderer.progress_event(now, who.language)

    await run_in_threadpool(look)  # refuse before the stream begins
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(
        _stream(request, stopping, look), media_type="text/event-stream", headers=headers
    )


async def _stream(
    request: Request, stopping: asyncio.Event, look: Callable[[], dict[str, object]]
) -> AsyncIterator[str]:
    last, silent_s = "", 0.0
    while not stopping.is_set() and not await request.is_disconnected():
        try:
            event = await run_in_threadpool(look)
        except WeikeError:  # deleted or withdrawn meanwhile
            return
        text = json.dumps(event, ensure_ascii=False)
        if text != last:
            last, silent_s = text, 0.0
            yield f"data: {text}\n\n"
        elif silent_s >= _SILENCE_S:
            silent_s = 0.0
            yield ": still here\n\n"
        if event["state"] in ENDED:
            return
        await asyncio.sleep(_EVENT_EVERY_S)
        silent_s += _EVENT_EVERY_S


@router.post("/lessons/{lesson_id}/retry")
def retry(
    session: Writing, who: WhoDep, pages: PagesDep, lesson_id: str, step: Annotated[str, Form()] = ""
) -> Response:
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
    context = MinePage(
        frame=pages.frame(request, session, who),
        rows=work_rows(cards, session, list(found.items)),
        pager=pager(found, "/mine"),
        unfinished=_unfinished(session, who, settings.uploads_folder),
    )
    return pages.respond(request, who, context)
