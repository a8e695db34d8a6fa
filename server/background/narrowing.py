"""What has been taken from viewers, learned within a second wherever it was done."""

from __future__ import annotations

import structlog

from library.catalog.actions import PERMITS
from library.catalog.narrowed import NarrowedClips
from library.core.database import Database
from server.background.recurring import RecurringThread

_EVERY_S = 1.0

log = structlog.get_logger()


class NarrowingThread(RecurringThread):
    """Keeps NarrowedClips up to date: at once with what this process does, in a second with all else."""

    def __init__(self, narrowed: NarrowedClips, db: Database) -> None:
        super().__init__("narrowing", _EVERY_S, _EVERY_S)
        self._narrowed, self._db = narrowed, db
        self._failing = False

    def start(self) -> None:
        """Learn what is narrowed before the first address is served; raises what the database does."""
        self._narrowed.look()
        self._db.listen(PERMITS, self.work)
        super().start()

    def work(self) -> None:
        """Look once; raises nothing, as it is also called when a request has been committed."""
        try:
            self._narrowed.look()
            self._failing = False
        except Exception:
            # Said once and not every second: a database may be away for a night.
            if not self._failing:
                log.exception("what is withdrawn cannot be learned now, it will be tried again")
            self._failing = True
