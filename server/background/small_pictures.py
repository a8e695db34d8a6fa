"""Small pictures for lists, of clips that were made before there were any: slowly, beside everything else."""

from __future__ import annotations

from pathlib import Path

import structlog
from obstore.store import ObjectStore

from library.core.database import Database
from library.intake.files.small_pictures import SmallPictures
from server.background.recurring import RecurringThread
from transcode.tools import Tools

# Not in the busy minutes after a start.
FIRST_AFTER_S = 120.0
EVERY_S = 300.0

PAUSE_S = 2.0
"""Between two clips, which take a few hundredths of a second each: nobody shall notice."""

log = structlog.get_logger()


class SmallPicturesThread(RecurringThread):
    """Makes them clip by clip until none is left or a recording comes, and looks again later."""

    failed = "small pictures could not be made, it will be tried again"

    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        tools: Tools,
        work: Path,
        first_after_s: float = FIRST_AFTER_S,
        every_s: float = EVERY_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        super().__init__("small pictures", first_after_s, every_s)
        self._pictures = SmallPictures(db, store, tools, work, self.stopping)
        self._pause_s = pause_s

    def work(self) -> None:
        """Make what is to be made."""
        clips = 0
        while not self.stopping() and self._pictures.make_one():
            clips += 1
            self._stopping.wait(self._pause_s)
        if clips:
            log.info("small pictures made", clips=clips)
