"""A library with people in it, served over real HTTP.

In a thread without a worker, for what pages and the API answer: the clock can be moved, rows be looked at.
As a process of its own, for what survives: it runs the worker too and can be killed.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import structlog
import uvicorn
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from library.access import attempts
from library.access.rules import Counted
from library.core.clock import Clock, utc_now
from library.core.permits import Role
from library.organisation import queries as organisation
from library.people import actions as people
from library.people.passwords import HashedPassword
from server.app import create_app
from server.commands.running.serving import config_of
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support.client import PLAIN, Person
from tests.support.processes import ROOT as ROOT
from tests.support.processes import start_weike

PEOPLE = {
    "admin": Role.ADMIN,
    "staff": Role.STAFF,
    "lecturer": Role.LECTURER,
    "other": Role.LECTURER,
    "member": Role.MEMBER,
}
"""User names and the role each holds at the root."""

_QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""For the passwords of PEOPLE, who sign in all the time: real hashes, but not slow on purpose."""


def quick_hash(secret: str) -> str:
    """A real hash of a password that is not slow on purpose."""
    return _QUICK.hash(secret)


READY_S, STOP_S = 60.0, 30.0


def password(username: str) -> str:
    """The password of somebody in PEOPLE."""
    return f"test-password-{username}"


def quickly_hashed(username: str) -> HashedPassword:
    """The hash of password(username), a real one and not slow on purpose."""
    return HashedPassword(_QUICK.hash(password(username)))


