"""What has been taken from viewers since they got its address: withdrawn, deleted, or kept for fewer people.

The addresses themselves go on being good until they expire. Who serves media from this process asks here, in
memory, and a lesson stops within a second of being withdrawn anywhere, and at once where it was done.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from library.catalog import change_queries
from library.catalog.permits import media_plays
from library.core.clock import Clock
from library.core.database import Database

_AGAIN_S = 600.0
"""What has become too old to matter is forgotten this often, also when nothing changes."""

_LEAST_S = 24 * 3600
"""Remembered for at least so long: addresses may be about that were made when their life was longer."""


class NarrowedClips:
    """Knows of each clip that was narrowed within the life of an address for whom it still plays."""

    def __init__(self, db: Database, clock: Clock, life_s: int) -> None:
        self._db, self._clock = db, clock
        self._kept = timedelta(seconds=max(life_s + 3600, _LEAST_S))  # an expiry is rounded up to the hour
        self._open_to: dict[str, str] = {}
        self._seen: int | None = None
        self._again_at = 0.0
        self._looking = threading.Lock()

    def plays(self, clip: str, audience: str) -> bool:
        """Tell whether an address of a clip, signed for an audience, still plays."""
        open_to = self._open_to.get(clip)
        return open_to is None or media_plays(audience, open_to)

    def look(self) -> None:
        """Learn what changed: one number is read, and more only when it moved."""
        with self._looking, self._db.read() as session:
            revision = change_queries.latest_revision(session)
            if revision == self._seen and time.monotonic() < self._again_at:
                return
            self._open_to = change_queries.narrowed_clips(session, self._clock() - self._kept)
            self._seen, self._again_at = revision, time.monotonic() + _AGAIN_S
