"""From where views without an account came is forgotten when it limits nothing any more."""

from __future__ import annotations

from library.core.clock import Clock
from library.core.database import Database
from library.plays import actions
from server.background.recurring import RecurringThread

_EVERY_S = 300.0


class OriginsThread(RecurringThread):
    """Forgets what is older than an hour, from five minutes after the start on."""

    failed = "where views came from could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("origins", _EVERY_S, _EVERY_S)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Forget once."""
        with self._db.write() as session:
            actions.forget_origins(session, self._clock())