@cache
def _template(*, people: bool) -> Path:
    """A data folder as the first start leaves it, made once: migrations and argon2 hashes take their time."""
    folder = Path(tempfile.mkdtemp(prefix="weike-library-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ports = open_ports(Settings(data=folder, _env_file=None))  # type: ignore[call-arg]
    if people:
        add_people(ports)
    ports.close()
    return folder


def add_people(ports: Ports) -> None:
    """Put PEOPLE into a library."""
    with ports.db.write() as session:
        for username, role in PEOPLE.items():
            person = people.add_person(session, username, username, quickly_hashed(username), utc_now())
            people.grant(session, person.id, role, organisation.root_node(session), None, utc_now())


def new_data(folder: Path) -> Path:
    """Make `folder` the data folder of a library that has PEOPLE and nothing else."""
    shutil.copytree(_template(people=True), folder, dirs_exist_ok=True)
    return folder


def empty_data(folder: Path) -> Path:
    """Make `folder` the data folder of a library that has tables, secrets and the root, and nothing else."""
    shutil.copytree(_template(people=False), folder, dirs_exist_ok=True)
    return folder


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def failed_here(served: Served, times: int) -> None:
    """Let so many wrong passwords have been typed on this machine for names of nobody; none is hashed."""
    with served.ports.db.write() as session:
        for _ in range(times):
            at = attempts.of_network(served.ports.secret, Counted.ADDRESS, "127.0.0.1")
            attempts.count(session, at, served.ports.clock())


class MovableClock:
    """A clock that runs, can be put forward and can be stopped."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._stopped_at: datetime | None = None

    def __call__(self) -> datetime:
        return (self._stopped_at or utc_now()) + self._ahead

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """A time in which it only goes forward when it is put forward, however slow the machine is."""
        self._stopped_at = utc_now()
        try:
            yield
        finally:
            self._stopped_at = None

    def forward(self, **by: float) -> None:
        """Let time pass: `forward(minutes=61)`."""
        self._ahead += timedelta(**by)


@dataclass
class Served:
    """A running server as tests see it: its address, its data, and people at browsers."""

    base_url: str
    data: Path
    ports: Ports
    _browsers: dict[str, Person] = field(default_factory=dict)

    def nobody(self, language: str = "zh-CN") -> Person:
        """A fresh browser."""
        return Person(self.base_url, language)

    def signed_in(self, username: str) -> Person:
        """A fresh browser in which somebody of PEOPLE has just signed in."""
        return Person(self.base_url).sign_in(username, password(username))

    def person(self, username: str) -> Person:
        """The browser of somebody of PEOPLE ("nobody": not signed in), kept for the whole server."""
        if username not in self._browsers:
            fresh = self.nobody() if username == "nobody" else self.signed_in(username)
            self._browsers[username] = fresh
        return self._browsers[username]

    def close(self) -> None:
        """Close the browsers."""
        for browser in self._browsers.values():
            browser.http.close()
        self._browsers.clear()


@contextlib.contextmanager
def in_thread(
    data: Path, clock: Clock = utc_now, *, plain_uvicorn: bool = False, **settings: Any
) -> Iterator[Served]:
    """Serve the library in `data` from this process, without a worker: as `weike serve` does, or by a uvicorn
    that knows nothing of us."""
    # To the log that pytest keeps for each test, and shows when it fails.
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs], logger_factory=structlog.stdlib.LoggerFactory()
    )
    port = free_port()
    chosen = Settings(data=data, port=port, worker=False, _env_file=None, **settings)  # type: ignore[call-arg]
    ports = open_ports(chosen, clock)
    config = config_of(create_app(chosen, ports), chosen)
    config.host, config.port = "127.0.0.1", port
    if plain_uvicorn:
        config.http = "auto"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    served = Served(f"http://127.0.0.1:{port}", data, ports)
    try:
        _until_ready(served.base_url, thread.is_alive)
        yield served
    finally:
        served.close()
        server.should_exit = True
        thread.join(STOP_S)
        ports.close()


def _until_ready(base_url: str, alive: Callable[[], bool]) -> None:
    end = time.monotonic() + READY_S
    with httpx.Client(base_url=base_url, verify=PLAIN) as http:
        while time.monotonic() < end and alive():
            with contextlib.suppress(httpx.TransportError):
                if http.get("/readyz").status_code == 200:
                    return
            time.sleep(0.05)
    raise AssertionError(f"{base_url} does not get ready")


class Process:
    """`weike serve` as a process of its own. Start, kill, start again: the data stay."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data, self.port = data, free_port()
        self.log = data.with_name(f"{data.name}.log")
        self._environment = environment
        self._child: BaseProcess | None = None

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._child is not None
        assert self._child.pid is not None
        return self._child.pid

    def launch(self) -> None:
        """Start it and wait for nothing."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WEIKE_")}
        environment |= {
            "WEIKE_DATA": str(self.data),
            "WEIKE_PORT": str(self.port),
            "WEIKE_LOG_FORMAT": "json",
            **self._environment,
        }
        self.log.touch()
        self._child = start_weike(["serve"], environment, self.log)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until one that was launched is ready; it is ended when it does not get there."""
        try:
            _until_ready(self.base_url, lambda: self._child is not None and self._child.is_alive())
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.log_tail()}") from None

    def log_tail(self, most: int = 4000) -> str:
        """The end of what it logged."""
        return self.log.read_text("utf-8", "replace")[-most:]

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, for it alone."""
        if self._child is not None:
            self._child.kill()
            self._child.join(STOP_S)

    def stop(self, within_s: float = STOP_S) -> int:
        """Ask it to end (SIGTERM) and return its exit code; raises when it does not."""
        assert self._child is not None
        self._child.terminate()
        self._child.join(within_s)
        assert self._child.exitcode is not None, f"still there after {within_s:g} s"
        return self._child.exitcode

    def freeze(self) -> None:
        """Stop the clockwork (SIGSTOP) for a look inside; `thaw` goes on."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        os.kill(self.pid, signal.SIGCONT)


@contextlib.contextmanager
def process(data: Path, **environment: str) -> Iterator[Process]:
    """Run a server process for the block; it is ended afterwards, whatever happened."""
    running = Process(data, **environment)
    running.start()
    try:
        yield running
    finally:
        running.kill()
