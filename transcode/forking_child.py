"""What a kept child (kept_child) runs: each question is answered by a fork of its own, within bounds.

The program is loaded once and stays. Whatever a file does to the fork that reads it, the next file meets a
fresh one. A fork that dies takes the whole with it, and its exit code says how.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from transcode.guard import die_with_parent

LENGTH = struct.Struct(">Q")
DIED = 64
"""Added to the number of the signal that a fork died of; as an exit code."""
NO_MEMORY = 63
"""Exit code of a fork that may have no more memory."""

_ORDINARY_S = 0.3
"""So much of a processor an ordinary document takes, some hundred kilobytes of it."""
_NICENESS = 5
"""As the making of clips."""


def serve(answered: Callable[[bytes], bytes], cpu_s: int) -> int:
    """Answer what is asked on stdin (eight bytes of length, then the question) on stdout in the same form,
    until nobody asks any more; returns the exit code. `cpu_s`: so long may one answer take of a processor."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    gc.freeze()  # what is loaded stays shared with the forks
    while (asked := _message(sys.stdin.buffer)) is not None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            if libc is not None:
                die_with_parent(libc, parent)
            os._exit(_answer(answered, asked, cpu_s))
        del asked
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            return code if code > 0 else DIED - code
    return 0


def _answer(answered: Callable[[bytes], bytes], asked: bytes, cpu_s: int) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, _stand_back)
    signal.setitimer(signal.ITIMER_PROF, _ORDINARY_S)
    try:
        answer = answered(asked)
        sys.stdout.buffer.write(LENGTH.pack(len(answer)))
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except (MemoryError, RecursionError):
        return NO_MEMORY
    return 0


def _stand_back(*_: object) -> None:
    """Let pages go before a file that takes long."""
    os.nice(_NICENESS)


def _message(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None
