"""The one door to child processes.

A child runs with a clean environment, nice, limited, with few rights (see guard.py), in a process group of
its own, and dies with us (even when we are killed by SIGKILL). Its pipes are drained in the caller's thread:
callbacks need no locks. It ends in time: by itself, by the time limit, or because `should_stop` (asked every
quarter of a second) says so.
"""

import contextlib
import math
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeAlias

from transcode.errors import Cancelled, Detail, Failed, ToolFailed, ToolMissing

POLL_S = 0.25
TERMINATE_S = 1.0
"""Time a child gets between SIGTERM and SIGKILL: a cancel must be over within two seconds."""

STDOUT_LIMIT_BYTES = 64 * 2**20
STDERR_TAIL_LINES = 40
LINE_LIMIT_BYTES = 64 * 2**10
SAID_LIMIT_CHARS = 1000

_DISK_FULL = (b"No space left on device", b"Disk quota exceeded")
_FILE_TOO_BIG = b"File too large"


Child: TypeAlias = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Limits:
    """What one child may use. Generous: they stop a runaway, they do not tune."""

    address_space_bytes: int = 24 * 2**30
    file_size_bytes: int = 64 * 2**30
    open_files: int = 256
    nice: int = 5
    network: bool = False
    """Whether it may reach others: a program that talks to a database, never one that reads recordings."""


@dataclass(frozen=True)
class Completed:
    """A child that ended well. `stdout` is empty when the lines went to `on_line`."""

    stdout: bytes
    stderr_tail: str


def run(
    args: Sequence[str],
    *,
    timeout_s: float,
    on_line: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    cwd: Path | None = None,
    limits: Limits | None = None,
    environment: Mapping[str, str] | None = None,
    fed_by: Sequence[str] | None = None,
) -> Completed:
    """Run a program to its end. `args[0]` is an absolute path; `on_line` gets each line of stdout.

    `environment` is added to the clean one that it gets. `fed_by` is another program, whose stdout it reads
    as it comes; that one ends with it, and its own failure is one of both.

    It may write below `cwd` only, and nowhere without one, where the platform can forbid it (Landlock).
    Raises ToolMissing (cannot be started), ToolFailed (exit code), Failed (disk_full, output_too_large,
    timeout), Cancelled. When any of them, or an exception of a callback, leaves here, the child is gone.
    """
    stopping = should_stop or _never
    if stopping():
        raise Cancelled
    feeder = None if fed_by is None else start(fed_by, None, Limits(), timeout_s, {})
    try:
        child = start(args, cwd, limits or Limits(), timeout_s, environment or {}, feeder)
    except BaseException:
        if feeder is not None:
            end(feeder)
            _close(feeder)
        raise
    watch = _Watch(child, on_line, timeout_s, feeder)
    now = asked = time.monotonic()
    deadline = now + timeout_s
    try:
        while not watch.poll(POLL_S):
            now = time.monotonic()
            if now > deadline:
                raise Failed("timeout", {"tool": Path(args[0]).name, "limit_s": timeout_s})
            if now - asked >= POLL_S:  # a talkative child must not make us ask (a database, perhaps) per line
                asked = now
                if stopping():
                    raise Cancelled
        ended_itself = feeder is not None and _ends(feeder)
    finally:
        end(child)
        if feeder is not None:
            end(feeder)
        watch.close()
    _judge(args[0], child.returncode, watch, watch.tail())
    if ended_itself and feeder is not None and fed_by is not None and feeder.returncode != -signal.SIGPIPE:
        # That one means only that the child had read enough.
        _judge(fed_by[0], feeder.returncode, watch, watch.tail("fed"))
    return Completed(bytes(watch.stdout), watch.tail())


def _never() -> bool:
    return False


def start(
    args: Sequence[str],
    cwd: Path | None,
    limits: Limits,
    timeout_s: float,
    environment: Mapping[str, str],
    feeder: Child | None = None,
    *,
    is_asked: bool = False,
) -> Child:
    """Start a child with its limits, fed by another one, or with a pipe for what it `is_asked`.

    It dies with the thread that calls this. Raises ToolMissing, OSError.
    """
    program = Path(args[0])
    if not (program.is_absolute() and os.access(program, os.X_OK)):
        raise ToolMissing("tool_missing", {"tool": program.name, "tried": str(program)})
    numbers = (
        os.getpid(),
        limits.nice,
        limits.address_space_bytes,
        limits.file_size_bytes,
        limits.open_files,
        # A runaway that nobody watches any more: all cores for as long as it may take, and a little more.
        math.ceil(timeout_s + 1) * (os.cpu_count() or 1),
        int(cwd is not None),
        int(limits.network),
    )
    guard = Path(__file__).with_name("guard.py")
    # -I: neither the environment nor the current folder decides what the guard imports; -S: no site-packages.
    command = [sys.executable, "-I", "-S", str(guard), ",".join(map(str, numbers)), "--", *args]
    # "Die with my parent" goes by the thread that forks, not by the process. That is this one, and it stays
    # in run() until the child has ended: a child must never be handed to another thread.
    return subprocess.Popen(
        command,
        stdin=_stdin(feeder, is_asked),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd or "/",
        env={**_environment(), **environment},
        start_new_session=True,
        bufsize=0,
    )


