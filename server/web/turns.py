"""Whose turn it is: so many requests are worked at at once, and the others hold nothing while they wait.

A request is worked at in several pieces, each in some thread: what is asked for is opened in one, the route's
function runs in another, its answer is put in form in a third. Between them it may hold a connection to the
database, on SQLite even its write lock. Were there only as many threads as requests that want one, then all
threads could wait for what a request holds that waits for a thread. So there are twice as many threads as
turns, and a connection for every turn.
"""

from __future__ import annotations

import asyncio

from anyio.to_thread import current_default_thread_limiter


class Turns:
    """The turns of an application."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._free = asyncio.Semaphore(at_once)

    async def __aenter__(self) -> None:
        await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._free.release()

    def open_threads(self) -> None:
        """Let the running event loop have its threads: one for each turn, as many for files and moments."""
        current_default_thread_limiter().total_tokens = 2 * self._at_once
