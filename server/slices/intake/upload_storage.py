"""Where tuspyserver puts the bytes of uploads: on the disk as they come, and nowhere else."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import aiofiles
import structlog
from aiofiles.os import wrap
from aiofiles.threadpool.binary import AsyncFileIO
from fastapi import HTTPException
from starlette.types import Message, Receive
from tuspyserver.storage.local import LocalFileStorage

from library.core.errors import Conflict
from library.intake.arriving.unfinished_uploads import DAYS_KEPT, claim_of, kept_until

_LOCK_WAIT_S = 30.0
_LOCK_AGAIN_S = 0.1
_CLAIM_LOOK_S = 0.5
"""How often whoever writes an upload looks whether a newer request wants its place."""

T = TypeVar("T")
_flock = wrap(fcntl.flock)
_token: ContextVar[str | None] = ContextVar("upload_claim", default=None)
"""What this request claims an upload with."""

log = structlog.get_logger()


def named(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return what a client says of an upload, with a name and a kind where it does not say them; pure.

    tuspyserver tells how far an upload is only when both are known. Programs need not say them, and a browser
    that does not know a kind of file calls it by an empty word.
    """
    return {
        **metadata,
        "filename": metadata.get("filename") or metadata.get("name") or "video.mp4",
        "filetype": metadata.get("filetype") or metadata.get("type") or "application/octet-stream",
    }


@dataclass
class _Held:
    """An upload that is written. `token` is what its request claims it with, None for who claims nothing."""

    file: AsyncFileIO
    token: str | None
    looked_at: float
    dirty: bool = False


