"""Looking at the shelf beside the pages: a disk of the network that does not answer must not hold a page.

A look goes on in a thread of its own, one at a time for a folder; who asks meanwhile waits for the same
look, a few seconds of it at most, and is told that nothing answered.
"""

from __future__ import annotations

import threading
from pathlib import Path
from time import monotonic

from server.keeping.listing import Listing, listing

WAIT_S = 3.0


class _Look:
    def __init__(self) -> None:
        self.began = monotonic()
        self.ended = threading.Event()
        self.found = Listing(problem="shelf_unreadable")


class ShelfLooks:
    """The looks at folders of backups that go on now."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._going: dict[Path, _Look] = {}

    def listing(self, folder: Path | None) -> Listing:
        """Return what lies in a folder; `problem` shelf_silent where that is not known after `wait_s`."""
        if folder is None:
            return listing(None)
        with self._lock:
            look = self._going.get(folder)
            if look is None:
                look = self._going[folder] = _Look()
                # A daemon: a look that never ends does not keep the program from ending.
                threading.Thread(
                    target=self._run, args=(folder, look), name="shelf look", daemon=True
                ).start()
        if not look.ended.wait(max(0.0, look.began + self._wait_s - monotonic())):
            return Listing(problem="shelf_silent")
        return look.found

    def _run(self, folder: Path, look: _Look) -> None:
        try:
            look.found = listing(folder)
        finally:
            with self._lock:
                del self._going[folder]
            look.ended.set()
