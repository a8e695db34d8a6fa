"""Passwords are hashed a few at a time: one a core, and beside the pages, not before them.

A hash takes 64 MiB and a good part of a second of a core. Were every request that brings a password given
its own, some dozens would take gigabytes, all cores, and every thread that pages are made in. So there is a
short queue: who finds it full is told to come again, and browsers that have signed in before have a queue of
their own, which goes first.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

from library.core.errors import Throttled

T = TypeVar("T")

MOST_AT_ONCE = 4
"""256 MiB, however many cores there are."""
PLACES_PER_CORE = 8
"""So many are at work or wait for each core: some seconds, as long as somebody looks at a page that does not
come."""
_AGAIN_S = 5
_NICENESS = 10


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Hashing:
    """Runs what hashes passwords, `at_once` in threads of its own; of an event loop, and safe in no other."""

    def __init__(self, at_once: int, places: int) -> None:
        """`places`: so many are at work or wait, of each of the two kinds."""
        self._free, self._places = at_once, places
        self._first: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._taken = {True: 0, False: 0}
        self._threads = ThreadPoolExecutor(at_once, "passwords", initializer=_stand_back)

    def place(self, *, first: bool = False) -> Place:
        """Return a place in the queue, for `async with`, which raises Throttled when there is none.

        `first`: for who goes before the others.
        """
        return Place(self, first)

    def enter(self, first: bool) -> None:
        """Take a place; raises Throttled("hashing_busy", wait_s=...)."""
        if self._taken[first] >= self._places:
            raise Throttled("hashing_busy", wait_s=_AGAIN_S)
        self._taken[first] += 1

    def leave(self, first: bool) -> None:
        """Give a place back."""
        self._taken[first] -= 1

    async def run(self, work: Callable[[], T], first: bool) -> T:
        """Return what `work` returns, called in a thread once it is its turn."""
        await self._acquire(first)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._release()

    async def _acquire(self, first: bool) -> None:
        if self._free > 0:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._first if first else self._others
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()  # it was our turn, and nobody takes it
            elif turn in queue:
                queue.remove(turn)
            raise

    def _release(self) -> None:
        for queue in (self._first, self._others):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1


class Place:
    """A place in the queue of `Hashing`, held for the time of the block."""

    def __init__(self, hashing: Hashing, first: bool) -> None:
        self._hashing, self._is_first = hashing, first

    async def __aenter__(self) -> Place:
        self._hashing.enter(self._is_first)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hashing.leave(self._is_first)

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; it hashes or compares one password."""
        return await self._hashing.run(work, self._is_first)


def _stand_back() -> None:
    """Let pages go before this thread where both want a core; argon2's own threads inherit it."""
    if sys.platform == "linux":  # elsewhere the number means the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
