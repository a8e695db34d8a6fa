"""Playlists and other small files that are asked for again and again, kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from server.delivery.answers import Facts

ONE_MAX_BYTES = 256 * 1024
ALL_MAX_BYTES = 16 * 1024 * 1024
_OVERHEAD_BYTES = 500
"""About what a key and its entry take beside the bytes."""


@dataclass(frozen=True)
class SmallFile:
    """A whole file."""

    body: bytes
    facts: Facts


class SmallFiles:
    """The most recently asked-for small files. Nothing in a plan's folder changes, so none grows old."""

    def __init__(self, most_bytes: int = ALL_MAX_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._files: OrderedDict[str, SmallFile] = OrderedDict()

    def get(self, key: str) -> SmallFile | None:
        """Return a file that is here."""
        found = self._files.get(key)
        if found is not None:
            self._files.move_to_end(key)
        return found

    def put(self, key: str, file: SmallFile) -> None:
        """Keep a file, and let go of those that nobody asked for the longest time."""
        if len(file.body) > ONE_MAX_BYTES or key in self._files:
            return
        self._files[key] = file
        self._bytes += len(file.body) + _OVERHEAD_BYTES
        while self._bytes > self._most_bytes:
            _key, gone = self._files.popitem(last=False)
            self._bytes -= len(gone.body) + _OVERHEAD_BYTES