def _stdin(feeder: Child | None, is_asked: bool) -> int | IO[bytes] | None:
    if feeder is not None:
        return feeder.stdout
    return subprocess.PIPE if is_asked else subprocess.DEVNULL


def _environment() -> dict[str, str]:
    """Nothing of the server's secrets, proxies or LD_* reaches a program that reads strangers' files."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "AV_LOG_FORCE_NOCOLOR": "1", "HOME": "/nonexistent"}


@dataclass
class _Watch:
    """Drains a child's two pipes and remembers what matters."""

    child: Child
    on_line: Callable[[str], None] | None
    limit_s: float
    feeder: Child | None = None
    stdout: bytearray = field(default_factory=bytearray)
    disk_full: bool = False
    file_too_big: bool = False

    def __post_init__(self) -> None:
        self._tails: dict[str, deque[bytes]] = {
            name: deque(maxlen=STDERR_TAIL_LINES) for name in ("err", "fed")
        }
        self._rest = {"out": b"", "err": b"", "fed": b""}
        self._selector = selectors.DefaultSelector()
        pipes = [("out", self.child.stdout), ("err", self.child.stderr)]
        if self.feeder is not None:
            pipes.append(("fed", self.feeder.stderr))
            if self.feeder.stdout is not None:
                self.feeder.stdout.close()  # the child's alone: when it ends the feeder must feel it
        for name, pipe in pipes:
            assert pipe is not None  # noqa: S101 - both are PIPE
            self._selector.register(pipe, selectors.EVENT_READ, name)

    def poll(self, wait_s: float) -> bool:
        """Read what there is, at most `wait_s` long; True when the child has ended and all is read."""
        if not self._selector.get_map():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(wait_s)
            return self.child.returncode is not None
        if self.feeder is not None and self.child.poll() is not None and not self._child_talks():
            return True  # nobody reads what the feeder still says
        for key, _ in self._selector.select(wait_s):
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            self._take(key.data, data)
        return False

    def _child_talks(self) -> bool:
        return any(key.data != "fed" for key in self._selector.get_map().values())

    def _take(self, name: str, data: bytes) -> None:
        if name == "out" and self.on_line is None:
            self.stdout += data
            if len(self.stdout) > STDOUT_LIMIT_BYTES:
                raise Failed("output_too_large", {"limit_bytes": STDOUT_LIMIT_BYTES})
            return
        # ffmpeg ends some of its lines with \r alone. An empty read is the end: the rest is a line too.
        lines = (self._rest[name] + data.replace(b"\r", b"\n")).split(b"\n")
        self._rest[name] = b"" if not data else lines.pop()[-LINE_LIMIT_BYTES:]
        for line in filter(None, lines):
            if name != "out":
                self._note(name, line[:LINE_LIMIT_BYTES])
            elif self.on_line is not None:
                self.on_line(line[:LINE_LIMIT_BYTES].decode("utf-8", "replace"))

    def _note(self, name: str, line: bytes) -> None:
        self._tails[name].append(line)
        self.disk_full = self.disk_full or any(words in line for words in _DISK_FULL)
        self.file_too_big = self.file_too_big or _FILE_TOO_BIG in line

    def tail(self, name: str = "err") -> str:
        """The last lines of stderr, of the child ("err") or of who feeds it ("fed")."""
        return b"\n".join(self._tails[name]).decode("utf-8", "replace")

    def close(self) -> None:
        """Let go of the pipes."""
        self._selector.close()
        for one in (self.child, self.feeder):
            if one is not None:
                _close(one)


def _close(child: Child) -> None:
    for pipe in (child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()


def _ends(child: Child) -> bool:
    """Tell whether a child ends by itself within a moment."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(TERMINATE_S)
    return child.returncode is not None


def end(child: Child) -> None:
    """Terminate, wait, kill; harmless when the child has already been reaped."""
    if child.poll() is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(TERMINATE_S if sign == signal.SIGTERM else None)
            return


def _judge(program: str, code: int, watch: _Watch, heard: str) -> None:
    # Before the exit code: ffmpeg's HLS muxer can lose a segment to a full disk and still end with 0.
    if watch.disk_full:
        raise Failed("disk_full")
    if watch.file_too_big:
        raise Failed("output_too_large")
    if code == -signal.SIGXCPU:
        raise Failed("timeout", {"tool": Path(program).name, "limit_s": watch.limit_s})
    if code != 0:
        details: dict[str, Detail] = {
            "tool": Path(program).name,
            "exit_code": code,
            "said": heard[-SAID_LIMIT_CHARS:],
        }
        raise ToolFailed("tool_failed", details, heard)
