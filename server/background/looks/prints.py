"""Fingerprints of texts that are nobody's any more: swept once a day."""

from __future__ import annotations

from library.core.database import Database
from library.reflections.likeness import prints
from server.background.recurring import RecurringThread

FIRST_AFTER_S = 900.0
EVERY_S = 24 * 3600.0
PARTS = 64
"""Transactions: of twelve million fingerprints each looks at some two hundred thousand."""


class PrintsThread(RecurringThread):
    """Sweeps once a day while the process runs."""

    failed = "fingerprints of reflections could not be swept, it will be tried again tomorrow"

    def __init__(self, db: Database, first_after_s: float = FIRST_AFTER_S, every_s: float = EVERY_S) -> None:
        super().__init__("prints", first_after_s, every_s)
        self._db = db

    def work(self) -> None:
        """Sweep once."""
        for part in range(PARTS):
            if self.stopping():
                break
            with self._db.write() as session:
                prints.sweep(session, part, PARTS)
