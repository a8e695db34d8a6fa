"""What gatherings were shown is counted once they are over."""

from __future__ import annotations

from library.core.clock import Clock
from library.core.database import Database
from library.gatherings.showings.actions import count_ended
from library.plays.rules import ViewRule
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S, _AT_MOST_S = 5.0, 15.0, 120.0


class ShowingsThread(RecurringThread):
    """Looks for showings whose gathering has ended, in every process that shows pages; each counts once.

    Nothing has to be remembered: what a process did not count is still to be counted.
    """

    failed = "what gatherings were shown could not be counted, it will be tried again"

    def __init__(self, db: Database, rule: ViewRule, clock: Clock) -> None:
        super().__init__("showings", _FIRST_S, _EVERY_S, _AT_MOST_S)
        self._db, self._rule, self._clock = db, rule, clock

    def work(self) -> None:
        """Count what waits."""
        while not self.stopping():
            with self._db.write() as session:
                if not count_ended(session, self._rule, self._clock()):
                    return
