"""What keeps the ledger of deeds: readings are written, entries linked, days sealed, old ones forgotten."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import structlog

from library.audit import chain
from library.audit.chain import Chain
from library.audit.readings import FIRST_WITHIN_S, Readings
from library.core.clock import Clock
from library.core.database import Database
from server.background.recurring import RecurringThread

_FIRST_S, _EVERY_S = 900.0, 24 * 3600.0
_LINK_EVERY_S = 10.0
_AT_MOST_S = 300.0

log = structlog.get_logger()


class ReadingsThread(RecurringThread):
    """Writes down what staff read of people."""

    failed = "who read what of people was not written down, it will be tried again"

    def __init__(self, readings: Readings) -> None:
        super().__init__("readings", 0.0, FIRST_WITHIN_S, at_most_s=_AT_MOST_S)
        self._readings = readings

    def work(self) -> None:
        """Write once."""
        self._readings.write()

    def stop(self) -> None:
        """End, with everything written that can be."""
        super().stop()
        with suppress(Exception):  # the thread has said what is wrong
            self._readings.write(last=True)


class ChainThread(RecurringThread):
    """Links what was written down, and seals the days that are over.

    Each seal is in the log too: in the hands of whoever keeps that, nobody here can change it.
    """

    failed = "deeds were not linked, it will be tried again"

    def __init__(self, db: Database) -> None:
        super().__init__("audit chain", 1.0, _LINK_EVERY_S, at_most_s=_AT_MOST_S)
        self._chain = Chain(db)

    def work(self) -> None:
        """Link once."""
        _linked, seals = self._chain.run()
        for seal in seals:
            log.info(
                "a day of the ledger was sealed", day=str(seal.day), through=seal.through, link=seal.link
            )


class AuditKeepingThread(RecurringThread):
    """Forgets what is older than it is to be kept, a quarter of an hour after the start and once a day."""

    failed = "old deeds could not be forgotten, it will be tried again"

    def __init__(self, db: Database, clock: Clock, kept: timedelta) -> None:
        super().__init__("audit keeping", _FIRST_S, _EVERY_S)
        self._db, self._clock, self._kept = db, clock, kept

    def work(self) -> None:
        """Forget once."""
        with self._db.write() as session:
            gone = chain.forget(session, self._kept, self._clock())
        if gone:
            log.info("old deeds were forgotten", entries=gone)
