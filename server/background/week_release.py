"""Weeks come out at their hour, and after a start those whose hour has passed."""

from __future__ import annotations

import structlog

from library.core.clock import Clock
from library.core.database import Database
from library.programme.releasing import release_all
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S, _AT_MOST_S = 1.0, 1.0, 60.0
"""A look at an index of what waits costs a fraction of a millisecond."""

log = structlog.get_logger()


class WeekReleaseThread(RecurringThread):
    """Looks every second what is due, in every process that shows pages; each week comes out once.

    Nothing has to be remembered: what a process did not let out is still due, and whoever runs does it.
    """

    failed = "weeks that are due could not be released, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("week release", _FIRST_S, _EVERY_S, _AT_MOST_S)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Let out what is due."""
        done = release_all(self._db, self._clock, self.stopping)
        if done:
            latest_s = max(one.late.total_seconds() for one in done)
            log.info("weeks were released", weeks=len(done), latest_s=round(latest_s, 1))
