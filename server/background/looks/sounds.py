"""Sounds of reflections: made by the worker into what is played, and swept when they are gone."""

from __future__ import annotations

from pathlib import Path

from obstore.store import ObjectStore

from library.core.clock import Clock
from library.core.database import Database
from library.reflections.sounding import Sounding
from server.background.recurring import RecurringThread
from transcode.tools import Tools

EVERY_S = 1.0
"""Somebody sits before the page and waits."""


class SoundsThread(RecurringThread):
    """Makes until nothing waits, and looks again."""

    failed = "sounds of reflections could not be made, it will be tried again"

    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        tools: Tools,
        work: Path,
        clock: Clock,
        most_s: float,
        every_s: float = EVERY_S,
    ) -> None:
        super().__init__("sounds", 0.0, every_s)
        self._sounding = Sounding(db, store, tools, work, clock, most_s, self.stopping)

    def work(self) -> None:
        """Make what waits, sweep what is gone."""
        while not self.stopping() and self._sounding.make_one():
            pass
        self._sounding.sweep()
