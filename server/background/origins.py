"""What gatherings were shown is counted once they are over; from where views without an account came is
forgotten when it limits nothing any more."""

from __future__ import annotations

from library.core.clock import Clock
from library.core.database import Database
from library.gatherings.showings.actions import count_ended
from library.plays import actions
from library.plays.rules import ViewRule
from server.background.recurring import RecurringThread

_EVERY_S = 300.0
_SHOWN_FIRST_S, _SHOWN_EVERY_S, _SHOWN_AT_MOST_S = 5.0, 15.0, 120.0


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


class ShowingsThread(RecurringThread):
    """Looks for showings whose gathering has ended, in every process that shows pages; each counts once.

    Nothing has to be remembered: what a process did not count is still to be counted.
    """

    failed = "what gatherings were shown could not be counted, it will be tried again"

    def __init__(self, db: Database, rule: ViewRule, clock: Clock) -> None:
        super().__init__("showings", _SHOWN_FIRST_S, _SHOWN_EVERY_S, _SHOWN_AT_MOST_S)
        self._db, self._rule, self._clock = db, rule, clock

    def work(self) -> None:
        """Count what waits."""
        while not self.stopping():
            with self._db.write() as session:
                if not count_ended(session, self._rule, self._clock()):
                    return
