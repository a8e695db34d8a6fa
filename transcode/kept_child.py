"""A child that stays and answers one question after the other, each within a time and a size.

Who starts one asks it and ends it, all in one thread: it dies with that (see run.start). A child that failed
in any way is gone, and the next question starts another.
"""

from __future__ import annotations

import contextlib
import os
import select
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from transcode.errors import Detail, Failed
from transcode.run import Child, Limits, end, start

LENGTH = struct.Struct(">Q")
"""Stands before each question and each answer: how many bytes they have."""

_LIFE_S = 24 * 3600.0
"""Of processor time, while it stays; what one answer may take is the child's own affair."""
_PIECE_BYTES = 256 * 1024
_ENDS_S = 2.0


class _Ended(Exception):
    """The child has closed its pipes."""


class KeptChild:
    """A program that reads questions from its stdin and writes the answers to its stdout."""

    def __init__(self, args: Sequence[str], limits: Limits, environment: Mapping[str, str]) -> None:
        """Nothing is started before the first question. `args[0]` is an absolute path."""
        self._args, self._limits, self._environment = args, limits, environment
        self._child: Child | None = None

    def ask(self, question: bytes, *, timeout_s: float, most_bytes: int) -> bytes:
        """Return the answer; raises ToolMissing and OSError (cannot be started), Failed: timeout (limit_s),
        output_too_large (limit_bytes), tool_failed (exit_code)."""
        child, deadline = self._started(), time.monotonic() + timeout_s
        whole = False
        try:
            _write(child.stdin, LENGTH.pack(len(question)) + question, deadline)
            length = LENGTH.unpack(_read(child.stdout, LENGTH.size, deadline))[0]
            if length > most_bytes:
                raise Failed("output_too_large", {"limit_bytes": most_bytes})
            answer = _read(child.stdout, length, deadline)
            whole = True
            return answer
        except _Ended:
            details: dict[str, Detail] = {"tool": Path(self._args[0]).name, "exit_code": _exit_code(child)}
            raise Failed("tool_failed", details) from None
        except TimeoutError:
            raise Failed("timeout", {"tool": Path(self._args[0]).name, "limit_s": timeout_s}) from None
        finally:
            if not whole:
                self.end()

    def _started(self) -> Child:
        if self._child is not None and self._child.poll() is not None:
            self.end()  # somebody killed it while nobody asked
        if self._child is None:
            self._child = start(self._args, None, self._limits, _LIFE_S, self._environment, is_asked=True)
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
        return self._child

    def end(self) -> None:
        """End the child; harmless when there is none."""
        child, self._child = self._child, None
        if child is not None:
            end(child)
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()


def _exit_code(child: Child) -> int:
    """Return how a child ended that has closed its pipes; -1 when it lingers."""
    until = time.monotonic() + _ENDS_S
    while child.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    return -1 if child.returncode is None else child.returncode


def _wait(reading: list[int], writing: list[int], deadline: float) -> None:
    left_s = deadline - time.monotonic()
    if left_s <= 0 or not any(select.select(reading, writing, [], left_s)):
        raise TimeoutError


def _write(pipe: IO[bytes] | None, data: bytes, deadline: float) -> None:
    number = _number_of(pipe)
    left = memoryview(data)
    while left:
        _wait([], [number], deadline)
        try:
            left = left[os.write(number, left[:_PIECE_BYTES]) :]
        except BrokenPipeError:
            raise _Ended from None
        except BlockingIOError:
            continue


def _read(pipe: IO[bytes] | None, length: int, deadline: float) -> bytes:
    number = _number_of(pipe)
    held = bytearray()
    while len(held) < length:
        _wait([number], [], deadline)
        piece = os.read(number, min(_PIECE_BYTES, length - len(held)))
        if not piece:
            raise _Ended
        held += piece
    return bytes(held)


def _number_of(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise _Ended
    return pipe.fileno()
