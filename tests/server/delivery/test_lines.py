"""Lines as they are: slow, cut off, several requests at once; the same in every form."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from library.intake.files.objects import clip_prefix
from server.delivery.kernel import KernelLine, TakesNothing
from server.delivery.sending import FILE_LINE
from server.delivery.uvicorn_protocol import FileLineProtocol
from tests.server.delivery.conftest import CLIP, FILES, LARGE, PLAN, SEGMENT, Form
from tests.support.server import free_port

pytestmark = [pytest.mark.dear(9), pytest.mark.slow]

LARGE_FILE = "download_720p_00112233.mp4"
OVER_A_FOLDER = pytest.mark.parametrize("form", ["folder", "folder, in blocks"], indirect=True)
"""The forms that this process serves from files: descriptors can be counted, and a file be spoilt."""


@contextmanager
def connected(form: Form, buffer_bytes: int | None = None) -> Iterator[socket.socket]:
    address = urlsplit(form.base_url)
    with socket.socket() as line:
        line.settimeout(30)
        if buffer_bytes is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        line.connect((address.hostname, address.port))
        yield line


def ask(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *headers, "", "")).encode()


def body_of(line: socket.socket, rest: bytes = b"", pause_s: float = 0) -> tuple[bytes, bytes]:
    """Read one answer; returns its body, and what came behind it."""
    while b"\r\n\r\n" not in rest:
        block = line.recv(65536)
        assert block, "the line ended without an answer"
        rest += block
    head, _, body = rest.partition(b"\r\n\r\n")
    size = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
    blocks = [body]
    missing = size - len(body)
    while missing > 0:
        block = line.recv(65536)
        if not block:
            break
        blocks.append(block)
        missing -= len(block)
        time.sleep(pause_s)
    body = b"".join(blocks)
    return body[:size], body[size:]


def test_a_slow_line_gets_every_byte(form: Form) -> None:
    with connected(form, buffer_bytes=4096) as line:
        line.sendall(ask(form.path(LARGE_FILE)))
        time.sleep(0.3)  # what the kernel takes is full by now
        assert body_of(line, pause_s=0.001)[0] == LARGE


def test_requests_sent_at_once_are_answered_in_their_order(form: Form) -> None:
    files = ["720p/00001.m4s", "master.m3u8", LARGE_FILE, "720p/init.mp4", "720p/00001.m4s"]
    with connected(form) as line:
        line.sendall(b"".join(ask(form.path(file)) for file in files))
        rest = b""
        for file in files:
            body, rest = body_of(line, rest)
            assert body == FILES[file], file
        assert rest == b""


def test_one_line_is_used_again_and_again(form: Form) -> None:
    with connected(form) as line:
        for n in range(50):
            line.sendall(ask(form.path(), f"Range: bytes={n}-{n + 300_000}"))
            assert body_of(line)[0] == SEGMENT[n : n + 300_001]


def test_who_asks_for_an_end_gets_one(form: Form) -> None:
    with connected(form) as line:
        line.sendall(ask(form.path(), "Connection: close"))
        answer = b"".join(iter(lambda: line.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"connection: close" in head.lower()
        assert body == SEGMENT


@pytest.mark.parametrize("form", ["folder"], indirect=True)
def test_who_has_said_all_still_gets_the_answer(form: Form) -> None:
    for _ in range(20):
        with connected(form) as line:
            line.sendall(ask(form.path(LARGE_FILE)))
            line.shutdown(socket.SHUT_WR)
            assert body_of(line)[0] == LARGE


@pytest.mark.parametrize("form", ["folder"], indirect=True)
def test_who_said_all_before_the_answer_began_got_none(form: Form) -> None:
    """The end stood already behind the requests when the server read them; each is answered in its turn."""
    files = ["master.m3u8", "720p/init.mp4", "master.m3u8"]
    for _ in range(20):
        with connected(form) as line:
            line.sendall(b"".join(ask(form.path(file)) for file in files))
            line.shutdown(socket.SHUT_WR)
            rest = b""
            for file in files:
                body, rest = body_of(line, rest)
                assert body == FILES[file], file
            assert rest == line.recv(1) == b"", "then the line ends"


def test_a_segment_does_not_overtake_the_playlist_before_it(form: Form) -> None:
    """The server holds playlists back for a slow line, and the kernel sends past what is held back."""
    files = ["1080p/index.m3u8"] * 300 + ["720p/00001.m4s"]
    with connected(form, buffer_bytes=4096) as line:
        line.sendall(b"".join(ask(form.path(file)) for file in files))
        time.sleep(0.3)
        rest = b""
        for file in files:
            body, rest = body_of(line, rest)
            assert body == FILES[file], file


@OVER_A_FOLDER
def test_a_viewer_who_leaves_in_the_middle_leaves_nothing_open(
    form: Form, caplog: pytest.LogCaptureFixture
) -> None:
    for _warm in range(2):
        form.get(form.path(LARGE_FILE))
    before = descriptors()
    for _viewer in range(30):
        with connected(form, buffer_bytes=4096) as line:
            line.sendall(ask(form.path(LARGE_FILE)))
            assert line.recv(1000).startswith(b"HTTP/1.1 200")
    assert settles(lambda: descriptors() <= before), "as many as before"
    assert form.get().content == SEGMENT
    assert "Exception" not in caplog.text


@OVER_A_FOLDER
def test_a_file_that_becomes_shorter_ends_the_line_instead_of_the_answer(form: Form) -> None:
    """Never: the next answer taken for the rest of this one."""
    file = "download_1080p_00112233.mp4"
    whole = form.data / "objects" / clip_prefix(CLIP, PLAN) / file
    whole.write_bytes(LARGE * 4)
    with connected(form, buffer_bytes=4096) as line:
        line.sendall(ask(form.path(file)) + ask(form.path()))
        begun = line.recv(1000)
        assert begun.startswith(b"HTTP/1.1 200")
        os.truncate(whole, 1000)
        body, behind = body_of(line, begun)
        assert len(body) < len(LARGE * 4)
        assert behind == b""
        assert line.recv(1) == b"", "the line has ended"
    whole.unlink()


def descriptors() -> int:
    """How many lines and files of clips this process has open; threads beside open others as they like."""
    count = 0
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the folder was read
            link = str(one.readlink())
            count += link.startswith("socket:") or "/clips/" in link
    return count


def settles(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_the_kernel_waits_for_what_the_server_holds_back() -> None:
    """A line with something of an earlier answer in it is not ready: nobody would keep the two in order."""
    ready: list[bool] = []
    told = threading.Event()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        line = scope["extensions"][FILE_LINE]["line"]
        ready.append(line.ready)
        length = (b"content-length", str(len(LARGE) * 4).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": LARGE * 4, "more_body": True})
        ready.append(line.ready)
        told.set()
        await send({"type": "http.response.body", "body": b""})

    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, http=FileLineProtocol, port=port, lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert settles(lambda: server.started)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(ask("/"))
        assert told.wait(20)
    server.should_exit = True
    thread.join(20)
    assert ready == [True, False]


# ------------------------------------------------------------------------------- the kernel's line alone


def on_each_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on the loop of the standard library, and on uvloop, which watches sockets in its own way."""
    asyncio.run(asyncio.wait_for(work(), 20))
    if sys.platform != "win32":
        import uvloop

        uvloop.run(asyncio.wait_for(work(), 20))


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def patient(line: socket.socket, patience_s: float = 60.0) -> closing[KernelLine]:
    return closing(KernelLine(line.fileno(), patience_s))


