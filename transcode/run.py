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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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


@dataclass(frozen=True)
class Limits:
    """What one child may use. Generous: they stop a runaway, they do not tune."""

    address_space_bytes: int = 24 * 2**30
    file_size_bytes: int = 64 * 2**30
    open_files: int = 256
    nice: int = 5


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
) -> Completed:
    """Run a program to its end. `args[0]` is an absolute path; `on_line` gets each line of stdout.

    It may write below `cwd` only, and nowhere without one, where the platform can forbid it (Landlock).
    Raises ToolMissing (cannot be started), ToolFailed (exit code), Failed (disk_full, output_too_large,
    timeout), Cancelled. When any of them, or an exception of a callback, leaves here, the child is gone.
    """
    stopping = should_stop or _never
    if stopping():
        raise Cancelled
    child = _start(args, cwd, limits or Limits(), timeout_s)
    watch = _Watch(child, on_line, timeout_s)
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
    finally:
        _end(child)
        watch.close()
    _judge(args[0], child.returncode, watch)
    return Completed(bytes(watch.stdout), watch.tail())


def _never() -> bool:
    return False


def _start(
    args: Sequence[str], cwd: Path | None, limits: Limits, timeout_s: float
) -> subprocess.Popen[bytes]:
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
    )
    guard = Path(__file__).with_name("guard.py")
    # -I: neither the environment nor the current folder decides what the guard imports; -S: no site-packages.
    command = [sys.executable, "-I", "-S", str(guard), ",".join(map(str, numbers)), "--", *args]
    # "Die with my parent" goes by the thread that forks, not by the process. That is this one, and it stays
    # in run() until the child has ended: a child must never be handed to another thread.
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd or "/",
        env=_environment(),
        start_new_session=True,
        bufsize=0,
    )


def _environment() -> dict[str, str]:
    """Nothing of the server's secrets, proxies or LD_* reaches a program that reads strangers' files."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "AV_LOG_FORCE_NOCOLOR": "1", "HOME": "/nonexistent"}


@dataclass
class _Watch:
    """Drains a child's two pipes and remembers what matters."""

    child: subprocess.Popen[bytes]
    on_line: Callable[[str], None] | None
    limit_s: float
    stdout: bytearray = field(default_factory=bytearray)
    disk_full: bool = False
    file_too_big: bool = False

    def __post_init__(self) -> None:
        self._tail: deque[bytes] = deque(maxlen=STDERR_TAIL_LINES)
        self._rest = {"out": b"", "err": b""}
        self._selector = selectors.DefaultSelector()
        for name, pipe in (("out", self.child.stdout), ("err", self.child.stderr)):
            assert pipe is not None  # noqa: S101 - both are PIPE
            self._selector.register(pipe, selectors.EVENT_READ, name)

    def poll(self, wait_s: float) -> bool:
        """Read what there is, at most `wait_s` long; True when the child has ended and all is read."""
        if not self._selector.get_map():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(wait_s)
            return self.child.returncode is not None
        for key, _ in self._selector.select(wait_s):
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            self._take(key.data, data)
        return False

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
            if name == "err":
                self._note(line[:LINE_LIMIT_BYTES])
            elif self.on_line is not None:
                self.on_line(line[:LINE_LIMIT_BYTES].decode("utf-8", "replace"))

    def _note(self, line: bytes) -> None:
        self._tail.append(line)
        self.disk_full = self.disk_full or any(words in line for words in _DISK_FULL)
        self.file_too_big = self.file_too_big or _FILE_TOO_BIG in line

    def tail(self) -> str:
        """The last lines of stderr."""
        return b"\n".join(self._tail).decode("utf-8", "replace")

    def close(self) -> None:
        """Let go of the pipes."""
        self._selector.close()
        for pipe in (self.child.stdout, self.child.stderr):
            if pipe is not None:
                pipe.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Terminate, wait, kill; harmless when the child has already been reaped."""
    if child.poll() is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(TERMINATE_S if sign == signal.SIGTERM else None)
            return


def _judge(program: str, code: int, watch: _Watch) -> None:
    # Before the exit code: ffmpeg's HLS muxer can lose a segment to a full disk and still end with 0.
    if watch.disk_full:
        raise Failed("disk_full")
    if watch.file_too_big:
        raise Failed("output_too_large")
    if code == -signal.SIGXCPU:
        raise Failed("timeout", {"tool": Path(program).name, "limit_s": watch.limit_s})
    if code != 0:
        heard = watch.tail()
        details: dict[str, Detail] = {
            "tool": Path(program).name,
            "exit_code": code,
            "said": heard[-SAID_LIMIT_CHARS:],
        }
        raise ToolFailed("tool_failed", details, heard)
