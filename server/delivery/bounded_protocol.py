"""uvicorn's lines, kept within their limits: what server/delivery/lines.py decides is done here.

uvicorn reads headers of any number and size, waits for them and for bodies without end, and takes as many
lines as the system gives it. Beside nginx all of this reaches us directly.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from server.addresses import network_of
from server.delivery.lines import (
    HEAD_MAX_BYTES,
    HEAD_MAX_FIELDS,
    UNREAD_MAX_BYTES,
    End,
    LineLimits,
    Phase,
    Trusted,
    Watch,
    make_room,
)
from server.delivery.uvicorn_protocol import FileLineProtocol

log = structlog.get_logger()

_LOOK_EVERY_S = 1.0
_PIECE_BYTES = 2048
"""So much is read at once where requests may begin: a block of the system's holds thousands of small ones,
and each is held in memory until those before it are answered."""
_FRAMING = 8
"""Bytes around each byte of a body that comes in the smallest chunks, with some to spare."""
_AGAIN_S = 5
_SAID = {
    408: "请求发送得太慢，连接已关闭，请检查网络后再试。\n"
    "The request came too slowly. Check your line and try again.\n",
    431: "请求的标头太大，请清除浏览器中本站的 Cookie 后再试。\n"
    "The headers of the request are too large. Delete this site's cookies and try again.\n",
    503: "连接太多，请过几秒再试。\nThere are too many connections. Try again in some seconds.\n",
}


class _HeadTooLarge(Exception):
    """More before a body than any request of ours needs."""


class Lines:
    """The lines of one server."""

    def __init__(self, limits: LineLimits, trusted_proxies: str) -> None:
        """`trusted_proxies`: as uvicorn takes them. Behind one stand many people, whom it counts itself."""
        self.limits = limits
        self._trusted: Trusted = ProxyHeadersMiddleware(_nothing, trusted_proxies).trusted_hosts
        self._present: set[BoundedProtocol] = set()
        self._looking: asyncio.TimerHandle | None = None

    def enter(self, line: BoundedProtocol) -> bool:
        """Take a new line, and close another for it where that is needed; tells whether it was taken."""
        host = line.client[0] if line.client else None
        line.home = "" if host is None or host in self._trusted else network_of(host)
        room = make_room(self._present, line.home, self.limits)
        if room.instead_of is not None:
            room.instead_of.cut()
            self._present.discard(room.instead_of)
        if room.taken:
            self._present.add(line)
            if self._looking is None:
                self._looking = line.loop.call_later(_LOOK_EVERY_S, self._look, line.loop)
        return room.taken

    def leave(self, line: BoundedProtocol) -> None:
        """Forget a line that has ended."""
        self._present.discard(line)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for line in list(self._present):
            line.look(now, self.limits)
        again = bool(self._present) and not loop.is_closed()
        self._looking = loop.call_later(_LOOK_EVERY_S, self._look, loop) if again else None


def bounded(lines: Lines) -> type[BoundedProtocol]:
    """Return the protocol whose lines are `lines`; for `uvicorn.Config(http=...)`."""

    class _Bounded(BoundedProtocol):
        all_lines = lines

    return _Bounded


class BoundedProtocol(FileLineProtocol):
    """One line."""

    all_lines: Lines
    home = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watch = Watch(self.loop.time())
        self._in_head = self._in_body = False
        self._messages = self._head_bytes = self._head_fields = self._fed_bytes = self._body_bytes = 0
        self._body_left: int | None = 0
        self._kept = b""
        self._unread_bytes = 0
        self._too_large = self._deaf = self._has_said_all = False

    # ------------------------------------------------------------------ the line

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the line, or say that there are too many."""
        super().connection_made(transport)
        if not self.all_lines.enter(self):
            self._end_with(503)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the line."""
        self.all_lines.leave(self)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """The other end has said all: it still gets the answers that have not begun, and then the line ends.

        Returns whether the line stays. Where an answer is under way it does not: whoever leaves in the middle
        of one says the same, and an answer from a file goes on by itself (UvicornFileLine).
        """
        cycle = self.cycle
        asked = cycle is not None and not (
            cycle.response_started or cycle.response_complete or cycle.more_body
        )
        self._has_said_all = not self._deaf and (asked or bool(self.pipeline) or bool(self._kept))
        return self._has_said_all

    @property
    def phase(self) -> Phase:
        """What the line is at."""
        cycle = self.cycle
        if self._deaf:
            return Phase.UNREAD
        if cycle is not None and not cycle.response_complete:
            # Whoever waits for "100 Continue", or whom we do not read, can send nothing.
            ours = self.flow.read_paused or cycle.waiting_for_100_continue or self.pipeline
            return Phase.BODY if cycle.more_body and not ours else Phase.ANSWER
        if self._in_head:
            return Phase.HEAD
        return Phase.UNREAD if self._in_body else Phase.IDLE

    def look(self, now: float, limits: LineLimits) -> None:
        """End the line when it is time."""
        waiting_bytes = self.transport.get_write_buffer_size()
        end = self.watch.look(self.phase, self._messages, waiting_bytes, now, limits)
        if end is None:
            return
        if end is End.TOO_SLOW and not self._is_answering():
            self._end_with(408)
        elif end is End.SILENT:
            self.transport.close()
        else:
            self.cut()

    def cut(self) -> None:
        """End the line at once."""
        self.transport.abort()

    def _is_answering(self) -> bool:
        cycle = self.cycle
        return bool(self.pipeline) or (
            cycle is not None and cycle.response_started and not cycle.response_complete
        )

    def _end_with(self, status: int) -> None:
        """Say why no request is taken, and take and forget what still comes so that it can be read."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whoever works at it has nobody to answer
            self.cycle.message_event.set()
        body = _SAID[status].encode()
        again = b"retry-after: %d\r\n" % _AGAIN_S if status == 503 else b""
        kind = b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
        length = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(b"".join((STATUS_LINE[status], kind, again, length, body)))
        log.info("line ended", status=status)
        self._deaf, self._kept = True, b""
        if status == 503 or not self.transport.can_write_eof():
            self.transport.close()
        else:
            self.flow.resume_reading()
            self.transport.write_eof()

    # ------------------------------------------------------------------ what arrives

    def data_received(self, data: bytes) -> None:
        """Read what arrived, so much at once as may be answered."""
        self.watch.came(len(data), self.loop.time())
        if self.phase is Phase.UNREAD:
            self._unread_bytes += len(data)
            if self._unread_bytes > UNREAD_MAX_BYTES:
                self.cut()
        if self._deaf or self.transport.is_closing():
            return
        if self._kept:
            self._kept += data
            self.flow.pause_reading()
        else:
            self._read(data)

    def _read(self, data: bytes) -> None:
        at = 0
        while at < len(data) and not self._deaf and not self.transport.is_closing():
            if self.pipeline:
                self._kept = data[at:]
                self.flow.pause_reading()
                return
            size = max(_PIECE_BYTES, self._body_left or 0)
            piece = data if at == 0 and size >= len(data) else data[at : at + size]
            at += len(piece)
            self._read_piece(piece)

    def _read_piece(self, piece: bytes) -> None:
        message, body_bytes = self._messages, self._body_bytes
        super().data_received(piece)
        if self._messages != message or self._deaf:
            return
        if self._in_head or self._in_body:
            # A header that never ends is not told by the parser, nor one behind a body in chunks.
            self._fed_bytes += len(piece) - (self._body_bytes - body_bytes)
            if self._fed_bytes > HEAD_MAX_BYTES + _FRAMING * self._body_bytes:
                self._refuse_head()

    def _read_kept(self) -> None:
        if self.parser is None or self._deaf or self.pipeline:
            return
        data, self._kept = self._kept, b""
        self._read(data)
        if not self._kept and not self.transport.is_closing():
            self.flow.resume_reading()

    def on_response_complete(self) -> None:
        """Go on with what was kept back until this answer was out."""
        was_last = not self.pipeline and not self._kept
        super().on_response_complete()
        if self._has_said_all and was_last:
            self.transport.close()
        elif self._kept and not self.pipeline:
            self.loop.call_soon(self._read_kept)

    # ------------------------------------------------------------------ what the parser finds

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._messages += 1
        self._in_head, self._in_body = True, False
        self._head_bytes = self._head_fields = self._fed_bytes = self._body_bytes = 0
        self._body_left = self._unread_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A part of its address."""
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or one behind a body in chunks."""
        self._head_fields += 1
        self._count_head(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The body comes next."""
        self._in_head, self._in_body, self._fed_bytes = False, True, 0
        lengths = [value for name, value in self.headers if name == b"content-length"]
        self._body_left = int(lengths[0]) if lengths else None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body_bytes += len(body)
        if self._body_left:
            self._body_left -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here."""
        self._in_head = self._in_body = False
        self._body_left = 0
        super().on_message_complete()

    def _count_head(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        if self._head_bytes > HEAD_MAX_BYTES or self._head_fields > HEAD_MAX_FIELDS:
            self._too_large = True
            raise _HeadTooLarge  # the parser stops, and uvicorn asks for the answer

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser does not take."""
        if self._too_large:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _refuse_head(self) -> None:
        if self._is_answering():
            self.cut()  # the answer to a request before it is under way
        else:
            self._end_with(431)


async def _nothing(*_: object) -> None:
    return
