"""Sounds of reflections: made by the worker into what is played, and swept when they are gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from obstore.store import ObjectStore

from library.core.clock import Clock
from library.core.database import Database
from library.reflections.sounding import Sounding
from server.background.recurring import RecurringThread
from transcode.tools import Tools

EVERY_S = 1.0
"""Somebody sits before the page and waits."""
STORE_EVERY = timedelta(days=1)
"""So often the store is looked through for what no row names."""
STORE_FIRST_AFTER = timedelta(minutes=10)
"""Not in the busy minutes after a start."""


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
        self._clock, self._look_at = clock, clock() + STORE_FIRST_AFTER
        self._sounding = Sounding(db, store, tools, work, clock, most_s, self.stopping)

    def work(self) -> None:
        """Make what waits, sweep what is gone."""
        while not self.stopping() and self._sounding.make_one():
            pass
        self._sounding.sweep()
        if self._clock() >= self._look_at:
            self._look_at = self._clock() + STORE_EVERY
            self._sounding.sweep_nameless()
