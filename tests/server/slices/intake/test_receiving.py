"""Bytes of an upload lie on the disk as they come, in order, and from nobody but who may send them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import time
import tracemalloc
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from library.intake.arriving.unfinished_uploads import claim_of
from server.slices.intake.upload_storage import UploadStorage
from tests.server.conftest import Shelf
from tests.support.client import TUS, Person
from tests.support.server import Served, in_thread

pytestmark = pytest.mark.dear(12)

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


@pytest.mark.parametrize(
    "said",
    [
        "",
        "filename",
        "filename ,filetype ",
        "filename bS5tMnQ=",
        "filename bS5tMnQ=,filetype",
        "name bS5tMnQ=,type",
    ],
)
def test_who_does_not_say_what_a_file_is_can_go_on_too(served: Served, shelf: Shelf, said: str) -> None:
    """Programs that speak tus need not say a name or a kind, and browsers do not know every kind."""
    lecturer = served.person("lecturer")
    lesson = f"lesson {base64.b64encode(lecturer.new_lesson('续传').encode()).decode()}"
    headers = {**TUS, "X-CSRF-Token": lecturer.csrf(), "Upload-Length": "6"}
    headers["Upload-Metadata"] = f"{said},{lesson}".lstrip(",")
    begun = lecturer.http.post("/tus/", headers=headers)
    assert begun.status_code == 201, begun.text
    location = begun.headers["Location"]
    assert lecturer.send_chunk(location, b"abc", 0).status_code == 204
    assert lecturer.offset(location) == 3
    assert lecturer.send_chunk(location, b"def", 3).status_code == 204


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


def told(line: socket.socket) -> bytes:
    """The answer on a line, as far as it comes within its time."""
    line.settimeout(20)
    return line.recv(4096)


@pytest.mark.slow
def test_a_line_that_hangs_kept_its_upload_for_half_a_minute(served: Served) -> None:
    lecturer = served.person("lecturer")
    begun = lecturer.begin_upload(lecturer.new_lesson("挂起"), "x.mp4", MB)
    location = begun.headers["Location"]
    with contextlib.ExitStack() as lines:
        hanging = [lines.enter_context(lecturer.send_part(location, PIECE, 0, MB))]
        until_size(bytes_of(served, location), len(PIECE))
        # As a browser does that comes back time and again over a line that swallows everything.
        for n in range(1, 9):
            hanging.append(lines.enter_context(lecturer.send_part(location, PIECE, n * len(PIECE), MB)))
            until_size(bytes_of(served, location), (n + 1) * len(PIECE))
        at = lecturer.offset(location)
        answer = lecturer.send_chunk(location, b"y" * (MB - at), at)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(MB))
        for line in hanging:
            assert told(line).startswith(b"HTTP/1.1 409")
    assert bytes_of(served, location).read_bytes() == PIECE * 9 + b"y" * (MB - at)
    assert not claim_of(bytes_of(served, location)).exists()


@pytest.mark.slow
def test_the_hanging_line_of_another_process_kept_the_upload_too(served: Served) -> None:
    lecturer = served.person("lecturer")
    with in_thread(served.data) as second:
        begun = lecturer.begin_upload(lecturer.new_lesson("两个进程"), "x.mp4", MB)
        path = begun.headers["Location"].removeprefix(served.base_url)
        with lecturer.send_part(path, PIECE, 0, MB) as hanging:
            until_size(bytes_of(served, path), len(PIECE))
            again = second.person("lecturer")
            answer = again.send_chunk(path, b"y" * (MB - len(PIECE)), len(PIECE))
            assert answer.status_code == 204
            assert told(hanging).startswith(b"HTTP/1.1 409")


@pytest.mark.slow
def test_an_upload_that_is_given_up_was_written_on(served: Served) -> None:
    lecturer = served.person("lecturer")
    begun = lecturer.begin_upload(lecturer.new_lesson("不要了"), "x.mp4", MB)
    location = begun.headers["Location"]
    file = bytes_of(served, location)
    with lecturer.send_part(location, PIECE, 0, MB) as hanging:
        until_size(file, len(PIECE))
        headers = {"X-CSRF-Token": lecturer.csrf(), **TUS}
        assert lecturer.http.delete(location, headers=headers).status_code == 204
        assert told(hanging)[:10] == b"HTTP/1.1 4"
    assert [one.name for one in file.parent.glob(f"{file.name}*") if one.suffix != ".info"] == []


# ---------------------------------------------------------------------- the storage by itself


@pytest.fixture
def storage(tmp_path: Path) -> UploadStorage:
    return UploadStorage(str(tmp_path))


async def new(storage: UploadStorage) -> str:
    """An upload without a byte."""
    uid = uuid4().hex
    await storage.create(uid)
    return uid


@pytest.mark.slow
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
