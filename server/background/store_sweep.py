"""Taking away what belongs to nobody any more, once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from obstore.store import ObjectStore

from library.core.clock import Clock
from library.core.database import Database
from library.intake.files.sweeping import Sweep, SweepRefused
from server.background.recurring import RecurringThread
from server.settings import Settings

# Not in the busy minutes after a start.
FIRST_AFTER_S = 600.0
EVERY_S = 24 * 3600.0

log = structlog.get_logger()


def sweep_of(
    db: Database,
    store: ObjectStore,
    settings: Settings,
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
) -> Sweep:
    """Return the sweep of a library; nothing goes while a signed address of it may still play."""
    return Sweep(
        db=db,
        store=store,
        work=settings.work_folder,
        clock=clock,
        after=max(timedelta(hours=settings.sweep_after_h), timedelta(seconds=settings.media_life_s)),
        keep_replaced=timedelta(days=settings.keep_replaced_days),
        stopping=stopping,
    )


class SweepThread(RecurringThread):
    """Sweeps once a day while the process runs; ends after the folder that is being taken away."""

    # Such as a store or a database that is restarting.
    failed = "the sweep of the store failed, it will be tried again tomorrow"

    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        settings: Settings,
        clock: Clock,
        first_after_s: float = FIRST_AFTER_S,
        every_s: float = EVERY_S,
    ) -> None:
        super().__init__("store sweep", first_after_s, every_s)
        self._sweep = sweep_of(db, store, settings, clock, self.stopping)

    def work(self) -> None:
        """Sweep once."""
        try:
            gone = self._sweep.run()
        except SweepRefused as refused:
            log.error("the store was not swept", why=str(refused), todo="weike sweep --dry-run")
        else:
            log.info("store swept", folders=len(gone), bytes=sum(one.size_bytes for one in gone))
