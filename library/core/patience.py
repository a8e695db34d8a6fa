"""How long whoever writes to SQLite waits for others; apart from the database, which takes time to load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOCK_WAIT_S = 30.0
"""SQLite: how long one writer waits for another, where nobody waits for the writer. Within a process it is
counted anew whenever one before it is done (library.core.writers)."""

PATIENCE_S = 6.0
"""SQLite: how long it waits where somebody does, before a page or in front of a terminal."""

_lock_wait_s: ContextVar[float] = ContextVar("lock_wait_s", default=LOCK_WAIT_S)


@contextmanager
def waiting_at_most(wait_s: float) -> Iterator[None]:
    """Let SQLite's writers of this thread or request wait for each other no longer than `wait_s`."""
    before = _lock_wait_s.set(wait_s)
    try:
        yield
    finally:
        _lock_wait_s.reset(before)


def lock_wait_s() -> float:
    """Return how long writers of this thread or request wait for each other."""
    return _lock_wait_s.get()
