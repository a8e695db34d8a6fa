"""From where the present deed comes: set once at the rim, read where it is written down.

A value of the context and no argument: what is done passes through some forty functions that have no other
use for it, and a new one could forget to hand it on (decision 31). Threads that work for a request inherit
it, as they do its patience (library.core.patience).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

ADDRESS_MAX = 45
"""Characters of the longest IPv6 address (RFC 4291, 2.2: with an IPv4 address at its end)."""


class Program(StrEnum):
    """What kind of program a deed was done with."""

    BROWSER = "browser"
    TOKEN = "token"  # noqa: S105  (a program with an API token)
    COMMAND = "command"
    MACHINE = "machine"
    UNKNOWN = "unknown"
    """Written down by a version that did not ask."""


@dataclass(frozen=True)
class Origin:
    """From where: an address as far as it can be believed, "" for none, and the kind of program."""

    program: Program
    address: str = ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


_NOBODY_SAID = Origin(Program.MACHINE)


@contextmanager
def coming_from(program: Program, address: str = "") -> Iterator[None]:
    """Let what this thread or request does be written down as coming from there."""
    before = _origin.set(Origin(program, address[:ADDRESS_MAX]))
    try:
        yield
    finally:
        _origin.reset(before)


def origin() -> Origin:
    """Return from where the present deed comes; the machine itself where nobody said."""
    return _origin.get() or _NOBODY_SAID
