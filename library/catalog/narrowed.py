"""What has been taken from viewers since they got its address: withdrawn, deleted, or kept for fewer people.

The addresses themselves go on being good until they expire. Who serves media from this process asks here, in
memory, and a lesson stops within a second of being withdrawn anywhere, and at once where it was done.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import structlog

from library.catalog import queries
from library.catalog.actions import PERMITS
from library.catalog.permits import media_plays
from library.core.clock import Clock
from library.core.database import Database

_LOOK_S = 1.0
_AGAIN_S = 600.0
"""What has become too old to matter is forgotten this often, also when nothing changes."""

_LEAST_S = 24 * 3600
"""Remembered for at least so long: addresses may be about that were made when their life was longer."""

log = structlog.get_logger()


class ClosedClips:
    """Knows of each clip that was narrowed within the life of an address for whom it still plays."""

    def __init__(self, db: Database, clock: Clock, life_s: int) -> None:
        self._db, self._clock = db, clock
        self._kept = timedelta(seconds=max(life_s + 3600, _LEAST_S))  # an expiry is rounded up to the hour
        self._closed: dict[str, str] = {}
        self._seen: int | None = None
        self._again_at = 0.0
        self._looking = threading.Lock()

    def plays(self, clip: str, audience: str) -> bool:
        """Tell whether an address of a clip, signed for an audience, still plays."""
        open_to = self._closed.get(clip)
        return open_to is None or media_plays(audience, open_to)

    def look(self) -> None:
        """Learn what changed: one number is read, and more only when it moved."""
        with self._looking, self._db.read() as session:
            revision = queries.latest_revision(session)
            if revision == self._seen and time.monotonic() < self._again_at:
                return
            self._closed = queries.narrowed_clips(session, self._clock() - self._kept)
            self._seen, self._again_at = revision, time.monotonic() + _AGAIN_S


class ClosingThread:
    """Keeps ClosedClips up to date while the process runs."""

    def __init__(self, closed: ClosedClips, db: Database) -> None:
        self._closed, self._db = closed, db
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="closing", daemon=True)
        self._failing = False

    def start(self) -> None:
        """Learn what is closed before the first address is served; raises what the database does."""
        self._closed.look()
        self._db.listen(PERMITS, self._look)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            self._look()

    def _look(self) -> None:
        try:
            self._closed.look()
            self._failing = False
        except Exception:
            # A database that restarts must end neither the looking nor a request that is committed.
            if not self._failing:
                log.exception("what is withdrawn cannot be learned now, it will be tried again")
            self._failing = True
