"""Cutting a lesson otherwise: the editor's page, its JSON, its pictures; and stopping what is being made."""

from __future__ import annotations

from typing import Any

import obstore
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.catalog.tables import Lesson
from library.core.errors import Conflict, NotFound
from library.intake import arranging, queries
from library.intake.cutting import MOST_CLIPS, WantedCut
from library.intake.files.objects import storyboard_prefix
from library.intake.tables import Recording
from server.slices.intake.contexts import CutPage
from server.slices.intake.cuts_json import cuts_object
from server.web.deps import ClockDep, MediaDep, PagesDep, Reading, StoreDep, WhoDep, Writing
from server.web.limits.fields import WordText
from server.web.shown.lesson_cards import lesson_ref
from server.web.who import Who
from transcode.pictures.overview import Overview

router = APIRouter()

_PICTURE_LIFE_S = 3600


class CutIn(BaseModel):
    """A clip that is wanted: where it begins and ends in the lecture, and what it is called."""

    start_s: float
    end_s: float
    title: str = Field("", max_length=1000)


class CutsIn(BaseModel):
    """The clips that are wanted, in order; what lies between two of them is dropped.

    `version` is the one that GET answered: somebody else's change in between is not written over.
    """

    version: WordText
    clips: list[CutIn] = Field(max_length=10 * MOST_CLIPS)


class CutsOut(BaseModel):
    """`state` is the recording's (ready: nothing has to be made), `progress` the page to follow it on."""

    state: str
    version: str
    progress: str


@router.get("/lessons/{lesson_id}/cut", include_in_schema=False)
def cut_page(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, media: MediaDep, lesson_id: str
) -> Response:
    """The page on which a lecturer moves cuts, names clips and drops what nobody needs."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    context = CutPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        cuts=cuts_object(media, pages, session, lesson),
    )
    return pages.respond(request, who, context)


@router.get("/api/v1/lessons/{lesson_id}/cuts", tags=["cuts"])
def get_cuts(
    session: Reading, who: WhoDep, pages: PagesDep, media: MediaDep, lesson_id: str
) -> dict[str, Any]:
    """Where a lesson is cut, and what helps to cut it otherwise (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    return cuts_object(media, pages, session, lesson)


@router.put("/api/v1/lessons/{lesson_id}/cuts", tags=["cuts"])
def put_cuts(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, body: CutsIn
) -> CutsOut:
    """Cut a lesson otherwise (its owner, the staff).

    Clips whose borders did not move are kept; the old ones play until the new ones do.
    """
    lesson, recording = _editable(session, who, lesson_id)
    wanted = [WantedCut(clip.start_s, clip.end_s, clip.title) for clip in body.clips]
    arranging.rearrange(session, recording, lesson, wanted, body.version, clock())
    version = queries.version_of(recording, queries.arrangement(recording, lesson))
    progress = pages.at(f"/lessons/{lesson_id}/progress")
    return CutsOut(state=recording.state, version=version, progress=progress)


@router.post("/api/v1/lessons/{lesson_id}/cuts/discard", tags=["cuts"])
def discard(session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str) -> CutsOut:
    """Give up other cuts that are being made or could not be made; the lesson stays as it plays."""
    lesson, recording = _editable(session, who, lesson_id)
    arranging.discard(session, recording, lesson, clock())
    version = queries.version_of(recording, queries.arrangement(recording, lesson))
    progress = pages.at(f"/lessons/{lesson_id}/progress")
    return CutsOut(state=recording.state, version=version, progress=progress)


@router.post("/lessons/{lesson_id}/cuts/discard", include_in_schema=False)
def discard_form(session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str) -> Response:
    """The same as a form."""
    lesson, recording = _editable(session, who, lesson_id)
    arranging.discard(session, recording, lesson, clock())
    return pages.redirect(f"/lessons/{lesson_id}/cut", "cuts_discarded")


@router.post("/api/v1/lessons/{lesson_id}/cancel", tags=["lessons"])
def cancel(session: Writing, who: WhoDep, clock: ClockDep, lesson_id: str) -> dict[str, str]:
    """Stop what is being made of a recording (its owner, the staff); `retry` goes on with it.

    Of other cuts that are being made nothing is kept; the lesson stays as it plays.
    """
    lesson, recording = _editable(session, who, lesson_id)
    arranging.cancel(session, recording, lesson, clock())
    return {"state": recording.state}


@router.post("/lessons/{lesson_id}/cancel", include_in_schema=False)
def cancel_form(session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str) -> Response:
    """The same as a form."""
    lesson, recording = _editable(session, who, lesson_id)
    arranging.cancel(session, recording, lesson, clock())
    return pages.redirect(f"/lessons/{lesson_id}/progress", "processing_cancelled")


def _editable(session: Session, who: Who, lesson_id: str) -> tuple[Lesson, Recording]:
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    recording = queries.recording_of(session, lesson.id)
    if recording is None:
        raise Conflict("cuts_not_yet")
    return lesson, recording


@router.get("/lessons/{lesson_id}/storyboard/{n}.jpg", include_in_schema=False)
def storyboard(session: Reading, who: WhoDep, store: StoreDep, lesson_id: str, n: int) -> Response:
    """A sheet of small pictures of the whole lecture, for those who may cut it."""
    _lesson, recording = _editable(session, who, lesson_id)
    board = Overview.from_json(recording.look or {}).storyboard
    if board is None or not 1 <= n <= len(board.sheets):
        raise NotFound
    key = f"{storyboard_prefix(recording.id)}/{board.sheets[n - 1]}"
    try:
        data = bytes(obstore.get(store, key).bytes())
    except FileNotFoundError:
        raise NotFound from None
    headers = {"cache-control": f"private, max-age={_PICTURE_LIFE_S}"}
    return Response(data, media_type="image/jpeg", headers=headers)
