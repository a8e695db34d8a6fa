"""What a line may cost: rules alone, then uvicorn over real sockets, with small limits."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from server.delivery.bounded_protocol import Lines, bounded
from server.delivery.lines import (
    HEAD_MAX_BYTES,
    HEAD_MAX_FIELDS,
    TAKES_NOTHING_S,
    UNREAD_MAX_BYTES,
    UNREAD_S,
    End,
    LineLimits,
    Phase,
    Watch,
    lines_that_fit,
    make_room,
)
from tests.support.server import free_port

pytestmark = pytest.mark.dear(26)

LIMITS = LineLimits()

# ------------------------------------------------------------------------------------------------ decisions


@pytest.mark.parametrize(
    ("phase", "request_number", "patience_s", "end"),
    [
        (Phase.IDLE, 0, LIMITS.head_s, End.SILENT),
        (Phase.IDLE, 3, LIMITS.idle_s, End.SILENT),
        (Phase.HEAD, 1, LIMITS.head_s, End.TOO_SLOW),
        (Phase.BODY, 1, LIMITS.body_s, End.TOO_SLOW),
        (Phase.UNREAD, 1, UNREAD_S, End.CUT),
        (Phase.ANSWER, 1, 24 * 3600, None),
    ],
)
def test_each_phase_has_its_patience(
    phase: Phase, request_number: int, patience_s: float, end: End | None
) -> None:
    watch = Watch(100.0)
    assert watch.look(phase, request_number, 0, 101.0, LIMITS) is None
    assert watch.look(phase, request_number, 0, 100.0 + patience_s, LIMITS) is None
    assert watch.look(phase, request_number, 0, 101.5 + patience_s, LIMITS) is end
    watch = Watch(100.0)
    for second in range(int(3 * LIMITS.idle_s)):  # another request each second, looked at in the same phase
        assert watch.look(phase, second, 0, 100.0 + second, LIMITS) is None


@pytest.mark.parametrize(("bytes_a_second", "goes_on"), [(20_000, True), (1_000, True), (100, False)])
def test_a_poor_line_goes_on_and_drops_do_not(bytes_a_second: int, goes_on: bool) -> None:
    watch, ends = Watch(0.0), []
    for second in range(1, 300):
        watch.came(bytes_a_second, float(second))
        ends.append(watch.look(Phase.BODY, 1, 0, float(second), LIMITS))
    assert (set(ends) == {None}) is goes_on


def test_a_line_that_takes_nothing_of_its_answer_ends() -> None:
    watch = Watch(0.0)
    assert watch.look(Phase.ANSWER, 1, 5000, 1.0, LIMITS) is None
    assert watch.look(Phase.ANSWER, 1, 4000, TAKES_NOTHING_S, LIMITS) is None, "it took something"
    assert watch.look(Phase.IDLE, 1, 4000, 2 * TAKES_NOTHING_S - 1, LIMITS) is None
    assert watch.look(Phase.IDLE, 1, 4000, 2 * TAKES_NOTHING_S + 1, LIMITS) is End.CUT


@dataclass
class Standing:
    """A line of `home` that was heard last at `heard_at`."""

    home: str
    phase: Phase
    heard_at: float

    def __post_init__(self) -> None:
        self.watch = Watch(self.heard_at)


def test_who_only_stands_there_makes_room() -> None:
    limits = LineLimits(lines=6, lines_per_address=3)
    answered = [Standing("a", Phase.ANSWER, 0.0)]
    others = [Standing("b", Phase.IDLE, 5.0), Standing("c", Phase.BODY, 4.0)]
    assert make_room([*answered, *others], "a", limits).instead_of is None
    crowd = [*answered, Standing("a", Phase.IDLE, 3.0), Standing("a", Phase.HEAD, 2.0)]
    room = make_room([*crowd, *others], "a", limits)
    assert room.taken
    assert room.instead_of is crowd[2], "the quietest of the same address, though others are many too"
    full = [*crowd, *others, Standing("d", Phase.UNREAD, 1.0)]
    assert make_room(full, "e", limits).instead_of is full[-1]
    assert make_room(full, "", limits).instead_of is full[-1], "a proxy's line is one of all"
    busy = [Standing("a", Phase.ANSWER, float(n)) for n in range(6)]
    assert not make_room(busy, "e", limits).taken
    proxied = [Standing("", Phase.IDLE, 0.0) for _ in range(5)]
    assert make_room(proxied, "", limits) == make_room([], "", limits), "a proxy is not one person"


def test_lines_leave_files_for_the_rest() -> None:
    assert lines_that_fit(2000, 20_000, 270) == 2000
    assert lines_that_fit(2000, 1024, 270) == 377
    assert lines_that_fit(2000, 100, 270) == 64


# ---------------------------------------------------------------------------------------------- real lines

SMALL = LineLimits(head_s=1.0, body_s=1.0, body_least_bytes=1000, idle_s=2.0, lines=40, lines_per_address=20)


class Site:
    """A small application behind the protocol, on a port; it answers with what it was sent."""

    def __init__(self, limits: LineLimits, trusted: str) -> None:
        self.lines = Lines(limits, trusted)
        self.port = free_port()
        self.answered = 0
        config = uvicorn.Config(
            self.app,
            interface="asgi3",
            http=bounded(self.lines),
            port=self.port,
            lifespan="off",
            ws="none",
            log_config=None,
            timeout_keep_alive=60,
        )
        self.server = uvicorn.Server(config)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        got, more = 0, scope["path"] != "/early"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            got, more = got + len(message["body"]), message["more_body"]
        self.answered += 1
        if scope["path"] == "/held":
            await receive()
        body = b"x" * 30_000_000 if scope["path"] == "/large" else b"%d" % got
        length = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body})

    def line(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port))
        line.settimeout(20)
        return line

    def ask(self, *sent: bytes) -> bytes:
        """What comes back for these bytes, until the line ends or the answer is there."""
        with self.line() as line:
            for part in sent:
                line.sendall(part)
            return answer_on(line)


def answer_on(line: socket.socket) -> bytes:
    """The next answer on a line, whole: its body may come in a packet of its own."""
    got = b""
    with contextlib.suppress(ConnectionError):
        while not is_whole(got) and (block := line.recv(65536)):
            got += block
    return got


def is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    told = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and (told is None or len(body) >= int(told[1]))


@contextlib.contextmanager
def running(limits: LineLimits = SMALL, trusted: str = "127.0.0.1") -> Iterator[Site]:
    site = Site(limits, trusted)
    thread = threading.Thread(target=site.server.run, daemon=True)
    thread.start()
    while not site.server.started:
        time.sleep(0.01)
    yield site
    site.server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running() as found:
        yield found


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        b"a: " + b"x" * HEAD_MAX_BYTES + b"\r\n",
        b"a" * HEAD_MAX_BYTES + b": x\r\n",
        b"a: b\r\n" * (HEAD_MAX_FIELDS + 1),
        b"a: " + b"x" * 2_000_000,
        b"a: b\r\n" * 3_000_000,
    ],
    ids=["a long value", "a long name", "many short ones", "one without an end", "18 MB of short ones"],
)
def test_headers_of_any_size_were_kept(site: Site, headers: bytes) -> None:
    with site.line() as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(HEAD + headers + b"\r\n")
        answer = answer_on(line)
    assert b" 431 " in answer.split(b"\r\n")[0] or not answer
    assert site.ask(HEAD + b"\r\n").startswith(b"HTTP/1.1 200")


def test_what_just_fits_is_taken_and_one_byte_more_is_told_so(site: Site) -> None:
    lines = b"".join(b"h%d: %s\r\n" % (n, b"x" * 630) for n in range(100))
    assert site.ask(HEAD + lines + b"\r\n").startswith(b"HTTP/1.1 200")
    answer = site.ask(HEAD + lines + b"h: " + b"x" * 4000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431")
    assert "标头太大".encode() in answer
    path = b"GET /" + b"x" * HEAD_MAX_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert site.ask(path).startswith(b"HTTP/1.1 431")


def test_headers_behind_a_body_in_chunks_were_kept(site: Site) -> None:
    begun = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    assert site.ask(begun, b"a: b\r\n" * 300, b"\r\n").startswith(b"HTTP/1.1 431")
    with site.line() as line, contextlib.suppress(ConnectionError):
        line.sendall(begun + b"a: " + b"x" * 2_000_000)
        assert answer_on(line).startswith(b"HTTP/1.1 431")
    small = b"".join(b"1\r\nx\r\n" for _ in range(20_000)) + b"0\r\n\r\n"
    answer = site.ask(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + small)
    assert answer.endswith(b"20000"), "many small chunks are no headers"


@pytest.mark.slow
def test_thousands_of_requests_sent_at_once_were_all_held_in_memory(site: Site) -> None:
    before, many = site.answered, 5000
    with site.line() as line:
        sending = threading.Thread(target=line.sendall, args=((HEAD + b"\r\n") * many,))
        sending.start()
        got = b""
        while got.count(b"HTTP/1.1 200") < many:
            got += line.recv(1_000_000)
        sending.join()
    assert site.answered == before + many, "and each was answered"


def test_requests_behind_a_body_are_all_answered(site: Site) -> None:
    sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + b"y" * 70_000
    with site.line() as line:
        line.sendall((sent + HEAD + b"\r\n") * 20)
        got = b""
        while got.count(b"HTTP/1.1 200") < 40:
            got += line.recv(1_000_000)
    assert got.count(b"70000") == 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost:", b"HTTP/1.1 408"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx", b"HTTP/1.1 408"),
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_half_a_request_was_waited_for_without_end(site: Site, sent: bytes, told: bytes) -> None:
    assert site.ask(sent).startswith(told)
    assert site.ask(b"\r\n" * 20) == b"", "line ends are no request"


@pytest.mark.slow
def test_a_line_in_use_is_not_idle(site: Site) -> None:
    with site.line() as line:
        for _ in range(8):
            line.sendall(HEAD + b"\r\n")
            assert answer_on(line).startswith(b"HTTP/1.1 200")
            time.sleep(0.5)
        assert answer_on(line) == b"", "and then it is"


@pytest.mark.slow
def test_drops_end_and_a_poor_line_goes_on(site: Site) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n"
    with site.line() as slow:
        slow.sendall(head)
        with contextlib.suppress(ConnectionError):
            for _ in range(60):
                slow.sendall(b"x" * 20)
                time.sleep(0.1)
        with contextlib.suppress(ConnectionError):
            assert answer_on(slow).startswith(b"HTTP/1.1 408")
    with site.line() as poor:
        poor.sendall(head)
        for _ in range(40):
            poor.sendall(b"x" * 200)
            time.sleep(0.1)
        assert answer_on(poor).endswith(b"8000")


def test_an_early_answer_is_read_though_the_body_still_comes(site: Site) -> None:
    with site.line() as line:
        line.sendall(
            b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 10_000_000
        )
        assert answer_on(line).startswith(b"HTTP/1.1 200")
        line.sendall(HEAD + b"\r\n")
        assert answer_on(line).startswith(b"HTTP/1.1 200"), "and the line goes on"


def test_a_body_without_end_is_not_taken_for_ever(site: Site) -> None:
    sent_bytes = 0
    with site.line() as line, contextlib.suppress(ConnectionError):
        line.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n")
        while sent_bytes < 10 * UNREAD_MAX_BYTES:
            sent_bytes += line.send(b"x" * 1_000_000)
    assert sent_bytes < 10 * UNREAD_MAX_BYTES


@pytest.mark.slow
def test_half_open_requests_shut_nobody_out() -> None:
    """229 of them shut a site whose process may open 256 files, until they were closed."""
    with running() as site, contextlib.ExitStack() as lines:
        for _ in range(229):
            line = lines.enter_context(site.line())
            line.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert len(site.server.server_state.connections) <= SMALL.lines + 5
        for _ in range(20):
            assert site.ask(HEAD + b"\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.slow
def test_one_address_has_its_share_and_a_proxy_as_much_as_it_wants() -> None:
    with running(trusted="192.0.2.1") as site, contextlib.ExitStack() as lines:
        held = [lines.enter_context(site.line()) for _ in range(SMALL.lines_per_address)]
        for line in held:
            line.sendall(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
        while site.answered < len(held):
            time.sleep(0.01)
        assert site.ask(HEAD + b"\r\n").startswith(b"HTTP/1.1 503"), "all of them are being answered"
    with running() as site, contextlib.ExitStack() as lines:
        held = [lines.enter_context(site.line()) for _ in range(SMALL.lines - 1)]
        for line in held:
            line.sendall(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
        while site.answered < len(held):
            time.sleep(0.01)
        assert site.ask(HEAD + b"\r\n").startswith(b"HTTP/1.1 200")
