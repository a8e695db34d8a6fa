"""What keeps the ledger of evidence: what was watched goes into it, and the days that are over are sealed."""

from __future__ import annotations

import structlog

from library.books import actions, watching
from library.core.clock import Clock
from library.core.database import Database
from library.evidence import chain
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S, _AT_MOST_S = 30.0, 120.0, 3600.0
"""A look whether a day is closed costs two look-ups in indexes."""

log = structlog.get_logger()


class EvidenceThread(RecurringThread):
    """Says what was watched on days that are closed, and seals the ledger, in every process that shows pages.

    What one process did not do, or began and was ended in, the next does: saying it twice says it once.
    """

    failed = "what was watched could not be written into the ledger, it will be tried again"

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__("evidence", _FIRST_S, _EVERY_S, _AT_MOST_S)
        self._db, self._clock = db, clock

    def work(self) -> None:
        """Say and seal what is due."""
        for day, pieces in watching.run(self._db, self._clock, self.stopping):
            log.info("what was watched was written into the ledger", day=str(day), pieces=pieces)
        while not self.stopping():
            with self._db.read() as session:
                if not chain.is_due(session, self._clock()):
                    return
            with self._db.write() as session:
                seals = actions.seal(session, self._clock())
                told = [(str(one.day), one.rows, one.link) for one in seals]
            if not told:
                return
            for sealed, rows, link in told:
                log.info("a day of the ledger of evidence was sealed", day=sealed, rows=rows, link=link)
