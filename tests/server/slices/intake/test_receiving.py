"""Bytes of an upload lie on the disk as they come, in order, and from nobody but who may send them."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from server.slices.intake.upload_storage import UploadStorage
from tests.server.conftest import Shelf
from tests.support.client import TUS, Person
from tests.support.server import Served

MB = 1024 * 1024
PIECE = bytes(64 * 1024)
"""As much as uvicorn hands over at once."""


def bytes_of(served: Served, path: str) -> Path:
    """Where the bytes of an upload lie."""
    return served.data / "uploads" / path.rsplit("/", 1)[-1]


def until_size(file: Path, size_bytes: int) -> None:
    """Wait until so much is on the disk."""
    end = time.monotonic() + 30
    while file.stat().st_size != size_bytes:
        assert time.monotonic() < end, file.stat().st_size
        time.sleep(0.02)


@pytest.mark.slow
def test_what_has_come_is_on_the_disk_before_the_rest_comes(served: Served, shelf: Shelf) -> None:
    lecturer = served.person("lecturer")
    begun = lecturer.begin_upload(lecturer.new_lesson("慢线路"), "x.mp4", MB)
    location = begun.headers["Location"]
    with lecturer.send_part(location, PIECE, 0, MB) as line:
        until_size(bytes_of(served, location), len(PIECE))
        line.sendall(b"x" * (MB - len(PIECE)))
        assert line.recv(12) == b"HTTP/1.1 204"
    assert lecturer.offset(location) == MB


def test_a_line_that_breaks_keeps_what_came(served: Served, shelf: Shelf) -> None:
    lecturer = served.person("lecturer")
    begun = lecturer.begin_upload(lecturer.new_lesson("断线"), "x.mp4", MB)
    location = begun.headers["Location"]
    with lecturer.send_part(location, PIECE, 0, MB):
        until_size(bytes_of(served, location), len(PIECE))
    assert lecturer.offset(location) == len(PIECE)
    answer = lecturer.send_chunk(location, b"y" * (MB - len(PIECE)), len(PIECE))
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(MB))
    assert bytes_of(served, location).read_bytes() == PIECE + b"y" * (MB - len(PIECE))


def forged(lecturer: Person, path: str) -> httpx.Response:
    """Send a chunk without the page's token."""
    headers = {**TUS, "Upload-Offset": "1", "Content-Type": "application/offset+octet-stream"}
    return lecturer.http.patch(path, headers=headers, content=b"123")


@pytest.mark.slow
def test_nobody_else_writes_a_byte(served: Served, shelf: Shelf) -> None:
    path = shelf.upload()
    for name, status in (("nobody", 401), ("member", 403), ("other", 404), ("staff", 404)):
        assert served.person(name).send_chunk(path, b"123", 1).status_code == status, name
    assert forged(served.person("lecturer"), path).status_code == 403
    assert bytes_of(served, path).read_bytes() == b"0"


def test_of_two_chunks_for_one_place_one_is_taken(served: Served) -> None:
    lecturer = served.person("lecturer")
    begun = lecturer.begin_upload(lecturer.new_lesson("两次"), "x.mp4", MB)
    location = begun.headers["Location"]
    with lecturer.send_part(location, PIECE, 0, len(PIECE) + 1) as line:
        until_size(bytes_of(served, location), len(PIECE))
        with lecturer.send_part(location, b"second", 0, 6) as other:
            line.sendall(b"!")
            assert line.recv(12) == b"HTTP/1.1 204"
            assert other.recv(12) == b"HTTP/1.1 409"
    assert bytes_of(served, location).read_bytes() == PIECE + b"!"


# ---------------------------------------------------------------------- the storage by itself


@pytest.fixture
def storage(tmp_path: Path) -> UploadStorage:
    return UploadStorage(str(tmp_path))


async def new(storage: UploadStorage) -> str:
    """An upload without a byte."""
    uid = uuid4().hex
    await storage.create(uid)
    return uid


def test_a_chunk_takes_no_memory(storage: UploadStorage) -> None:
    async def receive() -> int:
        uids = [await new(storage) for _ in range(4)]
        async with AsyncExitStack() as held:
            for uid in uids:
                await held.enter_async_context(storage.lock(uid))
            tracemalloc.start()
            for _ in range(8 * MB // len(PIECE)):
                for uid in uids:
                    await storage.append(uid, PIECE)
            for uid in uids:
                await storage.flush(uid)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert [await storage.size(uid) for uid in uids] == [8 * MB] * 4
        return most

    # Three times: threads that other tests left behind allocate beside it, and not each time.
    assert min(asyncio.run(receive()) for _ in range(3)) < MB / 2


@pytest.mark.slow
def test_who_waits_for_an_upload_takes_no_thread_from_others(storage: UploadStorage) -> None:
    async def receive() -> None:
        busy, free = await new(storage), await new(storage)

        async def append(uid: str, chunk: bytes) -> None:
            async with storage.lock(uid):
                await storage.append(uid, chunk)

        async with storage.lock(busy):
            waiting = [asyncio.create_task(append(busy, b"%02d" % n)) for n in range(50)]
            await asyncio.wait_for(append(free, b"free"), 10)
            assert await storage.size(busy) == 0
        await asyncio.wait_for(asyncio.gather(*waiting), 60)
        assert await storage.size(busy) == 100

    asyncio.run(receive())
