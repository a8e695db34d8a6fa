"""Lists of people that nobody has brought in are thrown away: they name people, and lie in files."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import structlog

from server.background.recurring import RecurringThread

KEPT_H = 24
"""So long after its last change a list is kept."""
_EVERY_S = 900.0

log = structlog.get_logger()


class ListKeepingThread(RecurringThread):
    """Throws old lists away at once after a start and every quarter of an hour from then on."""

    failed = "old lists of people could not be thrown away, it will be tried again"

    def __init__(self, folder: Path, kept_s: float = KEPT_H * 3600.0) -> None:
        super().__init__("list keeping", 0.0, _EVERY_S)
        self._folder, self._kept_s = folder, kept_s

    def work(self) -> None:
        """Throw away once."""
        if not self._folder.exists():
            return
        old = [one for one in self._folder.iterdir() if one.is_dir() and self._is_old(one)]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)
        if old:
            log.info("old lists of people were thrown away", lists=len(old))

    def _is_old(self, folder: Path) -> bool:
        try:
            return time.time() - folder.stat().st_mtime > self._kept_s
        except FileNotFoundError:  # another process was here
            return False
