"""The words and synonyms that every search of this process uses, and how it learns that they have changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from library.core.database import Database
from library.dictionary import queries
from search import Dictionary

LOOK_EVERY_S = 1.0
"""How long another process may search with what staff have just changed here."""


class DictionaryInUse:
    """The present dictionary: what is shipped and what staff teach, without what they switched off.

    Whoever searches asks for it each time, in their own transaction. The database is asked for the number of
    changes at most once in LOOK_EVERY_S, however many search, and for the words only when that number is
    another.
    """

    def __init__(self, db: Database, seconds: Callable[[], float] = time.monotonic) -> None:
        self._db, self._seconds = db, seconds
        self._looking = threading.Lock()
        self._held = Dictionary()
        self._version: int | None = None
        self._look_at = 0.0

    def now(self, session: Session) -> Dictionary:
        """Return the dictionary to search with."""
        if self._version is None:
            # The connection before the lock: whoever looks must not wait for one that is held by who waits.
            session.connection()
            with self._looking:
                if self._version is None:
                    self._look(session)
        elif self._seconds() >= self._look_at and self._looking.acquire(blocking=False):
            # One looks; who searches meanwhile goes on with what was true a second ago.
            try:
                self._look(session)
            finally:
                self._looking.release()
        return self._held

    @contextmanager
    def teaching(self) -> Iterator[Session]:
        """Give a transaction in which the dictionary is changed: the next search of this process feels it."""
        with self._db.write() as session:
            yield session
        # Whoever changes it looks, so that no search has to wait; after a look that began before the commit.
        with self._db.read() as session:
            session.connection()
            with self._looking:
                self._look(session)

    def _look(self, session: Session) -> None:
        version = queries.version(session)
        # A transaction that began before somebody's change sees an older state. Who comes next looks again.
        is_older = self._version is not None and version < self._version
        if version != self._version:
            self._held = Dictionary.of(synonyms=queries.in_use(session))
            self._version = version
        self._look_at = self._seconds() + (0.0 if is_older else LOOK_EVERY_S)
