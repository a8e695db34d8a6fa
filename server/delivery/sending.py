"""Sending bytes: files by the kernel where the server can, what lies in this process in one go or in blocks.

What a viewer's line does not take at once waits in this process, unless the kernel sends it. A whole segment
in one go costs little; 500 slow viewers with a whole segment each would cost 300 MB. So the bytes that are
under way in one go are counted, and above `IN_ONE_GO_BYTES` the next viewers get theirs block by block.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Protocol

from server.delivery.answers import Answer, Message, Receive, Scope, Send, send_head
from server.delivery.kernel import Warm

ONE_GO_MAX_BYTES = 1024 * 1024
IN_ONE_GO_BYTES = 48 * 1024 * 1024
BLOCK_BYTES = 64 * 1024

FILE_LINE = "weike.file_line"
"""The ASGI extension whose "line" is a FileLine; server.delivery.uvicorn_protocol puts it into the scope."""


class FileLine(Protocol):
    """Sends an answer with a part of an open file, by the kernel."""

    begun: bool
    """Whether something has been said."""

    status: int
    """The status that has been said, 0 until then."""

    @property
    def ready(self) -> bool:
        """Whether it may be used for this answer."""
        ...

    async def send(self, said: Answer, file: int, warm: Warm) -> None:
        """Send all of an answer; raises OSError when the file cannot be read."""
        ...


class Exchange:
    """One request: what comes from who asked, and the ways to them."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.receive, self._send, self._begun = receive, send, False
        self.file_line: FileLine | None = scope.get("extensions", {}).get(FILE_LINE, {}).get("line")

    @property
    def begun(self) -> bool:
        """Whether something has been said to them, so that another status cannot be."""
        return self._begun or (self.file_line is not None and self.file_line.begun)

    async def send(self, message: Message) -> None:
        """Say something, as ASGI does."""
        self._begun = True
        await self._send(message)


class Room:
    """How many bytes may be under way in one go."""

    def __init__(self, most_bytes: int = IN_ONE_GO_BYTES) -> None:
        self._free_bytes = most_bytes

    @contextmanager
    def of(self, size_bytes: int) -> Iterator[bool]:
        """Hold room for `size_bytes` during the block; yields whether there is."""
        there_is = size_bytes <= ONE_GO_MAX_BYTES and size_bytes <= self._free_bytes
        held = size_bytes if there_is else 0
        self._free_bytes -= held
        try:
            yield there_is
        finally:
            self._free_bytes += held


async def send_whole(send: Send, said: Answer, body: bytes) -> None:
    """Send an answer in one go; returns when all but a rest of it has left this process's memory."""
    await send_head(send, said)
    await send({"type": "http.response.body", "body": body, "more_body": True})
    del body  # whoever holds it, holds it for as long as the viewer takes
    # uvicorn lets this one wait until the one before has gone out.
    await send({"type": "http.response.body", "body": b""})


async def send_blocks(exchange: Exchange, said: Answer, blocks: AsyncIterator[bytes]) -> None:
    """Send an answer block by block, the next when the one before has gone out.

    Ends early when the viewer has left, of which `send` says nothing.
    """
    await send_head(exchange.send, said)
    leaving = asyncio.create_task(_left(exchange.receive))
    try:
        async for block in blocks:
            if leaving.done():
                return
            await exchange.send({"type": "http.response.body", "body": block, "more_body": True})
    finally:
        leaving.cancel()
    await exchange.send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
