"""A backup tried out: its database brought back into a scratch folder, all its files read, nothing kept."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from library.core.clock import Clock
from library.core.ids import new_id
from server import migrate
from server.keeping import database, postgres
from server.keeping.alone import alone
from server.keeping.errors import KeepingFailed
from server.keeping.restore import check_hashes, prepared_sqlite
from server.keeping.shelf import Backup, DamagedFile, Shelf
from server.keeping.state import Outcome

_NAMED_MOST = 100

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Tried:
    """What trying a backup out has shown. `revision` is "" when the database could only be read through.

    `faults` are codes: rows_differ (tables whose rows are not as many as when it was made), orphans,
    files_missing, files_damaged, needed_missing (files that rows need), each with the names it is about.
    """

    name: str
    files: int
    size_bytes: int
    revision: str
    faults: dict[str, tuple[str, ...]]
    seconds: float

    @property
    def well(self) -> bool:
        """Whether the backup can be brought back whole."""
        return not self.faults

    def outcome(self, at: datetime) -> Outcome:
        """Return it as it is noted."""
        names = [name for faulty in self.faults.values() for name in faulty]
        values = {"count": len(names), "first": names[0]} if names else {}
        return Outcome(
            *(at, self.name, "backup_unfit" if names else "", values),
            *(self.files, self.size_bytes, self.seconds),
        )


@dataclass
class RestoreTest:
    """Tries backups out in `scratch`, a folder that is taken away afterwards.

    `database_url` is the library's: of PostgreSQL its server is asked for a database to try in.
    """

    shelf: Shelf
    scratch: Path
    database_url: str
    clock: Clock
    postgres_folder: Path | None = None
    stopping: Callable[[], bool] = lambda: False

    def run(self, at: str | None = None, progress: Progress = lambda _percent, _doing: None) -> Tried:
        """Try the newest backup, or the newest not after `at`; raises KeepingFailed when it cannot be tried,
        or when its database or its list is damaged."""
        self.shelf.open()
        backup = self.shelf.newest(at)
        with backup.held():
            return self._try(backup, progress)

    def _try(self, backup: Backup, progress: Progress) -> Tried:
        started = time.monotonic()
        check_hashes(backup)
        faults: dict[str, tuple[str, ...]] = {}
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(mode=0o700, parents=True)
        try:
            revision, found = self._database(backup, faults)
            self._files(backup, found, faults, progress)
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)
        sums = backup.facts["manifest"]
        return Tried(
            *(backup.name, int(sums["files"]), int(sums["size_bytes"])),
            *(revision, faults, round(time.monotonic() - started, 1)),
        )

    # ------------------------------------------------------------------ the database

    def _database(
        self, backup: Backup, faults: dict[str, tuple[str, ...]]
    ) -> tuple[str, database.Inside | None]:
        if backup.facts["database"]["kind"] == database.SQLITE:
            with database.sqlite_inside(backup.database) as connection:
                found = database.inside(connection)
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    faults["orphans"] = (backup.database.name,)
            with prepared_sqlite(backup, self.scratch, self.clock) as (_made, revision):
                self._compare(backup, found, faults)
                return revision, found
        return self._postgres(backup, faults)

    def _postgres(
        self, backup: Backup, faults: dict[str, tuple[str, ...]]
    ) -> tuple[str, database.Inside | None]:
        postgres.require_postgres(self.database_url, database.POSTGRES)
        url = make_url(self.database_url)
        name = f"weike_restore_test_{new_id()}"
        maker = create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            with maker.connect() as connection:
                tools = postgres.find_tools(self.postgres_folder, connection)
                try:
                    connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
                except DBAPIError:  # whoever runs us may make none: read, at least
                    postgres.read_through(tools, backup.database)
                    return "", None
                try:
                    return self._in_database(url.set(database=name), backup, tools, faults)
                finally:
                    connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        finally:
            maker.dispose()

    def _in_database(
        self, url: URL, backup: Backup, tools: postgres.PostgresTools, faults: dict[str, tuple[str, ...]]
    ) -> tuple[str, database.Inside]:
        address = url.render_as_string(hide_password=False)
        postgres.restore(tools, backup.database, address)
        with alone(address) as db:
            with db.engine.connect() as connection:
                found = database.inside(connection)
            self._compare(backup, found, faults)
            migrate.upgrade(db, self.clock(), copy=None)
            return str(migrate.current(db)), found

    def _compare(self, backup: Backup, found: database.Inside, faults: dict[str, tuple[str, ...]]) -> None:
        kept: dict[str, int] = backup.facts["database"]["tables"]
        differ = sorted(name for name in {*kept, *found.tables} if kept.get(name) != found.tables.get(name))
        if differ:
            faults["rows_differ"] = tuple(differ)

    # ------------------------------------------------------------------ the files

    def _files(
        self,
        backup: Backup,
        found: database.Inside | None,
        faults: dict[str, tuple[str, ...]],
        progress: Progress,
    ) -> None:
        lost: dict[str, list[str]] = {"files_missing": [], "files_damaged": []}
        total, done = int(backup.facts["manifest"]["size_bytes"]) or 1, 0
        with backup.manifest() as manifest:
            for sha256, size in manifest.distinct():
                if self.stopping():
                    raise KeepingFailed("backup_stopped")
                try:
                    for _ in self.shelf.read(sha256):
                        pass
                except FileNotFoundError:
                    lost["files_missing"] += manifest.names_of(sha256)
                except (DamagedFile, OSError):
                    lost["files_damaged"] += manifest.names_of(sha256)
                done += size
                progress(min(99.0, 100.0 * done / total), sha256)
            if found is not None:
                known = set(backup.facts["missing"])  # the library itself had lost them
                lost["needed_missing"] = [
                    names[0]
                    for names in sorted(found.needed)
                    if names[0] not in known and not any(map(manifest.has, names))
                ]
        faults.update({code: tuple(names[:_NAMED_MOST]) for code, names in lost.items() if names})
