"""Reads a list of people beside pages, in a child process (library.core.lists.apart)."""

from __future__ import annotations

from library.core.lists.apart import reader
from library.core.lists.apart.reader import PROCESSOR_S, READING_S
from library.people.lists.apart import child, message
from library.people.lists.reading import Listed


def read_apart(
    data: bytes, file_name: str, *, reading_s: float = READING_S, processor_s: int = PROCESSOR_S
) -> bytes:
    """Return what a list says as `message.understood` reads it; raises Invalid("list_too_costly")."""
    return reader.read_apart(child.__name__, data, file_name, reading_s=reading_s, processor_s=processor_s)


def listed(data: bytes, file_name: str) -> Listed:
    """Return what a list says, read apart; raises Invalid."""
    return message.understood(read_apart(data, file_name))
