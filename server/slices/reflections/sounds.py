"""The sound of a reflection: taken in, taken away, and played to whoever may read the text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import obstore
from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response, StreamingResponse

from library.core.errors import Invalid, NotFound, TooLarge
from library.core.ids import new_id
from library.intake.files.objects import delete_path, delete_prefix, keep_file
from library.reflections import queries, rules, sounds
from library.reflections.places import folder_of, raw_key, sound_key
from library.reflections.rules import SoundState
from server.slices.reflections.desk_of_writer import REFUSALS, WriterDesk, WriterDeskDep
from server.web.deps import DatabaseDep, StoreDep, WhoDep
from server.web.limits.fields import WordForm

router = APIRouter(include_in_schema=False)

_PIECE = 2**20
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_HEADERS = {
    # Asked each time whether it may still be heard; the browser keeps it no longer than the page.
    "cache-control": "private, no-store",
    "accept-ranges": "bytes",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}

SoundFile = Annotated[UploadFile | None, File()]


def _received(desk: WriterDesk, upload: UploadFile | None, file: Path) -> int:
    """Write what comes into a file; returns its bytes. Raises Invalid, TooLarge."""
    if desk.settings.reflection_sound_max_min <= 0:
        raise Invalid("reflection_sound_off", field="file")
    if upload is None or not upload.size:
        raise Invalid("reflection_sound_missing", field="file")
    if upload.size > rules.SOUND_MAX_BYTES:
        raise Invalid("reflection_sound_large", field="file", most_bytes=rules.SOUND_MAX_BYTES)
    if shutil.disk_usage(file.parent).free < desk.settings.keep_free_bytes + 2 * upload.size:
        raise TooLarge("reflection_sound_no_room", field="file")
    with file.open("wb") as out:
        shutil.copyfileobj(upload.file, out, _PIECE)
    return file.stat().st_size


@router.post("/reflections/{reflection_id}/sound")
def put(desk: WriterDeskDep, store: StoreDep, reflection_id: str, file: SoundFile = None) -> Response:
    """Take a sound in; the worker makes it into what is played."""
    with desk.db.read() as session:
        sounds.check_takes(session, desk.viewer, reflection_id)
    sound_id = new_id()
    folder = desk.settings.work_folder / f"sound-{sound_id}"
    folder.mkdir(parents=True)
    try:
        size = _received(desk, file, folder / "raw")
        with desk.db.write() as session:
            sounds.announce(session, sound_id, desk.clock())
        keep_file(store, folder / "raw", raw_key(sound_id))
        with desk.db.write() as session:
            sounds.put(session, desk.viewer, reflection_id, sound_id, size, desk.clock())
    except REFUSALS as error:
        delete_prefix(store, folder_of(sound_id))
        return desk.refuse(error, reflection_id, "sound", None, {})
    except BaseException:
        delete_prefix(store, folder_of(sound_id))
        raise
    finally:
        delete_path(folder)
    return desk.pages.redirect(f"/reflections/{reflection_id}/edit", "reflection_sound_taken")


@router.post("/reflections/{reflection_id}/sound/remove")
def remove(desk: WriterDeskDep, reflection_id: str, confirm: WordForm = "") -> Response:
    """Take the sound away."""
    with desk.db.write() as session:
        sounds.remove(session, desk.viewer, reflection_id, desk.clock())
    return desk.pages.redirect(f"/reflections/{reflection_id}/edit", "reflection_sound_removed")


@router.get("/reflections/{reflection_id}/sound.m4a")
def play(request: Request, db: DatabaseDep, who: WhoDep, store: StoreDep, reflection_id: str) -> Response:
    """The sound, to whoever may read the reflection now; parts of it too, so that players can seek."""
    with db.read() as session:
        row = queries.reflection_for(session, who.viewer, reflection_id)
        sound = queries.sound_of(session, row.id)
        if sound is None or sound.state is not SoundState.READY:
            raise NotFound
        key = sound_key(sound.id)
    try:
        size = int(obstore.head(store, key)["size"])
    except FileNotFoundError:
        raise NotFound from None
    asked = request.headers.get("range", "")
    part = part_of(asked, size) if asked else None
    if asked and part is None and _RANGE.fullmatch(asked.strip()):
        return Response(status_code=416, headers={**_HEADERS, "content-range": f"bytes */{size}"})
    start, end = part or (0, size)
    headers = {**_HEADERS, "content-length": str(end - start)}
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"

    def pieces() -> Iterator[bytes]:
        for at in range(start, end, _PIECE):
            yield bytes(obstore.get_range(store, key, start=at, end=min(end, at + _PIECE)))

    return StreamingResponse(
        pieces(), 206 if part is not None else 200, headers=headers, media_type="audio/mp4"
    )


def part_of(asked: str, size: int) -> tuple[int, int] | None:
    """Return [start, end) of the one part that a Range asks for, None for what is none or lies outside."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or size <= 0:
        return None
    first, last = match[1], match[2]
    if not first:
        length = int(last or 0)
        return (max(0, size - length), size) if length else None
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    return (start, end) if start < end else None
