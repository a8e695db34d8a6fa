"""What visitors can make `weike serve` cost: each attack has a bound, and others are served meanwhile."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.setup import nginx_server
from tests.support import server
from tests.support.client import PLAIN
from tests.support.server import Process

pytestmark = pytest.mark.slow

NESTED = b"[" + b"[]," * 3_133_333 + b"[]]"
"""9.4 MB of lists in a list."""
POST = b"POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
FEW_FILES = 256
MOST_MORE_BYTES = 300 * 1024 * 1024
MOST_CPU_S = 5.0
"""The two large attacks took 18 and 30 seconds of the processor; now they take less than one together."""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server whose process may open few files, as under a careful system."""
    data = server.new_data(tmp_path_factory.mktemp("cost") / "data")
    running = Process(data, WEIKE_WORKER="false")
    running.launch()
    # Before it has imported anything: what it may open is looked at when it begins to listen.
    resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="module", params=["itself", pytest.param("nginx", marks=pytest.mark.nginx)])
def port(
    request: pytest.FixtureRequest, process: Process, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """Where visitors come to: the server itself, or nginx in front of it."""
    if request.param == "itself":
        yield process.port
        return
    request.getfixturevalue("nginx_path")
    site = nginx_server.render(tmp_path_factory.mktemp("nginx"), process.port, data=process.data)
    with nginx_server.running(site):
        yield site.port


def line_to(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port))
    line.settimeout(30)
    return line


def peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def bounded(process: Process, port: int) -> Iterator[None]:
    """The block costs the server little, and a page is served afterwards."""
    base_url = f"http://127.0.0.1:{port}"
    httpx.get(f"{base_url}/sign-in", verify=PLAIN)
    memory, processor = peak_bytes(process.pid), cpu_s(process.pid)
    yield
    assert httpx.get(f"{base_url}/sign-in", timeout=30, verify=PLAIN).status_code == 200
    assert peak_bytes(process.pid) - memory < MOST_MORE_BYTES
    assert cpu_s(process.pid) - processor < MOST_CPU_S


def test_six_bodies_of_brackets_stopped_everybody_for_eighteen_seconds(process: Process, port: int) -> None:
    told: list[bytes] = []

    def send() -> None:
        with line_to(port) as line:
            with contextlib.suppress(ConnectionError):
                line.sendall(POST % len(NESTED) + NESTED)
            told.append(line.recv(100))

    with bounded(process, port):
        senders = [Thread(target=send) for _ in range(6)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    assert [answer[:12] for answer in told] == [b"HTTP/1.1 413"] * 6


def test_a_hundred_megabytes_of_short_headers_took_more_than_a_gigabyte(process: Process, port: int) -> None:
    with bounded(process, port), line_to(port) as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            for _ in range(1000):
                line.sendall(b"a: b\r\n" * 17_000)
        with contextlib.suppress(ConnectionError):
            assert line.recv(12) in (b"HTTP/1.1 431", b"HTTP/1.1 400")


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nHost:", POST % 1000 + b"x"], ids=["heads", "bodies"])
def test_half_open_requests_shut_the_site(process: Process, port: int, begun: bytes) -> None:
    with bounded(process, port), contextlib.ExitStack() as lines:
        for _ in range(FEW_FILES + 20):
            line = lines.enter_context(line_to(port))
            with contextlib.suppress(ConnectionError):
                line.sendall(begun)
        for _ in range(5):
            assert httpx.get(f"http://127.0.0.1:{port}/sign-in", timeout=30, verify=PLAIN).status_code == 200


def test_the_limits_of_the_process_are_read_when_it_starts() -> None:
    command = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300));"
        "from server.commands.running.serving import line_limits; from server.settings import Settings;"
        "print(line_limits(Settings(_env_file=None)).lines)"
    )
    answer = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert int(answer.stdout) == 64
