"""The night's work on what was counted: days are rolled up and sealed, what is old is forgotten."""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

from library.plays.rolling import Rolls
from server.wiring import Ports

# Not in the busy moments after a start.
FIRST_AFTER_S = 60.0
# Nothing but a look at one table while no day is over.
EVERY_S = 300.0

log = structlog.get_logger()


def rolls_of(ports: Ports, stopping: Callable[[], bool] = lambda: False) -> Rolls:
    """Return the job of a library."""
    settings = ports.settings
    return Rolls(
        db=ports.db,
        clock=ports.clock,
        late_h=settings.beat_late_h,
        keep_plays=timedelta(days=settings.keep_plays_days),
        keep_watchers=timedelta(days=settings.keep_watchers_days),
        stopping=stopping,
    )


class RollThread:
    """Does the job soon after each midnight, and after a start what was missed, while the process runs."""

    def __init__(self, ports: Ports, first_after_s: float = FIRST_AFTER_S, every_s: float = EVERY_S) -> None:
        self._stopping = threading.Event()
        self._rolls = rolls_of(ports, self._stopping.is_set)
        self._first_after_s, self._every_s = first_after_s, every_s
        self._thread = threading.Thread(target=self._run, name="roll-up", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the day that is being rolled up; a process that is killed in it loses nothing."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        wait_s = self._first_after_s
        while not self._stopping.wait(wait_s):
            wait_s = self._every_s
            try:
                done = self._rolls.run()
            except Exception:
                # A database that is restarting must not end the sealing for good.
                log.exception("what was counted could not be rolled up, it will be tried again")
                continue
            if done.sealed or done.curves or done.plays_forgotten or done.watchers_forgotten:
                log.info(
                    "rolled up",
                    sealed=[day.isoformat() for day in done.sealed],
                    curves=[day.isoformat() for day in done.curves],
                    plays_forgotten=done.plays_forgotten,
                    watchers_forgotten=done.watchers_forgotten,
                )
