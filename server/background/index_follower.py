"""The index of this process, kept up to date while it runs."""

from __future__ import annotations

from library.finding.indexer import Indexer, IndexUnavailable
from server.background.recurring import RecurringThread

_EVERY_S = 0.5
_AT_MOST_S = 60.0
# Whoever else holds the lock is not waited for: the next look comes soon enough.
_LOCK_S = 0.1


class IndexThread(RecurringThread):
    """Writes what changed since the last look, unless another process does."""

    # Such as a disk that is full or a database that is restarting.
    failed = "indexing failed, it will be tried again"

    def __init__(self, indexer: Indexer) -> None:
        super().__init__("index", _EVERY_S, _EVERY_S, at_most_s=_AT_MOST_S)
        self._indexer = indexer

    def work(self) -> None:
        """Catch up once."""
        try:
            self._indexer.catch_up(timeout_s=_LOCK_S)
        except IndexUnavailable:
            return  # another process writes: all is well
