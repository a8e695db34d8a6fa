"""Locks between processes: of a file, which the system takes back when its holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def waiting_for(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is made if need be; wait for as long as somebody else holds it."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def if_free(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, which is made if need be; False when somebody else holds it."""
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o666)
    try:
        yield handle
    finally:
        # Not by closing alone: a child that was forked meanwhile has the file open too.
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