class UploadStorage(LocalFileStorage):
    """tuspyserver's local storage, made true to the bytes on disk.

    Its own gathers a whole request in memory, and keeps the offset in a side file that is written after the
    bytes: a process killed between the two would resume before bytes that are already there, and write them
    twice. Here each chunk is written as it comes, and the offset is always the length of the file, which is
    the only thing that survived.

    Nothing is written that would leave less than `keep_free_bytes` of the disk. An upload goes on as long as
    it is kept, `days_kept` after its last byte: tuspyserver itself counts from the first.
    """

    def __init__(self, files_dir: str, keep_free_bytes: int = 0, days_kept: int = DAYS_KEPT) -> None:
        super().__init__(files_dir)
        self._keep_free_bytes, self._days_kept = keep_free_bytes, days_kept
        self._held: dict[str, _Held] = {}

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """Return the side file's facts with a name; the bytes on disk tell the offset and the end."""
        info: dict[str, Any] | None = await super().read_info(uid)
        if info is not None:
            info["offset"] = await self.size(uid)
            info["metadata"] = named(info.get("metadata") or {})
            ends = await asyncio.to_thread(self._ends, uid)
            if ends is not None:
                info["expires"] = format_datetime(ends, usegmt=True)
        return info

    def _ends(self, uid: str) -> datetime | None:
        try:
            touched = datetime.fromtimestamp(Path(self._path(uid)).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None
        return kept_until(touched, self._days_kept).astimezone(UTC)

    async def write_info(self, uid: str, data: dict[str, Any]) -> None:
        """Write the side file's facts; what the disk refuses becomes an answer, and the older ones stay."""
        await _written(uid, super().write_info(uid, data))

    async def append(self, uid: str, chunk: bytes) -> None:
        """Write a chunk behind those before it; the upload must be held."""
        held, rest = self._held[uid], memoryview(chunk)
        held.dirty = True
        while rest:  # a disk that fills up takes a part
            writing = asyncio.to_thread(_write, held.file.fileno(), rest, self._keep_free_bytes)
            rest = rest[await _written(uid, writing) :]

    async def flush(self, uid: str) -> None:
        """Return when what was written outlives a power cut; the upload must be held."""
        held = self._held[uid]
        await _written(uid, asyncio.to_thread(os.fsync, held.file.fileno()))
        held.dirty = False

    async def delete(self, uid: str) -> None:
        """Take an upload away with what lies beside it."""
        await super().delete(uid)
        await asyncio.to_thread(claim_of(Path(self._path(uid))).unlink, missing_ok=True)

    @asynccontextmanager
    async def lock(self, uid: str) -> AsyncIterator[None]:  # type: ignore[override]  # declared without it
        """Hold an upload and its open file, also against other processes; raises TimeoutError, Conflict.

        Of several requests that `take_turns` the newest gets it: it writes a claim beside the upload, and
        whoever holds it or waits for it, in whichever process, sees that and gives way. A line that hangs
        would else keep its place for as long as it hangs.

        tuspyserver's own lock waits in a thread, of which there are few. And it is a file that is taken away
        when it is given back: of two who wait for it, one gets that file and the other makes a new one.
        """
        file = await self._open(uid)
        held = _Held(file, _token.get(), time.monotonic())
        try:
            if held.token is not None:
                await _written(uid, asyncio.to_thread(self._claim(uid).write_text, held.token))
            await self._hold(uid, held)
            await file.seek(0, os.SEEK_END)
            held.looked_at = time.monotonic()
            self._held[uid] = held
            try:
                yield
            finally:
                try:
                    if held.dirty:  # what HEAD says is here must be here after a power cut
                        await self.flush(uid)
                finally:
                    del self._held[uid]
        finally:
            if held.token is not None:
                await asyncio.shield(asyncio.to_thread(self._give_back, uid, held.token))
            await file.close()  # gives the lock back, as the end of the process does

    def take_turns(self, uid: str, receive: Receive, lost: Callable[[], None]) -> Receive:
        """Let this request have an upload before those that came earlier, and give way to later ones.

        Returns its `receive`, which says "disconnected" once a newer one wants to write the upload; `lost` is
        called before.
        """
        _token.set(uuid4().hex)

        async def receiving() -> Message:
            while True:
                held = self._held.get(uid)
                if held is not None and time.monotonic() - held.looked_at >= _CLAIM_LOOK_S:
                    if await self._is_wanted(uid, held):
                        lost()
                        return {"type": "http.disconnect"}
                    held.looked_at = time.monotonic()
                try:
                    async with asyncio.timeout(_CLAIM_LOOK_S):
                        return await receive()
                except TimeoutError:
                    continue

        return receiving

    def _claim(self, uid: str) -> Path:
        return claim_of(Path(self._path(uid)))

    def _claimed_by_another(self, uid: str, token: str) -> bool:
        try:
            return self._claim(uid).read_text() != token
        except OSError:  # nobody claims it any more
            return False

    async def _is_wanted(self, uid: str, held: _Held) -> bool:
        """Tell whether a newer request wants to write the upload, or it has been taken away."""

        token = held.token
        if token is None:
            return False

        def look() -> bool:
            return os.fstat(held.file.fileno()).st_nlink == 0 or self._claimed_by_another(uid, token)

        return await asyncio.to_thread(look)

    def _give_back(self, uid: str, token: str) -> None:
        if not self._claimed_by_another(uid, token):
            self._claim(uid).unlink(missing_ok=True)

    async def _open(self, uid: str) -> AsyncFileIO:
        path = await asyncio.to_thread(self._path, uid)
        try:
            return await aiofiles.open(path, "r+b", buffering=0)
        except FileNotFoundError as error:  # given up in this moment
            raise HTTPException(404) from error

    async def _hold(self, uid: str, held: _Held) -> None:
        """Take the lock of an upload as soon as nobody else has it; raises TimeoutError, Conflict."""
        async with asyncio.timeout(_LOCK_WAIT_S):
            while True:
                try:
                    await _flock(held.file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    await asyncio.sleep(_LOCK_AGAIN_S)
                    if await self._is_wanted(uid, held):
                        raise Conflict("upload_taken_over") from None
                else:
                    return


def _write(descriptor: int, chunk: memoryview, keep_free_bytes: int) -> int:
    """Write as much of a chunk as the disk takes at once and return how much; raises OSError."""
    disk = os.fstatvfs(descriptor)
    if disk.f_bavail * disk.f_frsize - len(chunk) < keep_free_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return os.write(descriptor, chunk)


async def _written(uid: str, work: Awaitable[T]) -> T:
    """Return what `work` on an upload's file returns; what the disk refuses becomes an answer.

    A full disk is told to the browser, which keeps the rest and tries later. When the request is cancelled,
    the thread at work is waited for: it must not find the file closed, and its number another file's.
    """
    working = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise HTTPException(507, detail="disk_full") from error
        # tuspyserver would answer with the old offset, as if all were well.
        log.exception("an upload cannot be written", upload=uid)
        raise HTTPException(500) from error
