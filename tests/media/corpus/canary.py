"""Things that must not be touched: an address that answers, and a file that tells when it is opened."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

IN_OPEN = 0x20
"""sys/inotify.h"""


@dataclass
class Canary:
    """`url` and `file`, and whether anybody has been there. Both serve a playable transport stream."""

    url: str
    file: Path
    _watch: int
    _asked: list[str] = field(default_factory=list)

    def touched(self) -> list[str]:
        """What has been asked for or opened since the last time."""
        found, self._asked[:] = list(self._asked), []
        with suppress(BlockingIOError):
            found += [self.file.name] * bool(os.read(self._watch, 4096))
        return found


@contextmanager
def canary(folder: Path, content: bytes) -> Iterator[Canary]:
    """A server and a watched file with `content`, for as long as the block runs."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    file = folder / "secret.ts"
    file.write_bytes(content)
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(watch, os.fsencode(file), IN_OPEN) >= 0, os.strerror(ctypes.get_errno())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Canary(f"http://127.0.0.1:{server.server_port}/secret.ts", file, watch, asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        os.close(watch)
