"""Bringing recordings in: the upload page, the live progress of the pipeline, a lecturer's own lessons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.catalog.tables import Lesson
from library.core.errors import NotFound, WeikeError
from library.core.permits import Viewer
from library.intake import actions, queries
from library.intake.rules import MEDIA_SUFFIXES
from library.intake.unfinished_uploads import received_bytes
from server.slices.intake.contexts import MinePage, ProgressPage, UploadPage
from server.web.deps import Lecturer, PortsDep, Reading, Who, WhoDep, Writing
from server.web.pages import Pages, pager
from server.web.parts import LessonRef, Progress, Reason, Step, Unfinished
from server.web.work_rows import work_rows
from server.wiring import Ports

router = APIRouter(include_in_schema=False)

_PER_PAGE = 30
_EVENT_EVERY_S = 1.0


@router.get("/upload")
def upload(request: Request, session: Reading, ports: PortsDep, who: Lecturer) -> Response:
    """The upload page."""
    pages: Pages = request.app.state.pages
    lecturers, topics = catalog.known_names(session, who.viewer)
    limits = ports.settings.limits
    used = queries.used_bytes(session, who.viewer.person_id or "")
    context = UploadPage(
        frame=pages.frame(request, who),
        max_bytes=limits.max_upload_bytes,
        left_bytes=None if limits.quota_bytes is None else max(0, limits.quota_bytes - used),
        media_suffixes=MEDIA_SUFFIXES,
        known_lecturers=tuple(lecturers),
        known_topics=tuple(topics),
        unfinished=_unfinished(session, ports, who),
    )
    return pages.respond(request, who, context)


def _unfinished(session: Session, ports: Ports, who: Who) -> tuple[Unfinished, ...]:
    return tuple(
        Unfinished(
            lesson_id=lesson.id,
            title=lesson.title,
            file_name=recording.file_name,
            received_bytes=received_bytes(ports.uploads, recording.upload_id),
            size_bytes=recording.size_bytes,
        )
        for recording, lesson in queries.arriving(session, who.viewer.person_id or "")
    )


def progress_of(session: Session, ports: Ports, lesson: Lesson, viewer: Viewer) -> Progress:
    """Return how far a lesson's recording is, as pages and events show it."""
    recording = queries.recording_of(session, lesson.id)
    if recording is None:
        return Progress(state="none", percent=0.0, steps=())
    work = queries.work(session, recording)
    plays = {clip.id for clip in lesson.clips if clip.plan or clip.early}
    mend = may(viewer, Action.EDIT, catalog.facts(lesson)) and work.state in ("failed", "refused")
    return Progress(
        state=work.state,  # type: ignore[arg-type]
        percent=work.percent,
        left_s=queries.left_s(session, recording, ports.clock(), ports.settings.parallel_clips),
        reason=Reason(code=work.reason, args=work.reason_args) if work.reason else None,
        steps=tuple(
            Step(
                id=f"{line.kind}-{line.n}",
                kind=line.kind,  # type: ignore[arg-type]
                state=line.state,  # type: ignore[arg-type]
                percent=line.percent,
                n=line.n if line.kind == "clip" else None,
                eta_s=line.eta_s,
                reason=Reason(code=line.reason, args=line.reason_args) if line.reason else None,
                retry=mend and line.state == "failed" and _may_help(work.state, line.reason),
                clip_url=f"/clips/{line.clip_id}" if line.clip_id in plays else None,
            )
            for line in work.steps
        ),
    )


def _may_help(state: str, reason: str | None) -> bool:
    """Trying again helps unless the recording itself was refused; "already here" is a question, not a no."""
    return state == "failed" or reason == "already_here"


@router.get("/lessons/{lesson_id}/progress")
def progress(request: Request, session: Reading, ports: PortsDep, who: WhoDep, lesson_id: str) -> Response:
    """Every step of the pipeline, live."""
    pages: Pages = request.app.state.pages
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    now = progress_of(session, ports, lesson, who.viewer)
    recording = queries.recording_of(session, lesson.id)
    context = ProgressPage(
        frame=pages.frame(request, who),
        lesson=LessonRef(id=lesson.id, title=lesson.title),
        lesson_state=lesson.state,  # type: ignore[arg-type]
        progress=now,
        may_retry=now.state == "cancelled" or any(step.retry for step in now.steps),
        may_cancel=now.state in ("waiting", "working"),
        recutting=recording is not None and recording.wanted is not None,
        may_publish=may(who.viewer, Action.PUBLISH, catalog.facts(lesson)) and lesson.state != "published",
    )
    return pages.respond(request, who, context)


def _event(request: Request, ports: PortsDep, who: WhoDep, lesson_id: str) -> dict[str, object]:
    """Return the whole progress of a lesson in words; raises NotFound."""
    pages: Pages = request.app.state.pages
    with ports.db.read() as session:
        lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
        now = progress_of(session, ports, lesson, who.viewer)
        return pages.renderer.progress_event(now, who.language)


def _kept_nowhere(response: Response) -> None:
    response.headers["cache-control"] = "no-store"


@router.get(
    "/lessons/{lesson_id}/events", response_class=EventSourceResponse, dependencies=[Depends(_kept_nowhere)]
)
async def events(
    request: Request,
    ports: PortsDep,
    who: WhoDep,
    lesson_id: str,
    event: Annotated[dict[str, object], Depends(_event)],
) -> AsyncIterator[ServerSentEvent]:
    """The progress as server-sent events: one when something changed, the last when all is over.

    The first is asked for before the stream begins, so that whoever may not see it is told so. While nothing
    changes FastAPI sends a comment now and then, which keeps proxies from closing a quiet line.
    """
    last: dict[str, object] = {}
    while not request.app.state.stopping.is_set() and not await request.is_disconnected():
        if event != last:
            last = event
            yield ServerSentEvent(raw_data=json.dumps(event, ensure_ascii=False))
        if event["state"] in ("ready", "failed", "refused", "cancelled"):
            return
        await asyncio.sleep(_EVENT_EVERY_S)
        try:
            event = await run_in_threadpool(_event, request, ports, who, lesson_id)
        except WeikeError:  # deleted or withdrawn meanwhile
            return


@router.post("/lessons/{lesson_id}/retry")
def retry(
    request: Request, session: Writing, who: WhoDep, lesson_id: str, step: Annotated[str, Form()] = ""
) -> Response:
    """Run again what failed, and only that."""
    pages: Pages = request.app.state.pages
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    recording = queries.recording_of(session, lesson.id)
    if recording is None:
        raise NotFound
    actions.retry(session, recording)
    return pages.redirect(f"/lessons/{lesson_id}/progress", "retrying")


@router.get("/mine")
def mine(request: Request, session: Reading, ports: PortsDep, who: Lecturer, page: int = 1) -> Response:
    """A lecturer's own lessons and unfinished uploads."""
    pages: Pages = request.app.state.pages
    filters = catalog.Filters(owner_id=who.viewer.person_id)
    found = catalog.lessons_page(session, who.viewer, filters, page, _PER_PAGE)
    context = MinePage(
        frame=pages.frame(request, who),
        rows=work_rows(pages, session, list(found.items)),
        pager=pager(found, "/mine"),
        unfinished=_unfinished(session, ports, who),
    )
    return pages.respond(request, who, context)
