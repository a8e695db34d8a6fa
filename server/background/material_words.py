"""What is written in materials that were brought before it was looked for: slowly, beside everything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import obstore
import structlog
from obstore.store import ObjectStore

from library.core.database import Database
from library.core.errors import Throttled
from library.core.ids import new_id
from library.intake.files.objects import delete_path
from library.works import files, queries
from library.works.formats import WordsRead
from library.works.places import file_key
from library.works.reading.reader import FileReader
from server.background.recurring import RecurringThread

# Not in the busy minutes after a start.
FIRST_AFTER_S = 150.0
EVERY_S = 600.0
PAUSE_S = 2.0
"""Between two files: nobody shall notice."""

log = structlog.get_logger()


class MaterialWordsThread(RecurringThread):
    """Reads file by file until none is left, and looks again later."""

    failed = "materials could not be read, it will be tried again"

    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        work: Path,
        first_after_s: float = FIRST_AFTER_S,
        every_s: float = EVERY_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        super().__init__("words of materials", first_after_s, every_s)
        self._db, self._store, self._work, self._pause_s = db, store, work, pause_s

    def work(self) -> None:
        """Read what is to be read."""
        with self._db.read() as session:
            if queries.unread_material(session) is None:
                return
        with closing(FileReader()) as reader:
            read = read_all(self._db, self._store, self._work, reader, self.stopping, self._rest)
        if read:
            log.info("materials read", files=read)

    def _rest(self) -> None:
        self._stopping.wait(self._pause_s)


def read_all(
    db: Database,
    store: ObjectStore,
    work: Path,
    reader: FileReader,
    stopping: Callable[[], bool] = lambda: False,
    rest: Callable[[], None] = lambda: None,
) -> int:
    """Read the materials that nobody looked into for words; returns how many there were."""
    read = 0
    while not stopping():
        with db.read() as session:
            row = queries.unread_material(session)
            if row is None:
                break
            file_id, found, key = row.id, row.format, file_key(row.lesson_id, row.id)
        folder = work / f"words-{new_id()}"
        folder.mkdir(parents=True)
        try:
            (folder / "file").write_bytes(obstore.get(store, key).bytes())
            words, how_much = reader.words(folder / "file", found)
        except FileNotFoundError:
            words, how_much = "", WordsRead.NOTHING  # nothing is found in what is gone
        except Throttled:
            break
        finally:
            delete_path(folder)
        with db.write() as session:
            files.note_words(session, file_id, words, how_much)
        read += 1
        rest()
    return read
