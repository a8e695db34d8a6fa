"""Resumable uploads: the tus protocol by tuspyserver, with our rules about who, what and how much.

The server names the files; what the browser calls them is only shown. An upload belongs to one lesson of
one person, and is known to the database before its first byte arrives.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from tuspyserver import create_tus_router

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.intake import actions, queries, rules
from library.intake.arriving.unfinished_uploads import note_received, promised, received_bytes
from library.intake.rules import RecordingState
from library.intake.tables import Recording
from server.addresses import network_of
from server.settings import Settings
from server.slices.intake.upload_storage import UploadStorage, named
from server.web.deps import ClockDep, DatabaseDep, Lecturer, SecretDep, SettingsDep
from server.web.shown.recognition import ask_for_text
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
    storage = UploadStorage(folder, settings.keep_free_bytes, settings.keep_uploads_days)
    router: APIRouter = create_tus_router(
        prefix="/tus",
        files_dir=folder,
        max_size=settings.max_upload_bytes,
        days_to_keep=settings.keep_uploads_days,
        storage=storage,
        tags=["uploads"],
        **hooks,
    )

    async def take_turns(request: Request) -> None:
        """Let the newest of several requests write an upload."""
        upload_id = request.path_params.get("uuid")
        if request.method == "PATCH" and upload_id is not None:
            request.state.taken_over = False

            def lost() -> None:
                request.state.taken_over = True

            # The stream is read inside of tuspyserver, which is handed nothing but the request.
            request._receive = storage.take_turns(upload_id, request.receive, lost)

    # tuspyserver writes a chunk before it asks `auth`; what hangs on the router is asked before everything.
    guarded = APIRouter(dependencies=[Depends(_allowed), Depends(take_turns)], include_in_schema=False)
    guarded.include_router(router)
    return guarded


def _allowed(request: Request, who: Lecturer, db: DatabaseDep, settings: SettingsDep) -> None:
    """Let lecturers in, and only to their own uploads; another's answers as if it were not there.

    A chunk for another place than the next is refused here, so that it takes nobody's turn.
    """
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
    offset = request.headers.get("upload-offset", "")
    file = settings.uploads_folder / upload_id
    if request.method == "PATCH" and offset.isdecimal() and file.is_file():
        at_bytes = received_bytes(settings.uploads_folder, upload_id)
        if offset != str(at_bytes):
            raise Conflict("upload_offset", at_bytes=at_bytes)


def _before_create(
    request: Request,
    who: Lecturer,
    settings: SettingsDep,
    clock: ClockDep,
    db: DatabaseDep,
    secret: SecretDep,
) -> Callable[[dict[str, str], dict[str, Any]], Awaitable[None]]:
    async def check(metadata: dict[str, str], facts: dict[str, Any]) -> None:
        metadata.update(named(metadata))
        size_bytes = int(facts["size"] or 0)
        host = request.client.host if request.client else ""
        begin = _Begin(db, settings, clock, who, host, secret)
        metadata["upload"] = await run_in_threadpool(begin, metadata, size_bytes)

    return check


@dataclass(frozen=True)
class _Begin:
    """Notes an upload before its first byte. `host` is where the request came from."""

    db: Database
    settings: Settings
    clock: Clock
    who: Who
    host: str
    secret: str

    def __call__(self, metadata: dict[str, str], size_bytes: int) -> str:
        """Note it and return the id under which its bytes will lie; raises Invalid, TooLarge, Throttled."""
        file_name, upload_id, now = metadata["filename"], uuid4().hex, self.clock()
        person_id, uploads = self.who.viewer.person_id, self.settings.uploads_folder
        with self.db.write() as session:
            actions.begin_alone(session)
            lesson = catalog.lesson_for(session, self.who.viewer, metadata.get("lesson", ""), Action.EDIT)
            present = queries.recording_of(session, lesson.id)
            if present is not None and present.state is RecordingState.RECEIVING and present.upload_id:
                # It is replaced: nothing more of it will come.
                actions.note_ended(session, present.upload_id, received_bytes(uploads, present.upload_id))
            self._check(session, present, file_name, size_bytes, now)
            actions.begin(
                session,
                lesson,
                upload_id=upload_id,
                file_name=file_name,
                size_bytes=size_bytes,
                person_id=person_id,
                now=now,
            )
            ask_for_text(session, self.settings, lesson, person_id, now)
            actions.note_begun(
                session,
                upload_id,
                account=self._key("account", person_id or ""),
                address=self._key("address", network_of(self.host)),
                size_bytes=size_bytes,
                now=now,
            )
        return upload_id

    def _check(
        self, session: Session, replaced: Recording | None, file_name: str, size_bytes: int, now: datetime
    ) -> None:
        person_id, uploads = self.who.viewer.person_id or "", self.settings.uploads_folder
        used = queries.used_bytes(session, person_id)
        free = shutil.disk_usage(uploads).free - promised(session, uploads, replaced)
        rules.check_upload(file_name, size_bytes, used, max(0, free), self.settings.limits)
        rules.check_numbers(
            size_bytes,
            queries.begun_by(session, self._key("account", person_id), now),
            queries.begun_from(session, self._key("address", network_of(self.host)), now),
            self.settings.upload_numbers,
        )

    def _key(self, kind: str, of: str) -> str:
        """Return the keyed hash by which uploads of a person or from an address are counted."""
        return hmac.digest(self.secret.encode(), f"uploads {kind} {of}".encode(), "sha256").hex()[:32]


def _which_file(
    request: Request, clock: ClockDep, db: DatabaseDep, settings: SettingsDep
) -> Callable[[dict[str, str]], Awaitable[dict[str, str]]]:
    async def which(metadata: dict[str, str]) -> dict[str, str]:
        if getattr(request.state, "taken_over", False):
            raise Conflict("upload_taken_over")
        if request.method == "DELETE":
            upload_id = str(request.path_params["uuid"])
            await run_in_threadpool(_forget, db, settings.uploads_folder, upload_id, clock())
        return {"uid": metadata["upload"]} if "upload" in metadata else {}

    return which


def _forget(db: Database, uploads: Path, upload_id: str, now: datetime) -> None:
    with db.write() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is not None and recording.state is RecordingState.RECEIVING:
            actions.note_ended(session, upload_id, received_bytes(uploads, upload_id))
            actions.give_up(session, recording, now)


def _after_complete(db: DatabaseDep) -> Callable[[str, dict[str, str]], Awaitable[None]]:
    async def complete(path: str, _metadata: dict[str, str]) -> None:
        await run_in_threadpool(note_received, db, Path(path).name)

    return complete
