"""Sending bytes: in one go while there is room for it, in blocks to whoever would fill the memory.

What a viewer's line does not take at once waits in this process. A whole segment in one go costs the least;
500 slow viewers with a whole segment each would cost 300 MB. So the bytes that are under way in one go are
counted, and above `IN_ONE_GO_BYTES` the next viewers get theirs block by block.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from server.delivery.answers import Answer, Receive, Send, send_head

ONE_GO_MAX_BYTES = 1024 * 1024
IN_ONE_GO_BYTES = 48 * 1024 * 1024
BLOCK_BYTES = 64 * 1024


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


async def send_whole(send: Send, its: Answer, body: bytes) -> None:
    """Send an answer in one go; returns when all but a rest of it has left this process's memory."""
    await send_head(send, its)
    await send({"type": "http.response.body", "body": body, "more_body": True})
    del body  # whoever holds it, holds it for as long as the viewer takes
    # uvicorn lets this one wait until the one before has gone out.
    await send({"type": "http.response.body", "body": b""})


async def send_blocks(send: Send, receive: Receive, its: Answer, blocks: AsyncIterator[bytes]) -> None:
    """Send an answer block by block, the next when the one before has gone out.

    Ends early when the viewer has left, of which `send` says nothing.
    """
    await send_head(send, its)
    leaving = asyncio.create_task(_left(receive))
    try:
        async for block in blocks:
            if leaving.done():
                return
            await send({"type": "http.response.body", "body": block, "more_body": True})
    finally:
        leaving.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
