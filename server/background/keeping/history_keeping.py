"""Old places in people's histories are forgotten, and of each person all but the newest."""

from __future__ import annotations

import structlog

from library.core.clock import Clock
from library.core.database import Database
from library.marks import actions
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S = 1500.0, 6 * 3600.0

log = structlog.get_logger()


class HistoryKeepingThread(RecurringThread):
    """Sweeps histories a few times a day."""

    failed = "old histories could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("history keeping", _FIRST_S, _EVERY_S)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Forget once."""
        with self._db.write() as session:
            gone = actions.sweep(session, self._clock())
        if gone:
            log.info("old places were forgotten", places=gone)
