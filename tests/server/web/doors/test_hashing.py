"""Passwords in their turn: so many at once, so many waiting, and the known before the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from library.core.errors import Throttled
from server.web.doors.hashing import Hashing


class Work:
    """Something that takes as long as the test says, and remembers how many did it at once."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.at_once = self.most = 0
        self._lock, self.go = threading.Lock(), threading.Event()

    def __call__(self, name: str) -> Callable[[], str]:
        def work() -> str:
            with self._lock:
                self.at_once += 1
                self.most = max(self.most, self.at_once)
            assert self.go.wait(30)
            with self._lock:
                self.at_once -= 1
                self.done.append(name)
            return name

        return work


async def ask(hashing: Hashing, work: Callable[[], str], *, first: bool = False) -> str:
    async with hashing.place(first=first) as place:
        return await place.run(work)


async def settle() -> None:
    """Let everything that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_so_many_at_once_so_many_waiting_and_the_rest_is_told_to_come_again() -> None:
    async def run() -> None:
        hashing, work = Hashing(2, 5), Work()
        asked = [asyncio.create_task(ask(hashing, work(f"{n}"))) for n in range(9)]
        await settle()
        refused = [task for task in asked if task.done()]
        assert len(refused) == 4
        for task in refused:
            with pytest.raises(Throttled) as busy:
                task.result()
            assert busy.value.values["wait_s"] > 0
        work.go.set()
        assert await asyncio.gather(*asked[:5]) == ["0", "1", "2", "3", "4"]
        assert work.most == 2
        assert await asyncio.gather(*(ask(hashing, work("again")) for _ in range(5))) == ["again"] * 5

    asyncio.run(run())


def test_who_is_known_goes_first_and_finds_a_place_however_many_others_wait() -> None:
    async def run() -> None:
        hashing, work = Hashing(1, 3), Work()
        others = [asyncio.create_task(ask(hashing, work(f"other{n}"))) for n in range(3)]
        await settle()
        owner = asyncio.create_task(ask(hashing, work("owner"), first=True))
        await settle()
        work.go.set()
        await asyncio.gather(owner, *others)
        assert work.done == ["other0", "owner", "other1", "other2"]

    asyncio.run(run())


def test_who_goes_away_leaves_the_place_to_the_next() -> None:
    async def run() -> None:
        hashing, work = Hashing(1, 3), Work()
        asked = [asyncio.create_task(ask(hashing, work(f"{n}"))) for n in range(3)]
        await settle()
        asked[1].cancel()
        await settle()
        late = asyncio.create_task(ask(hashing, work("late")))
        await settle()
        work.go.set()
        assert await asyncio.gather(asked[0], asked[2], late) == ["0", "2", "late"]
        with pytest.raises(ZeroDivisionError):
            await ask(hashing, lambda: str(1 // 0))
        assert await ask(hashing, work("after")) == "after"

    asyncio.run(run())
