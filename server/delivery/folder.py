"""Files of a folder on this machine.

The event loop must never wait for a disk, and a hop into a thread and back costs as much as sending a
segment. So the kernel is asked: what lies in its memory (RWF_NOWAIT, Linux) is sent at once, anything else is
read in a thread before. Names are opened in a thread the first time, afterwards the kernel has them.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from server.delivery.answers import Asked, Facts, Span, answer, send_empty, send_head
from server.delivery.kernel import PIECE_BYTES
from server.delivery.sending import BLOCK_BYTES, Exchange, send_blocks
from server.delivery.small import ONE_MAX_BYTES, SmallFile

_AT_ONCE = getattr(os, "RWF_NOWAIT", None)
_NAMES_KEPT = 20_000


class Folder:
    """Serves the files below a root."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: OrderedDict[str, None] = OrderedDict()

    async def small(self, key: str) -> SmallFile | None:
        """Return a file whole, None when it is too large for that; raises FileNotFoundError."""
        return await asyncio.to_thread(_read_small, self._root / key)

    async def send(self, key: str, asked: Asked, exchange: Exchange) -> None:
        """Answer a request for a file."""
        try:
            descriptor = await self._open(key)
        except FileNotFoundError:
            await send_empty(exchange.send, 404)
            return
        try:
            said = answer(asked, _facts(os.fstat(descriptor)))
            if said.span is None:
                await send_head(exchange.send, said)
                return
            # Before anything is said: an error is then an answer, not a broken one.
            await _warm(descriptor, said.span.start, min(said.span.end, said.span.start + PIECE_BYTES))
            if exchange.file_line is not None and exchange.file_line.ready:
                await exchange.file_line.send(said, descriptor, partial(_warm, descriptor))
            else:
                await send_blocks(exchange, said, _blocks(descriptor, said.span))
        finally:
            os.close(descriptor)

    async def _open(self, key: str) -> int:
        opening = partial(_opened, self._root / key)
        if key in self._opened:
            self._opened.move_to_end(key)
            return opening()
        descriptor = await asyncio.to_thread(opening)
        self._opened[key] = None
        if len(self._opened) > _NAMES_KEPT:
            self._opened.popitem(last=False)
        return descriptor


def _opened(file: Path) -> int:
    """Open a file that is one; raises FileNotFoundError, and OSError for what cannot be opened now."""
    try:
        return os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):  # a link leads anywhere
            raise FileNotFoundError(error.errno, "not a file", str(file)) from None
        raise


def _facts(status: os.stat_result) -> Facts:
    # nginx's form, so that a part fetched here goes with one fetched there.
    return Facts(status.st_size, f'"{int(status.st_mtime):x}-{status.st_size:x}"')


def _read_small(file: Path) -> SmallFile | None:
    descriptor = _opened(file)
    try:
        facts = _facts(os.fstat(descriptor))
        if facts.size_bytes > ONE_MAX_BYTES:
            return None
        return SmallFile(os.pread(descriptor, facts.size_bytes, 0), facts)
    finally:
        os.close(descriptor)


async def _warm(descriptor: int, start: int, end: int) -> None:
    if not (_in_memory(descriptor, start) and _in_memory(descriptor, end - 1)):
        await asyncio.to_thread(os.pread, descriptor, end - start, start)


async def _blocks(descriptor: int, span: Span) -> AsyncIterator[bytes]:
    for start in range(span.start, span.end, BLOCK_BYTES):
        end = min(start + BLOCK_BYTES, span.end)
        await _warm(descriptor, start, end)
        block = os.pread(descriptor, end - start, start)
        if len(block) != end - start:
            raise OSError("a file became shorter while it was sent")
        yield block


def _in_memory(descriptor: int, at: int) -> bool:
    """Tell whether the kernel can give the byte at `at` without a disk; False where it cannot say."""
    if _AT_ONCE is None:
        return False
    try:
        return os.preadv(descriptor, [bytearray(1)], at, _AT_ONCE) == 1
    except OSError:
        return False
