"""Black bars of works that are to be entered into calls: looked for by the worker, never by a page."""

from __future__ import annotations

from pathlib import Path

from obstore.store import ObjectStore

from library.calls.looking import EdgeLooks
from library.core.clock import Clock
from library.core.database import Database
from server.background.recurring import RecurringThread
from transcode.tools import Tools

EVERY_S = 2.0
"""Somebody sits before the page and waits."""


class EdgesThread(RecurringThread):
    """Looks until nothing waits, and looks again."""

    failed = "edges of pictures could not be looked at, it will be tried again"

    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        tools: Tools,
        work: Path,
        clock: Clock,
        every_s: float = EVERY_S,
    ) -> None:
        super().__init__("edges", 0.0, every_s)
        self._looks = EdgeLooks(db, store, tools, work, clock, self.stopping)

    def work(self) -> None:
        """Look at what waits."""
        while not self.stopping() and self._looks.look_at_one():
            pass
