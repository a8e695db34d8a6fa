"""Where tuspyserver puts the bytes of uploads: on the disk as they come, and nowhere else."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiofiles
import structlog
from aiofiles.os import wrap
from aiofiles.threadpool.binary import AsyncFileIO
from fastapi import HTTPException
from tuspyserver.storage.local import LocalFileStorage

_LOCK_WAIT_S = 30.0
_LOCK_AGAIN_S = 0.1

T = TypeVar("T")
_fsync, _flock = wrap(os.fsync), wrap(fcntl.flock)

log = structlog.get_logger()


class UploadStorage(LocalFileStorage):
    """tuspyserver's local storage, made true to the bytes on disk.

    Its own gathers a whole request in memory, and keeps the offset in a side file that is written after the
    bytes: a process killed between the two would resume before bytes that are already there, and write them
    twice. Here each chunk is written as it comes, and the offset is always the length of the file, which is
    the only thing that survived.
    """

    def __init__(self, files_dir: str) -> None:
        super().__init__(files_dir)
        self._held: dict[str, AsyncFileIO] = {}

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """Return the side file's facts with the offset that the bytes on disk have."""
        info: dict[str, Any] | None = await super().read_info(uid)
        if info is not None:
            info["offset"] = await self.size(uid)
        return info

    async def append(self, uid: str, chunk: bytes) -> None:
        """Write a chunk behind those before it; the upload must be held."""
        file, rest = self._held[uid], memoryview(chunk)
        while rest:  # a disk that fills up takes a part
            rest = rest[await _written(uid, file.write(rest)) :]

    async def flush(self, uid: str) -> None:
        """Return when what was written outlives a power cut; the upload must be held."""
        await _written(uid, _fsync(self._held[uid].fileno()))

    @asynccontextmanager
    async def lock(self, uid: str) -> AsyncIterator[None]:  # type: ignore[override]  # declared without it
        """Hold an upload and its open file, also against other processes; raises TimeoutError.

        tuspyserver's own lock waits in a thread, of which there are few. And it is a file that is taken away
        when it is given back: of two who wait for it, one gets that file and the other makes a new one.
        """
        file = await self._open(uid)
        try:
            await _hold(file)
            await file.seek(0, os.SEEK_END)
            self._held[uid] = file
            try:
                yield
            finally:
                del self._held[uid]
        finally:
            await file.close()  # gives the lock back, as the end of the process does

    async def _open(self, uid: str) -> AsyncFileIO:
        path = await asyncio.to_thread(self._path, uid)
        try:
            return await aiofiles.open(path, "r+b", buffering=0)
        except FileNotFoundError as error:  # given up in this moment
            raise HTTPException(404) from error


async def _hold(file: AsyncFileIO) -> None:
    """Take the lock of a file as soon as nobody else has it; raises TimeoutError."""
    async with asyncio.timeout(_LOCK_WAIT_S):
        while True:
            try:
                await _flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(_LOCK_AGAIN_S)
            else:
                return


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
