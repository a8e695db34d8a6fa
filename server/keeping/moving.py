"""A library moved to another database, another store, or both; what is left behind stays as it is.

Table by table in the order of their foreign keys, each in one transaction, then file by file; what is through
is not done again when it is begun anew after a kill. At the end everything has been read on both sides.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from obstore.store import ObjectStore
from sqlalchemy import Connection, MetaData, Table, make_url

from library.core.clock import Clock
from library.core.database import Database, sqlite_file
from library.intake.files.objects import local_root
from library.intake.files.stored_names import OBJECTS
from server import migrate
from server.keeping import files, rows
from server.keeping.alone import alone, see_alone, shown
from server.keeping.errors import BAD_INPUT, KeepingFailed
from server.keeping.restore import is_empty
from server.keeping.shelf import DamagedFile, checked

Progress = Callable[[float, str], None]

_ROWS, _FILES = "/rows begun", "/files begun"
"""Lines of the journal that no file can have: the target was empty when this move began."""


@dataclass(frozen=True)
class Moved:
    """What is the same now on both sides: tables with their rows and hashes, files and their bytes."""

    tables: dict[str, rows.Compared]
    files: int
    size_bytes: int


@dataclass
class Move:
    """Moves one library. `to_url` and `to_store`: None for what stays; `metadata` knows all tables.

    `data` is where it is written down what is done.
    """

    data: Path
    database_url: str
    store: ObjectStore
    to_url: str | None
    to_store: ObjectStore | None
    to_store_name: str
    metadata: MetaData
    clock: Clock

    def run(self, progress: Progress = lambda _percent, _doing: None) -> Moved:
        """Move, or go on where a run that was killed ended; raises KeepingFailed, the ports' own errors."""
        if self.to_url is not None and _place(self.to_url) == _place(self.database_url):
            raise KeepingFailed("move_to_itself", BAD_INPUT, where=shown(make_url(self.to_url)))
        if self.to_store is not None and _same_store(self.store, self.to_store):
            raise KeepingFailed("move_to_itself", BAD_INPUT, where=self.to_store_name)
        with alone(self.database_url) as source, Journal.open(self._journal_file) as journal:
            if migrate.current(source) != migrate.newest():
                raise KeepingFailed("move_old_tables", BAD_INPUT)
            tables: dict[str, rows.Compared] = {}
            if self.to_url is not None:
                tables = self._move_rows(source, self.to_url, journal, progress)
            moved = self._move_files(journal, progress) if self.to_store is not None else (0, 0)
            see_alone(source)
        journal.file.unlink()
        return Moved(tables, *moved)

    @property
    def _journal_file(self) -> Path:
        where = f"{_place(self.to_url) if self.to_url else ''} {self.to_store_name}"
        return self.data / f"moving-{hashlib.sha256(where.encode()).hexdigest()[:12]}.sqlite"

    # ------------------------------------------------------------------ rows

    def _move_rows(
        self, source: Database, url: str, journal: Journal, progress: Progress
    ) -> dict[str, rows.Compared]:
        file = sqlite_file(url)
        if file is not None:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain = rows.plain_tables(self.metadata)
        with alone(url) as target:
            if file is not None:
                file.chmod(0o600)
            self._prepare(target, plain, journal)
            with source.engine.connect() as reading:
                for nth, table in enumerate(plain):
                    progress(40.0 * nth / len(plain), table.name)
                    self._move_table(reading, target, table)
                with target.engine.begin() as writing:
                    rows.set_sequences(writing, plain)
                found = {}
                with target.engine.connect() as comparing:
                    for nth, table in enumerate(plain):
                        progress(40.0 + 10.0 * nth / len(plain), table.name)
                        found[table.name] = rows.compare(reading, comparing, table)
            see_alone(target)
        return found

    def _prepare(self, target: Database, plain: list[Table], journal: Journal) -> None:
        """Let the target have empty tables, unless this move has begun to fill them; raises KeepingFailed."""
        if journal.has(_ROWS):
            return
        with target.engine.connect() as connection:
            if not is_empty(connection):
                url = shown(target.engine.url)
                raise KeepingFailed("library_not_empty", BAD_INPUT, data=url, url=url)
        migrate.upgrade(target, self.clock(), copy=None)
        with target.engine.begin() as connection:
            for table in reversed(plain):  # what migrations put in, and the root of a first start
                connection.execute(table.delete())
        journal.note(_ROWS)

    def _move_table(self, source: Connection, target: Database, table: Table) -> None:
        with target.engine.begin() as writing:
            # Filled in one transaction: there are none of its rows, or all.
            if rows.count(writing, table) == rows.count(source, table):
                return
            writing.execute(table.delete())
            rows.copy(source, writing, table, self._parents(table.name))

    def _parents(self, name: str) -> tuple[str, str] | None:
        """Return the columns by which rows of a table name others of it; None when they do not."""
        for key in self.metadata.tables[name].foreign_keys:
            if key.column.table.name == name:
                return key.column.name, key.parent.name
        return None

    # ------------------------------------------------------------------ files

    def _move_files(self, journal: Journal, progress: Progress) -> tuple[int, int]:
        store = self.to_store
        assert store is not None  # noqa: S101 - the caller has looked
        begun_at = 50.0 if self.to_url is not None else 0.0
        if not journal.has(_FILES):
            if any(files.list_objects_of(store, "originals/")):
                raise KeepingFailed("store_not_empty", BAD_INPUT, where=self.to_store_name)
            journal.note(_FILES)
        total = sum(one.size_bytes for one in files.list_objects(self.store)) or 1
        count = done = 0
        for one in files.list_objects(self.store):
            key = one.name.removeprefix(OBJECTS)
            seen = f"{one.size_bytes} {one.version}"
            if not (journal.has(key, seen) and files.size_of_object(store, key) == one.size_bytes):
                self._move_file(store, key)
                journal.note(key, seen)
            count, done = count + 1, done + one.size_bytes
            progress(begun_at + (100.0 - begun_at) * done / total * 0.99, key)
        return count, done

    def _move_file(self, store: ObjectStore, key: str) -> None:
        """Copy a file and read it back; raises KeepingFailed when it came out otherwise."""
        digest = files.hash_of_object(self.store, key)
        if files.size_of_object(store, key) is None or files.hash_of_object(store, key) != digest:
            try:
                files.write_object(store, key, checked(files.read_object(self.store, key), digest))
            except DamagedFile:
                raise KeepingFailed("file_differs", name=key) from None
            if files.hash_of_object(store, key) != digest:
                raise KeepingFailed("file_differs", name=key)


class Journal:
    """What a move has done, in a file that outlives it."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.file, self._connection = file, connection

    @classmethod
    @contextmanager
    def open(cls, file: Path) -> Iterator[Journal]:
        """Open the journal, a new one when there is none."""
        connection = sqlite3.connect(file, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS done (name TEXT PRIMARY KEY, seen TEXT)")
            yield cls(file, connection)
        finally:
            connection.close()

    def has(self, name: str, seen: str = "") -> bool:
        """Tell whether something is done, of a file that was `seen` so."""
        wanted = "SELECT 1 FROM done WHERE name = ? AND seen = ?"
        return self._connection.execute(wanted, (name, seen)).fetchone() is not None

    def note(self, name: str, seen: str = "") -> None:
        """Note that it is."""
        self._connection.execute("INSERT OR REPLACE INTO done VALUES (?, ?)", (name, seen))


def _place(url: str) -> str:
    file = sqlite_file(url)
    return str(file.absolute()) if file is not None else shown(make_url(url))


def _same_store(one: ObjectStore, other: ObjectStore) -> bool:
    roots = local_root(one), local_root(other)
    return roots[0] == roots[1] if all(roots) else one == other
