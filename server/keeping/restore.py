"""A backup brought back: its files first, its database last, so that half of it is no library.

What is begun is written down in DATA/restoring.json, and the same command goes on after it was killed. Until
then nothing opens the library (`server.wiring` looks for that file).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from obstore.store import ObjectStore
from sqlalchemy import Connection, inspect, make_url, text

from library.core.clock import Clock
from library.core.database import Database, sqlite_file
from library.intake.files.objects import local_root
from library.intake.files.stored_names import OBJECTS, UPLOADS
from server import migrate
from server.keeping import database, files, postgres, rules
from server.keeping.alone import alone, shown
from server.keeping.errors import BAD_INPUT, KeepingFailed
from server.keeping.manifest import Kept
from server.keeping.marker import MARKER
from server.keeping.shelf import MANIFEST, SECRETS, Backup, DamagedFile, Shelf, hash_of, sync, write_whole

_NAMED_MOST = 100

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Restored:
    """What was brought back; `missing` and `damaged` are files of which the backup has no whole copy.

    `put_away` is where the library that was there before lies now, "" when there was none.
    """

    backup: Backup
    files: int
    size_bytes: int
    revision: str
    put_away: str
    missing: tuple[str, ...]
    damaged: tuple[str, ...]


@dataclass
class Restore:
    """Brings backups back into one library: the settings' database, store and folders."""

    shelf: Shelf
    data: Path
    database_url: str
    store: ObjectStore
    uploads: Path
    index: Path
    secrets: dict[str, Path]
    clock: Clock
    postgres_folder: Path | None = None
    _lost: dict[str, list[str]] = field(default_factory=lambda: {"missing": [], "damaged": []})

    def run(
        self, at: str | None = None, *, replace: bool = False, progress: Progress = lambda _p, _d: None
    ) -> Restored:
        """Bring back the newest backup, or the newest not after `at`.

        A library that has people, lessons or originals in it is refused, unless it shall be `replace`d: then
        its database is put away beside. Raises KeepingFailed, OSError, the store's and the database's errors.
        """
        self.shelf.open()
        backup = self.shelf.newest(at)
        with backup.held():
            return self._run(backup, progress, replace=replace)

    def _run(self, backup: Backup, progress: Progress, *, replace: bool) -> Restored:
        kind = str(backup.facts["database"]["kind"])
        if make_url(self.database_url).get_backend_name() != kind:
            raise KeepingFailed("other_database", BAD_INPUT, kind=kind)
        check_hashes(backup)
        begun = self._begun()
        if begun is not None and begun["backup"] != backup.name:
            if not replace:
                raise KeepingFailed("restore_other", BAD_INPUT, name=begun["backup"], data=str(self.data))
            begun = None
        self._need_room(backup)
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        put_away = str(begun["put_away"]) if begun else ""
        if begun is None:
            put_away = self._make_way(kind, replace=replace)
            self._begin(backup, put_away)
        self._files(backup, progress)
        for name, digest in backup.facts["secrets"].items():
            self._secret(backup.folder / SECRETS / name, self.secrets[name], digest)
        os.sync()
        progress(99.0, backup.database.name)
        revision = self._bring_database(backup, kind)
        shutil.rmtree(self.index, ignore_errors=True)
        (self.data / MARKER).unlink()
        count, size = int(backup.facts["manifest"]["files"]), int(backup.facts["manifest"]["size_bytes"])
        return Restored(
            backup,
            count - sum(map(len, self._lost.values())),
            size,
            revision,
            put_away,
            tuple(self._lost["missing"]),
            tuple(self._lost["damaged"]),
        )

    # ------------------------------------------------------------------ what is there

    def _begun(self) -> dict[str, Any] | None:
        """Return what a run that was killed wrote down."""
        try:
            found: dict[str, Any] = json.loads((self.data / MARKER).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return found

    def _begin(self, backup: Backup, put_away: str) -> None:
        facts = {"backup": backup.name, "from": str(self.shelf.folder), "put_away": put_away}
        write_whole(self.data / MARKER, json.dumps(facts).encode())

    def _make_way(self, kind: str, *, replace: bool) -> str:
        """See that nothing is lost; returns where the database that was there is put away, "" for none."""
        file = sqlite_file(self.database_url)
        exists = file is None or file.exists()
        used = exists and self._is_used()
        if not replace and (used or self._has_originals()):
            raise KeepingFailed(
                "library_not_empty", BAD_INPUT, data=str(self.data), url=shown(make_url(self.database_url))
            )
        if not exists:
            return ""
        away = (
            self.data / f"weike-before-restore-{rules.stamp(self.clock())}{Path(database.FILES[kind]).suffix}"
        )
        if file is not None:
            with alone(self.database_url):
                pass  # the last to close it leaves all of it in the one file
            file.replace(away)
            for left in ("-wal", "-shm"):
                file.with_name(file.name + left).unlink(missing_ok=True)
            return str(away)
        with alone(self.database_url) as db:
            with db.engine.connect() as connection:
                tools = self._tools(connection)
                if used:
                    postgres.dump(tools, self.database_url, away)
            drop_tables(db)
        return str(away) if used else ""

    def _is_used(self) -> bool:
        """Tell whether somebody or something is in the library; raises KeepingFailed when it is in use."""
        with alone(self.database_url) as db, db.engine.connect() as connection:
            return not is_empty(connection)

    def _has_originals(self) -> bool:
        return any(files.list_objects_of(self.store, "originals/"))

    def _need_room(self, backup: Backup) -> None:
        place = self.data
        while not place.exists():
            place = place.parent
        need = int(backup.facts["database"]["size_bytes"])
        root = local_root(self.store)
        if root is not None:
            need += int(backup.facts["manifest"]["size_bytes"])
            # What a run before has brought already, or the library that was there, need not be brought again.
            need -= sum(one.size_bytes for one in files.list_objects(self.store))
        free = shutil.disk_usage(place).free
        if need + rules.ROOM_LEFT_BYTES > free:
            raise KeepingFailed("restore_no_room", folder=str(self.data), need_bytes=need, free_bytes=free)

    # ------------------------------------------------------------------ bringing

    def _files(self, backup: Backup, progress: Progress) -> None:
        total = int(backup.facts["manifest"]["size_bytes"]) or 1
        done = 0
        with backup.manifest() as manifest:
            for one in manifest.files():
                try:
                    self._bring(one)
                except FileNotFoundError:
                    self._lost["missing"].append(one.name)
                except DamagedFile:
                    self._lost["damaged"].append(one.name)
                done += one.size_bytes
                progress(min(98.0, 98.0 * done / total), one.name)

    def _bring(self, one: Kept) -> None:
        """Bring one file unless it is there; raises FileNotFoundError, DamagedFile."""
        if one.name.startswith(UPLOADS):
            target = self.uploads / one.name.removeprefix(UPLOADS)
            if not (target.exists() and hash_of(target) == one.sha256):
                files.write_file(target, self.shelf.read(one.sha256))
            return
        key = one.name.removeprefix(OBJECTS)
        there = files.size_of_object(self.store, key)
        if there == one.size_bytes and files.hash_of_object(self.store, key) == one.sha256:
            return
        self.shelf.place(one.sha256).stat()  # before anything is sent
        files.write_object(self.store, key, self.shelf.read(one.sha256))

    def _secret(self, kept: Path, target: Path, digest: str) -> None:
        if hash_of(kept) != digest:
            raise KeepingFailed("backup_damaged", file=str(kept))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(target, kept.read_bytes())

    def _bring_database(self, backup: Backup, kind: str) -> str:
        """Let the database be the backup's, with the tables of this version; returns their revision."""
        if kind == database.SQLITE:
            return self._bring_sqlite(backup)
        with alone(self.database_url) as db:
            with db.engine.connect() as connection:
                tools = self._tools(connection)
            drop_tables(db)  # a run that was killed after it
            postgres.restore(tools, backup.database, self.database_url)
            migrate.upgrade(db, self.clock(), copy=None)
            return str(migrate.current(db))

    def _bring_sqlite(self, backup: Backup) -> str:
        file = sqlite_file(self.database_url)
        if file is None:
            raise KeepingFailed("database_in_memory")
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with prepared_sqlite(backup, file.parent, self.clock) as (made, revision):
            made.replace(file)
        sync(file.parent)
        return revision

    def _tools(self, connection: Connection) -> postgres.PostgresTools:
        return postgres.find_tools(self.postgres_folder, connection)


@contextmanager
def prepared_sqlite(backup: Backup, folder: Path, clock: Clock) -> Iterator[tuple[Path, str]]:
    """Give a copy of a backup's SQLite file in `folder`, with the tables of this version, and their revision.

    It is taken away at the end of the block unless it has been moved. Raises KeepingFailed.
    """
    made = folder / "weike-restoring.sqlite"
    rest = [made.with_name(made.name + end) for end in ("", "-wal", "-shm")]
    for left in rest:
        left.unlink(missing_ok=True)
    try:
        shutil.copyfile(backup.database, made)
        made.chmod(0o600)
        database.look_through(made)
        with alone(f"sqlite:///{made}") as db:
            migrate.upgrade(db, clock(), copy=None)
            revision = str(migrate.current(db))
        sync(made)
        yield made, revision
    finally:
        for left in rest:
            left.unlink(missing_ok=True)


def check_hashes(backup: Backup) -> None:
    """Raise KeepingFailed unless a backup's database and its list are what they were when it was made."""
    for file, digest in (
        (backup.database, backup.facts["database"]["sha256"]),
        (backup.folder / MANIFEST, backup.facts["manifest"]["sha256"]),
    ):
        try:
            found = hash_of(file)
        except FileNotFoundError:
            found = ""
        if found != digest:
            raise KeepingFailed("backup_damaged", file=str(file))


def is_empty(connection: Connection) -> bool:
    """Tell whether nobody and nothing is in a library: neither a person nor a lesson.

    Raises KeepingFailed when the tables that are there are no library's.
    """
    names = set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        raise KeepingFailed("no_library", BAD_INPUT, url=shown(connection.engine.url))
    return not any(
        connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1").first()  # noqa: S608
        for name in {"people_person", "catalog_lesson"} & names
    )


FUNCTIONS = (
    *("audit_entry_guard", "audit_seal_guard", "evidence_entry_guard", "evidence_seal_guard"),
    *("grades_frozen", "people_person_parts"),
)
"""What the migrations make besides tables: it stays when the tables go, and a dump brings it again."""


def drop_tables(db: Database) -> None:
    """Take every table of the schema away in which the library lies, in one transaction."""
    with db.engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
        for name in FUNCTIONS:
            connection.execute(text(f'DROP FUNCTION IF EXISTS "{name}"()'))
