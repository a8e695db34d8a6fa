"""Uploads that a crash or a change of mind left, mended while the process runs."""

from __future__ import annotations

from pathlib import Path

from library.core.clock import Clock
from library.core.database import Database
from library.intake.arriving import unfinished_uploads
from server.background.recurring import RecurringThread

EVERY_S = 10.0


class UploadMendingThread(RecurringThread):
    """Mends uploads at once after a start and every few seconds from then on."""

    # Such as a database that is restarting or a disk that is full.
    failed = "uploads could not be mended, it will be tried again"

    def __init__(
        self,
        db: Database,
        uploads: Path,
        clock: Clock,
        every_s: float = EVERY_S,
        days_kept: int = unfinished_uploads.DAYS_KEPT,
    ) -> None:
        super().__init__("upload mending", 0.0, every_s)
        self._db, self._uploads, self._clock, self._days_kept = db, uploads, clock, days_kept

    def work(self) -> None:
        """Mend once."""
        unfinished_uploads.mend(self._db, self._uploads, self._clock(), self._days_kept)
