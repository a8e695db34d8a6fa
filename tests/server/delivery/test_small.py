"""What is kept in memory, and how much: both have an end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from library.intake.files.objects import clip_prefix
from server.delivery.answers import Facts
from server.delivery.sending import ONE_GO_MAX_BYTES, Room
from server.delivery.small import ONE_MAX_BYTES, SmallFile, SmallFiles
from tests.server.delivery.conftest import CLIP, FILES, HOUR_S, PLAN, SEGMENT, fill
from tests.support.client import PLAIN
from tests.support.outside.objects import S3Server
from tests.support.server import Served, in_thread, new_data

CLOCKWORK = ("closing", "index")
"""Threads that look into the database once in a while, whoever watches."""


def small(size_bytes: int) -> SmallFile:
    return SmallFile(bytes(size_bytes), Facts(size_bytes, '"tag"'))


def test_what_nobody_asks_for_makes_room_for_what_is_asked_for() -> None:
    files = SmallFiles(most_bytes=10_000)
    for n in range(200):
        files.put(f"{n}", small(1000))
        files.get("0")
    assert files.get("0") is not None, "asked for all the time"
    assert files.get("1") is None
    assert 4 <= sum(files.get(f"{n}") is not None for n in range(200)) <= 9


def test_many_tiny_files_are_bounded_too() -> None:
    files = SmallFiles(most_bytes=10_000)
    for n in range(200):
        files.put(f"{n}", small(1))
    assert sum(files.get(f"{n}") is not None for n in range(200)) <= 20


def test_what_is_not_small_is_not_kept() -> None:
    files = SmallFiles()
    files.put("large", small(ONE_MAX_BYTES + 1))
    assert files.get("large") is None


def test_there_is_room_for_so_many_bytes_and_then_for_blocks() -> None:
    room = Room(most_bytes=1000)
    with room.of(600) as first, room.of(600) as second, room.of(400) as third:
        assert (first, second, third) == (True, False, True)
    with pytest.raises(OSError, match="broken off"), room.of(1000):
        raise OSError("broken off")
    with room.of(1000) as again:
        assert again, "who leaves gives the room back"
    with Room().of(ONE_GO_MAX_BYTES + 1) as large:
        assert not large


@pytest.mark.slow
def test_media_asks_the_database_nothing(served: Served) -> None:
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name not in CLOCKWORK:
            asked.append(statement)

    event.listen(served.ports.db.engine, "before_cursor_execute", note)
    with httpx.Client(base_url=served.base_url, verify=PLAIN) as client:
        for _again in range(20):
            for file, content in FILES.items():
                assert client.get(address(served, file)).content == content
        # Uploads are mended every ten seconds by a thread without a name.
        assert len(asked) < 20, f"{20 * len(FILES)} requests asked: {asked}"
        client.get("/")
        assert asked, "or nothing was listened to"


def test_whoever_leaves_leaves_no_file_open(served: Served) -> None:
    file = served.data / "objects" / clip_prefix(CLIP, PLAN) / "download_720p_00112233.mp4"
    url = httpx.URL(served.base_url)

    def open_files() -> int:
        count = 0
        for one in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since the folder was read
                count += str(one.readlink()) == str(file)
        return count

    def one_that_takes_little() -> socket.socket:
        line = socket.socket()
        # Else the kernel takes megabytes, and the file is closed before it is counted.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(20)
        line.connect((url.host, url.port or 80))
        return line

    lines = [one_that_takes_little() for _ in range(20)]
    for line in lines:
        line.sendall(f"GET {address(served, file.name)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert line.recv(15) == b"HTTP/1.1 200 OK"
    assert open_files() > 0, "none of them takes so much at once"
    for line in lines:
        line.close()
    end = time.monotonic() + 20
    while open_files():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library with FILES in a folder."""
    with in_thread(new_data(tmp_path_factory.mktemp("small") / "data")) as running:
        fill(running.ports)
        yield running


def address(served: Served, file: str) -> str:
    return served.ports.media_keys.signer.path(CLIP, PLAN, file, "everyone", int(time.time()) + HOUR_S)


@pytest.mark.slow
def test_a_segment_costs_the_store_one_request_and_a_playlist_one_altogether(
    tmp_path: Path, s3_server: S3Server
) -> None:
    with counting(s3_server.endpoint) as store:
        options = {**s3_server.options(), "endpoint": store.endpoint}
        bucket = f"s3://{s3_server.create_bucket()}"
        with in_thread(new_data(tmp_path / "data"), store_url=bucket, store_options=options) as served:
            fill(served.ports)
            with httpx.Client(base_url=served.base_url, verify=PLAIN) as client:
                for file, wanted in (("720p/00001.m4s", ["GET"]), ("master.m3u8", ["GET"])):
                    store.asked.clear()
                    assert client.get(address(served, file)).content == FILES[file]
                    assert store.asked == wanted
                store.asked.clear()
                for _again in range(3):
                    assert client.get(address(served, "master.m3u8")).content == FILES["master.m3u8"]
                assert store.asked == []
                part = client.get(address(served, "720p/00001.m4s"), headers={"Range": "bytes=0-9"})
                assert part.content == SEGMENT[:10]
                assert client.head(address(served, "720p/00001.m4s")).status_code == 200
                assert store.asked == ["GET"], "its size is known by now"


@dataclass
class Counting:
    """A store behind a counter: the methods it was asked with."""

    endpoint: str
    asked: list[str]


@contextmanager
def counting(endpoint: str) -> Iterator[Counting]:
    """Pass requests on to an S3 server and note them."""
    asked: list[str] = []

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.command)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
            answer = httpx.request(
                self.command, endpoint + self.path, content=body, headers=kept, verify=PLAIN
            )
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in ("connection", "transfer-encoding", "server", "date"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_PUT = do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Counting(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
