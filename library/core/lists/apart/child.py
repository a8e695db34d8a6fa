"""The process that reads one list: a kind of list has a module that calls `main` with its own `answered`,
started as `python -m MODULE CPU_SECONDS`.

On stdin: eight bytes of length, the file's name and a line's end, the file. On stdout the answer (message) in
the same form. How it dies says what a list cost: the kernel ends it at its bound of time, and a bound of
memory becomes its exit code.
"""

from __future__ import annotations

import resource
import signal
import struct
import sys
from collections.abc import Callable

LENGTH = struct.Struct(">Q")
NO_MEMORY = 63
"""Exit code when it may have no more memory."""


def main(answered: Callable[[bytes, str], bytes]) -> int:
    """Answer one question by what `answered` says of a file and its name; returns the exit code."""
    seconds = int(sys.argv[1])
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    head = sys.stdin.buffer.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return 0
    try:
        name, _, data = sys.stdin.buffer.read(LENGTH.unpack(head)[0]).partition(b"\n")
        answer = answered(data, name.decode())
        sys.stdout.buffer.write(LENGTH.pack(len(answer)))
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except (MemoryError, RecursionError):
        return NO_MEMORY
    return 0