async def warm(_start: int, _end: int) -> None:
    return


def test_a_line_that_takes_nothing_is_given_up(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(LARGE)

    async def stuck() -> None:
        with pair() as (ours, theirs), large.open("rb") as file, patient(ours, 0.2) as line:
            sending = asyncio.create_task(line.send_file(file.fileno(), 0, len(LARGE), warm))
            await asyncio.sleep(0.1)
            theirs.recv(1024 * 1024)  # it took something: the waiting begins anew
            with pytest.raises(TakesNothing):
                await sending

    on_each_loop(stuck)


def test_a_connection_that_ends_ends_the_sending(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(LARGE)

    async def ended() -> None:
        with pair() as (ours, theirs), large.open("rb") as file, patient(ours) as line:
            sending = asyncio.create_task(line.send_file(file.fileno(), 0, len(LARGE), warm))
            await asyncio.sleep(0.1)
            assert not sending.done()
            theirs.close()
            with pytest.raises(ConnectionError):
                await sending

    on_each_loop(ended)


def test_a_file_that_sendfile_does_not_take_was_a_broken_answer() -> None:
    odd = os.open("/proc/self/environ", os.O_RDONLY)
    content = os.pread(odd, 65536, 0)
    with pair() as (ours, _theirs), pytest.raises(OSError, match="Invalid argument"):
        os.sendfile(ours.fileno(), odd, 0, len(content))

    async def copied() -> None:
        with pair() as (ours, theirs), patient(ours) as line:
            await line.send_head(b"head ")
            await line.send_file(odd, 0, len(content), warm)
            assert theirs.recv(100_000) == b"head " + content

    on_each_loop(copied)
    os.close(odd)


def test_others_are_served_while_a_fast_line_takes_all(tmp_path: Path) -> None:
    """A line that never gets full kept the event loop until the last byte of a film."""
    large = tmp_path / "large"
    large.write_bytes(LARGE * 4)

    async def fast() -> None:
        with pair() as (ours, theirs), large.open("rb") as file:
            turns, taken = 0, 0

            async def taking_at_once(_start: int, _end: int) -> None:
                nonlocal taken
                while True:  # before each piece, so that the line is never full
                    try:
                        taken += len(theirs.recv(1024 * 1024))
                    except BlockingIOError:
                        return

            async def other() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            beside = asyncio.create_task(other())
            with patient(ours) as line:
                await line.send_file(file.fileno(), 0, len(LARGE) * 4, taking_at_once)
            beside.cancel()
            assert turns >= len(LARGE) * 4 // (1024 * 1024)

    on_each_loop(fast)
