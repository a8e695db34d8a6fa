"""How an application behind uvicorn sends files by the kernel; behind anything else it sends blocks."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from server.delivery.answers import Answer
from server.delivery.kernel import AVAILABLE, KernelLine, TakesNothing, Warm
from server.delivery.sending import FILE_LINE


class FileLineProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, whose requests carry a UvicornFileLine; for `uvicorn.Config(http=...)`."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.scope["extensions"] = {FILE_LINE: {"line": UvicornFileLine(cycle, self.scheme == "http")}}
        super()._start_asgi_task(cycle, app)


class UvicornFileLine:
    """The line of one request: a FileLine."""

    def __init__(self, cycle: RequestResponseCycle, plain: bool) -> None:
        """`plain`: the line is not encrypted by this process."""
        self._cycle, self._plain = cycle, plain
        self.begun = False
        self.status = 0

    @property
    def ready(self) -> bool:
        """Whether nothing of an earlier answer waits before it, and the kernel may write: not under TLS."""
        transport = self._cycle.transport
        return (
            AVAILABLE
            and self._plain
            and not transport.is_closing()
            and transport.get_write_buffer_size() == 0
        )

    async def send(self, said: Answer, file: int, warm: Warm) -> None:
        """Send an answer and its part of a file; raises OSError when the file cannot be read.

        Ends early when the viewer has left or takes nothing.
        """
        if said.span is None:
            raise ValueError("this answer has no bytes")
        cycle = self._cycle
        with closing(KernelLine(cycle.transport.get_extra_info("socket").fileno())) as line:
            self.begun, self.status = True, said.status
            cycle.response_started, cycle.chunked_encoding = True, False
            try:
                await line.send_head(_head(cycle, said))
                await line.send_file(file, said.span.start, said.span.end, warm)
            except (ConnectionError, TakesNothing):
                cycle.transport.abort()
        await cycle.send({"type": "http.response.body", "body": b"", "more_body": False})


def _head(cycle: RequestResponseCycle, said: Answer) -> bytes:
    """Return what uvicorn would write; server.delivery.answers makes headers that hold no line end."""
    parts = [STATUS_LINE[said.status]]
    for name, value in (*cycle.default_headers, *said.headers):
        parts += (name, b": ", value, b"\r\n")
    if not cycle.keep_alive:
        parts.append(b"connection: close\r\n")
    return b"".join((*parts, b"\r\n"))
