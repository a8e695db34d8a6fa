"""Notices that are older than they are kept, and what one person has beyond the newest, are forgotten."""

from __future__ import annotations

import structlog

from library.core.clock import Clock
from library.core.database import Database
from library.notices import actions
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S = 1200.0, 6 * 3600.0

log = structlog.get_logger()


class NoticesKeepingThread(RecurringThread):
    """Sweeps notices a few times a day."""

    failed = "old notices could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("notices keeping", _FIRST_S, _EVERY_S)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Forget once."""
        with self._db.write() as session:
            gone = actions.sweep(session, self._clock())
        if gone:
            log.info("old notices were forgotten", notices=gone)
