"""Resumable uploads: the tus protocol by tuspyserver, with our rules about who, what and how much.

The server names the files; what the browser calls them is only shown. An upload belongs to one lesson of
one person, and is known to the database before its first byte arrives.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from tuspyserver import create_tus_router

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Invalid, NotFound
from library.intake import actions, queries, rules
from library.intake.rules import RecordingState
from library.intake.unfinished_uploads import DAYS_KEPT, note_received
from server.settings import Settings
from server.slices.intake.upload_storage import UploadStorage
from server.web.deps import ClockDep, DatabaseDep, Lecturer, SettingsDep
from server.web.who import Who

_NEEDED = {"POST": "upload-length", "PATCH": "upload-offset"}
"""The header without which a request cannot be meant; tuspyserver itself asks for Tus-Resumable."""


def upload_router(settings: Settings) -> APIRouter:
    """Return the routes under /tus/."""
    folder = str(settings.uploads_folder.absolute())
    # tuspyserver takes any dependency for these, and says less in their types.
    hooks: dict[str, Any] = {
        "auth": _allowed,
        "pre_create_dep": _before_create,
        "upload_complete_dep": _after_complete,
        "file_dep": _which_file,
    }
    router: APIRouter = create_tus_router(
        prefix="/tus",
        files_dir=folder,
        max_size=settings.max_upload_bytes,
        days_to_keep=DAYS_KEPT,
        storage=UploadStorage(folder),
        tags=["uploads"],
        **hooks,
    )
    # tuspyserver writes a chunk before it asks `auth`; what hangs on the router is asked before everything.
    guarded = APIRouter(dependencies=[Depends(_allowed)], include_in_schema=False)
    guarded.include_router(router)
    return guarded


def _allowed(request: Request, who: Lecturer, db: DatabaseDep) -> None:
    """Let lecturers in, and only to their own uploads; another's answers as if it were not there."""
    if request.headers.get("upload-concat") or request.headers.get("upload-defer-length"):
        # Parts that are joined later and sizes that are told later could not be checked before they arrive.
        raise Invalid("upload_form")
    if request.method == "POST" and request.headers.get("content-length", "0") != "0":
        # Bytes in the very first request would be written whatever size was told.
        raise Invalid("upload_form")
    needed = _NEEDED.get(request.method)
    if needed is not None and needed not in request.headers:
        raise Invalid("upload_headers", field=needed)
    upload_id = request.path_params.get("uuid")
    if upload_id is None:
        return
    with db.read() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is None or recording.uploaded_by != who.viewer.person_id:
            raise NotFound("upload_unknown")
        if request.method == "DELETE" and recording.state is not RecordingState.RECEIVING:
            raise NotFound("upload_unknown")


def _before_create(
    who: Lecturer, settings: SettingsDep, clock: ClockDep, db: DatabaseDep
) -> Callable[[dict[str, str], dict[str, Any]], Awaitable[None]]:
    async def check(metadata: dict[str, str], facts: dict[str, Any]) -> None:
        # tuspyserver answers HEAD only when both are known, so an upload without them could never resume.
        metadata.setdefault("filename", metadata.get("name", "video.mp4"))
        metadata.setdefault("filetype", "application/octet-stream")
        size_bytes = int(facts["size"] or 0)
        metadata["upload"] = await run_in_threadpool(_begin, db, settings, clock, who, metadata, size_bytes)

    return check


def _begin(
    db: Database, settings: Settings, clock: Clock, who: Who, metadata: dict[str, str], size_bytes: int
) -> str:
    """Note an upload before its first byte; returns the id under which its bytes will lie."""
    file_name, upload_id = metadata["filename"], uuid4().hex
    with db.write() as session:
        lesson = catalog.lesson_for(session, who.viewer, metadata.get("lesson", ""), Action.EDIT)
        used = queries.used_bytes(session, who.viewer.person_id or "")
        free = shutil.disk_usage(settings.uploads_folder).free
        rules.check_upload(file_name, size_bytes, used, free, settings.limits)
        actions.begin(
            session,
            lesson,
            upload_id=upload_id,
            file_name=file_name,
            size_bytes=size_bytes,
            person_id=who.viewer.person_id,
            now=clock(),
        )
    return upload_id


def _which_file(
    request: Request, clock: ClockDep, db: DatabaseDep
) -> Callable[[dict[str, str]], Awaitable[dict[str, str]]]:
    async def which(metadata: dict[str, str]) -> dict[str, str]:
        if request.method == "DELETE":
            await run_in_threadpool(_forget, db, str(request.path_params["uuid"]), clock())
        return {"uid": metadata["upload"]} if "upload" in metadata else {}

    return which


def _forget(db: Database, upload_id: str, now: datetime) -> None:
    with db.write() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is not None and recording.state is RecordingState.RECEIVING:
            actions.give_up(session, recording, now)


def _after_complete(db: DatabaseDep) -> Callable[[str, dict[str, str]], Awaitable[None]]:
    async def complete(path: str, _metadata: dict[str, str]) -> None:
        await run_in_threadpool(note_received, db, Path(path).name)

    return complete
