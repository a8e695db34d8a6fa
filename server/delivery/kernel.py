"""Bytes of a file from the kernel's memory into a viewer's line, not through this process (sendfile)."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Awaitable, Callable

PIECE_BYTES = 1024 * 1024
"""The most that one call gives to a line: while it runs, nobody else is served."""

TAKES_NOTHING_S = 60.0
"""How long a line may take no byte before it is given up, as nginx does (`send_timeout`)."""

Warm = Callable[[int, int], Awaitable[None]]
"""Called with a part of the file before it is sent; returns when no disk stands in the kernel's way."""

_CANNOT = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)
"""What sendfile says of a file system that it cannot take bytes from: they are copied."""
_COPIED_BYTES = 64 * 1024

AVAILABLE = hasattr(os, "sendfile")
_MORE_FOLLOWS = getattr(socket, "MSG_MORE", 0)


class TakesNothing(Exception):
    """A viewer's line took no byte for too long."""


class KernelLine:
    """A second handle on the socket of a connection whose event loop goes on watching the first.

    uvloop lets nobody else watch a descriptor of its own, and a number that it has closed may belong to the
    next viewer a moment later: so this one is a double, given back by `close`. Who has said all they will say
    (a half-closed line, which ends uvicorn's handle) still gets the rest through it.
    """

    def __init__(self, descriptor: int, patience_s: float = TAKES_NOTHING_S) -> None:
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._loop = asyncio.get_running_loop()
        self._patience_s = patience_s
        self._waiting: asyncio.Future[None] | None = None

    def close(self) -> None:
        """Give the double back."""
        self._socket.close()

    async def send_head(self, head: bytes) -> None:
        """Send what stands before a file, in one packet with its first bytes; raises as `send_file`."""
        while head:
            try:
                head = head[self._socket.send(head, _MORE_FOLLOWS) :]
            except BlockingIOError:
                await self._until_it_takes_bytes()

    async def send_file(self, file: int, start: int, end: int, warm: Warm) -> None:
        """Send the bytes of `file` from `start` to before `end`.

        Raises ConnectionError when the viewer has left, TakesNothing, and OSError for a file that cannot be
        read.
        """
        while start < end:
            piece_bytes = min(end - start, PIECE_BYTES)
            await warm(start, start + piece_bytes)
            try:
                sent_bytes = self._send_piece(file, start, piece_bytes)
            except BlockingIOError:
                await self._until_it_takes_bytes()
                continue
            if sent_bytes == 0:
                raise OSError("a file became shorter while it was sent")
            start += sent_bytes
            if start < end:
                await asyncio.sleep(0)  # a fast line would keep the others waiting until its last byte

    def _send_piece(self, file: int, start: int, size_bytes: int) -> int:
        """Return how many bytes the line has taken; raises BlockingIOError for none, OSError."""
        try:
            return os.sendfile(self._socket.fileno(), file, start, size_bytes)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            return self._socket.send(os.pread(file, min(size_bytes, _COPIED_BYTES), start))

    async def _until_it_takes_bytes(self) -> None:
        self._waiting = self._loop.create_future()
        self._loop.add_writer(self._socket.fileno(), self._wake)
        giving_up = self._loop.call_later(self._patience_s, self._give_up)
        try:
            await self._waiting
        finally:
            giving_up.cancel()
            self._loop.remove_writer(self._socket.fileno())
            self._waiting = None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _give_up(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(TakesNothing())
