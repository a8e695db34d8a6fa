"""What people search for, written down every few seconds."""

from __future__ import annotations

from contextlib import suppress

from library.searches.asked_queries import AskedQueries
from server.background.recurring import RecurringThread

_EVERY_S = 5.0
_AT_MOST_S = 300.0


class QueryCountsThread(RecurringThread):
    """Writes what was noted since the last time."""

    # Such as a disk that is full or a database that is restarting.
    failed = "queries were not counted, it will be tried again"

    def __init__(self, asked: AskedQueries) -> None:
        super().__init__("asked queries", 0.0, _EVERY_S, at_most_s=_AT_MOST_S)
        self._asked = asked

    def work(self) -> None:
        """Write once."""
        self._asked.write()

    def stop(self) -> None:
        """End, with everything written that can be."""
        super().stop()
        # The thread has said what is wrong, and nothing of this is worth waiting for.
        with suppress(Exception):
            self._asked.write()
