"""The look at the database's pages: soon after a start, once a day, and soon again after damage was found."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta

import structlog

from library.core.clock import Clock
from library.core.integrity import Checked, Integrity
from server.background.recurring import RecurringThread

FIRST_AFTER_S = 60.0
"""Not in the busy seconds after a start, except where damage was found before."""

LOOK_S = 60.0
"""How often it is asked whether it is time; another process of the library may have looked meanwhile."""

AT_MOST_S = 600.0
"""How long one look may take."""

AGAIN_AFTER_DAMAGE = timedelta(minutes=10)
_NICE = 19

log = structlog.get_logger()


def is_time(last: Checked | None, clock: Clock, every: timedelta) -> bool:
    """Tell whether the database is to be looked at again: `every` so often, sooner where it was damaged."""
    if last is None or (not last.well and not last.took_s):
        return True  # nobody looked: somebody met damage by the way
    age = clock() - last.at
    # One from the future tells of a clock that ran ahead.
    return age < timedelta() or age >= (every if last.well else min(every, AGAIN_AFTER_DAMAGE))


class DatabaseCheckThread(RecurringThread):
    """Looks at the database, when nothing else wants the processor and never for longer than `AT_MOST_S`."""

    # Such as a database that is restarting.
    failed = "the database could not be looked at, it will be tried again"

    def __init__(self, integrity: Integrity, clock: Clock, every: timedelta) -> None:
        last = integrity.last()
        was_damaged = last is not None and not last.well
        super().__init__("database check", 0.0 if was_damaged else FIRST_AFTER_S, LOOK_S)
        self._integrity, self._clock, self._every = integrity, clock, every

    def begin(self) -> None:
        """Let everything else go first."""
        with suppress(OSError, AttributeError):  # on Linux: of this thread alone
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)

    def work(self) -> None:
        """Look if it is time."""
        if not is_time(self._integrity.last(), self._clock, self._every):
            return
        found = self._integrity.check(AT_MOST_S, self.stopping)
        if not found.well:
            log.error("the database is damaged", faults=found.faults[:3], todo="weike doctor")
        elif found.complete:
            log.info("database checked", seconds=found.took_s)
        elif not self.stopping():
            log.warning("the database is too large to be looked at in the time", seconds=found.took_s)
