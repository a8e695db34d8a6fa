"""Fingerprints of texts: those that older rules made are made anew, those that are nobody's swept, daily."""

from __future__ import annotations

import structlog

from library.core.database import Database
from library.reflections.likeness import prints
from server.background.recurring import RecurringThread

log = structlog.get_logger()

FIRST_AFTER_S = 900.0
EVERY_S = 24 * 3600.0
AT_ONCE = 20
"""Texts that are made anew in one transaction."""
PARTS = 64
"""Transactions: of twelve million fingerprints each looks at some two hundred thousand."""


class PrintsThread(RecurringThread):
    """Makes anew and sweeps once a day while the process runs; stopped in between, it goes on at its next
    turn where it was."""

    failed = "fingerprints of reflections could not be renewed and swept, it will be tried again tomorrow"

    def __init__(self, db: Database, first_after_s: float = FIRST_AFTER_S, every_s: float = EVERY_S) -> None:
        super().__init__("prints", first_after_s, every_s)
        self._db = db

    def work(self) -> None:
        """Make anew what older rules made, then sweep once."""
        renewed = 0
        while not self.stopping():
            with self._db.write() as session:
                done = prints.renew(session, AT_ONCE)
            renewed += done
            if not done:
                break
        if renewed:
            log.info("fingerprints of reflections were made anew", texts=renewed)
        for part in range(PARTS):
            if self.stopping():
                break
            with self._db.write() as session:
                prints.sweep(session, part, PARTS)
