"""What is kept of suggestions only for a while is forgotten: from where they came, and the old ones."""

from __future__ import annotations

from datetime import timedelta

import structlog

from library.core.clock import Clock
from library.core.database import Database
from library.suggestions import actions
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S = 600.0, 900.0

log = structlog.get_logger()


class SuggestionsKeepingThread(RecurringThread):
    """Forgets every quarter of an hour what has been kept for long enough."""

    failed = "old suggestions could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock, kept: timedelta) -> None:
        super().__init__("suggestions keeping", _FIRST_S, _EVERY_S)
        self._db, self._clock, self._kept = db, clock, kept

    def work(self) -> None:
        """Forget once."""
        now = self._clock()
        with self._db.write() as session:
            actions.forget_origins(session, now)
            gone = actions.forget(session, now - self._kept)
        if gone:
            log.info("old suggestions were forgotten", suggestions=gone)
