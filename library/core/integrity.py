"""Is the database's file whole? Looked at now and then; the answer is kept outside of that file."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from library.core.clock import Clock
from library.core.database import Database

FAULTS_MOST = 20
"""More are not looked for: one is enough to bring a backup back."""

_LOOK_S = 0.2


@dataclass(frozen=True)
class Checked:
    """What a look at the database found: `faults` in the database's own words, none when it is well.

    `complete` is False when the time was over, or the process ended, before everything had been looked at;
    `able` is False where the database cannot tell (PostgreSQL without checksums).
    """

    at: datetime
    took_s: float
    faults: tuple[str, ...] = ()
    complete: bool = True
    able: bool = True

    @property
    def well(self) -> bool:
        """Whether nothing wrong was found."""
        return not self.faults


def check_sqlite(
    file: Path, clock: Clock, within_s: float, stopping: Callable[[], bool] = lambda: False
) -> Checked:
    """Read every page of a SQLite file by PRAGMA quick_check, while others read and write.

    It ends after `within_s`, or when `stopping` says so. It has a connection of its own and reads from the
    disk; pages that are newer in the write-ahead log are looked at there. Another text in the place of a text
    is not found: SQLite has no checksums.
    """
    at, began = clock(), time.monotonic()
    faults: list[str] = []
    ended = threading.Event()
    complete = True
    try:
        if not file.stat().st_size:
            raise sqlite3.DatabaseError("the file is empty")
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as connection:
            watcher = threading.Thread(
                target=_interrupt, args=(connection, began + within_s, stopping, ended), daemon=True
            )
            watcher.start()
            try:
                connection.execute("PRAGMA query_only=1")
                if time.monotonic() > began + within_s or stopping():
                    return Checked(at, 0.0, (), complete=False)
                rows = connection.execute(f"PRAGMA quick_check({FAULTS_MOST})").fetchall()
            finally:
                ended.set()
                watcher.join()
            faults = [line for (row,) in rows for line in str(row).splitlines() if line != "ok"]
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            complete = False
        else:
            faults = [str(error)]
    except OSError as error:
        faults = [error.strerror or str(error)]
    return Checked(at, round(time.monotonic() - began, 3), tuple(faults[:FAULTS_MOST]), complete)


def _interrupt(
    connection: sqlite3.Connection, until: float, stopping: Callable[[], bool], ended: threading.Event
) -> None:
    while not ended.wait(_LOOK_S):
        if time.monotonic() > until or stopping():
            connection.interrupt()


def check_postgresql(db: Database, clock: Clock) -> Checked:
    """Ask PostgreSQL how many pages of this database failed their checksum since its statistics were reset.

    It finds a damaged page when the page is read, and only in a cluster that was made with checksums (the
    default from version 18 on). Reading everything is the work of `pg_amcheck`.
    """
    at, began = clock(), time.monotonic()
    failures = text(
        "SELECT current_setting('data_checksums'), checksum_failures, checksum_last_failure "
        "FROM pg_stat_database WHERE datname = current_database()"
    )
    with db.read() as session:
        checksums, failed, last = session.execute(failures).one()
    faults = (f"{failed} pages failed their checksum, last at {last}",) if failed else ()
    return Checked(at, round(time.monotonic() - began, 3), faults, able=checksums == "on")


class Integrity:
    """Looks at a database and keeps what was found in `kept`, a small file beside it.

    All processes of a library read that file: one of them looks, all of them know.
    """

    def __init__(self, db: Database, file: Path | None, kept: Path, clock: Clock) -> None:
        """`file` is that of a SQLite database, None for PostgreSQL."""
        self._db, self._file, self._kept, self._clock = db, file, kept, clock

    def look(self, within_s: float, stopping: Callable[[], bool] = lambda: False) -> Checked:
        """Look and return what was found; keeps nothing."""
        if self._file is not None:
            return check_sqlite(self._file, self._clock, within_s, stopping)
        return check_postgresql(self._db, self._clock)

    def check(self, within_s: float, stopping: Callable[[], bool] = lambda: False) -> Checked:
        """Look, keep what was found and return it."""
        found = self.look(within_s, stopping)
        if found.complete or not found.well:
            self._keep(found)
        return found

    def last(self) -> Checked | None:
        """Return what was found last; None when nobody has looked yet."""
        try:
            told = json.loads(self._kept.read_text("utf-8"))
            at = datetime.fromisoformat(told["at"])
            return Checked(**{**told, "at": at, "faults": tuple(told["faults"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def met(self, error: BaseException) -> None:
        """Keep that somebody met damage, so that it is known before anybody looks again."""
        last = self.last()
        if last is None or last.well:
            self._keep(Checked(self._clock(), 0.0, (str(getattr(error, "orig", None) or error),)))

    def _keep(self, found: Checked) -> None:
        said = json.dumps({**asdict(found), "at": found.at.isoformat()}, ensure_ascii=False)
        with suppress(OSError), _replacing(self._kept) as beside:  # a full disk: known here, and tried again
            beside.write_text(said, "utf-8")


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """Give a file to write, which takes the place of `file` when the block ends well."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(descriptor)
    beside = Path(name)
    try:
        yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
