"""Resumable uploads: the tus protocol by tuspyserver, with our rules about who, what and how much.

The server names the files; what the browser calls them is only shown. An upload belongs to one lesson of
one person, and is known to the database before its first byte arrives.
"""

from __future__ import annotations

import asyncio
import errno
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from tuspyserver import create_tus_router
from tuspyserver.storage.local import LocalFileStorage

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Invalid, NotFound
from library.intake import actions, queries, rules
from server.settings import Settings
from server.web.deps import ClockDep, DatabaseDep, Lecturer, SettingsDep
from server.web.who import Who

DAYS_KEPT = 7
_STRAY_AFTER = timedelta(hours=1)
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")

log = structlog.get_logger()


class UploadStorage(LocalFileStorage):
    """tuspyserver's local storage, made true to the bytes on disk.

    Its own offset lives in a side file that is written after the bytes: a process killed between the two
    would resume before bytes that are already there, and write them twice. Here the offset is always the
    length of the file, which is the only thing that survived.
    """

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """Return the side file's facts with the offset that the bytes on disk have."""
        info: dict[str, Any] | None = await super().read_info(uid)
        if info is not None:
            info["offset"] = await self.size(uid)
        return info

    async def flush(self, uid: str) -> None:
        """Write what arrived; a full disk is told to the browser, which keeps the rest and tries later."""
        try:
            await super().flush(uid)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise HTTPException(507, detail="disk_full") from error
            raise

    @asynccontextmanager
    async def lock(self, uid: str) -> AsyncIterator[None]:  # type: ignore[override]  # declared without it
        """Hold an upload; what an earlier request left unwritten in memory is dropped, the browser has it."""
        async with super().lock(uid):
            self._pending.pop(uid, None)
            yield


def received_bytes(uploads: Path, upload_id: str | None) -> int:
    """Return how much of an upload is on disk."""
    file = uploads / str(upload_id)
    return file.stat().st_size if upload_id and file.is_file() else 0


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
    guarded = APIRouter(dependencies=[Depends(_allowed)])
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
    upload_id = request.path_params.get("uuid")
    if upload_id is None:
        return
    with db.read() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is None or recording.uploaded_by != who.viewer.person_id:
            raise NotFound("upload_unknown")
        if request.method == "DELETE" and recording.state != "receiving":
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
        if recording is not None and recording.state == "receiving":
            actions.give_up(session, recording, now)


def _after_complete(db: DatabaseDep) -> Callable[[str, dict[str, str]], Awaitable[None]]:
    async def complete(path: str, _metadata: dict[str, str]) -> None:
        await run_in_threadpool(_received, db, Path(path).name)

    return complete


def _received(db: Database, upload_id: str) -> None:
    with db.write() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is not None:
            actions.received(session, recording)


def reconcile(db: Database, uploads: Path, now: datetime) -> None:
    """Mend what a crash left: uploads that are whole but not noted, and those nobody came back to.

    A process killed between the last byte and the database's commit leaves a whole file that the browser
    believes delivered.
    """
    with db.read() as session:
        open_ones = [
            (r.upload_id, r.size_bytes, r.created_at) for r in queries.in_state(session, "receiving")
        ]
    for upload_id, size_bytes, created_at in open_ones:
        if upload_id is None:
            continue
        file = uploads / upload_id
        if received_bytes(uploads, upload_id) >= size_bytes > 0:
            _received(db, upload_id)
            continue
        touched = (
            datetime.fromtimestamp(file.stat().st_mtime, tz=now.tzinfo) if file.is_file() else created_at
        )
        if now - touched > timedelta(days=DAYS_KEPT):
            with db.write() as session:
                recording = queries.recording_by_upload(session, upload_id)
                if recording is not None:
                    actions.give_up(session, recording, now)
            for left in (file, file.with_name(f"{upload_id}.info")):
                left.unlink(missing_ok=True)
    _sweep_strays(db, uploads, now)


def _sweep_strays(db: Database, uploads: Path, now: datetime) -> None:
    """Take away the bytes of uploads that the database no longer knows: replaced, or their lesson deleted."""
    for file in uploads.iterdir():
        upload_id = file.name.removesuffix(".tmp").removesuffix(".info")
        if _UPLOAD_ID.fullmatch(upload_id) is None:
            continue
        with suppress(FileNotFoundError):
            if now - datetime.fromtimestamp(file.stat().st_mtime, tz=now.tzinfo) < _STRAY_AFTER:
                continue
            with db.read() as session:
                recording = queries.recording_by_upload(session, upload_id)
            if recording is None or recording.state == "ready":
                file.unlink()


async def reconcile_forever(
    db: Database, uploads: Path, clock: Callable[[], datetime], every_s: float = 10.0
) -> None:
    """Run `reconcile` again and again until cancelled."""
    while True:
        try:
            await run_in_threadpool(reconcile, db, uploads, clock())
        except Exception:
            # A database that is restarting or a full disk must not end this for good.
            log.exception("uploads could not be mended, it will be tried again")
        await asyncio.sleep(every_s)
