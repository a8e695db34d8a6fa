"""The night's work on what was counted: days are rolled up and sealed, what is old is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from library.core.clock import Clock
from library.core.database import Database
from library.plays.rolling import Rolls
from server.background.recurring import RecurringThread
from server.settings import Settings

# Nothing but a look at one table while no day is over.
EVERY_S = 300.0

log = structlog.get_logger()


def rolls_of(
    db: Database, settings: Settings, clock: Clock, stopping: Callable[[], bool] = lambda: False
) -> Rolls:
    """Return the job of a library."""
    return Rolls(
        db=db,
        clock=clock,
        late_h=settings.beat_late_h,
        keep_plays=timedelta(days=settings.keep_plays_days),
        keep_watchers=timedelta(days=settings.keep_watchers_days),
        stopping=stopping,
    )


class RollThread(RecurringThread):
    """Does the job soon after each midnight, and after a start what was missed.

    A process that is killed in it loses nothing.
    """

    # Such as a database that is restarting.
    failed = "what was counted could not be rolled up, it will be tried again"

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        super().__init__("roll-up", settings.roll_up_after_s, EVERY_S)
        self._rolls = rolls_of(db, settings, clock, self.stopping)

    def work(self) -> None:
        """Roll up and seal what is over."""
        done = self._rolls.run()
        if done.sealed or done.curves or done.plays_forgotten or done.watchers_forgotten:
            log.info(
                "rolled up",
                sealed=[day.isoformat() for day in done.sealed],
                curves=[day.isoformat() for day in done.curves],
                plays_forgotten=done.plays_forgotten,
                watchers_forgotten=done.watchers_forgotten,
            )
