"""A library's database as one file in a backup: made of one moment, looked through, brought back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.orm import Session

from library.core.database import Database, copy_sqlite, sqlite_file
from library.intake.files.stored_names import WaitingUpload, needed, waiting_uploads
from library.reflections import stored as reflections
from server.keeping import postgres
from server.keeping.alone import shown
from server.keeping.errors import KeepingFailed

SQLITE, POSTGRES = "sqlite", "postgresql"
FILES = {SQLITE: "weike.sqlite", POSTGRES: "weike.dump"}
_VERSION = "alembic_version"


@dataclass(frozen=True)
class Inside:
    """What the rows of one moment say.

    `tables` are the numbers of rows, `needed` the names of files of which one has to be there.
    """

    revision: str
    tables: dict[str, int]
    needed: frozenset[tuple[str, ...]]
    waiting: tuple[WaitingUpload, ...]


def size_bytes(db: Database) -> int:
    """Return about how large a copy of the database will be."""
    file = sqlite_file(str(db.engine.url))
    if file is not None:
        wal = file.with_name(f"{file.name}-wal")
        return file.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    with db.engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def copy_into(db: Database, folder: Path, tools: Callable[[Connection], postgres.PostgresTools]) -> Inside:
    """Write the database as it is at one moment into `folder`, and return what it says of itself.

    Others go on writing. Raises KeepingFailed, and sqlite3's errors.
    """
    if db.is_sqlite:
        file = sqlite_file(str(db.engine.url))
        if file is None:
            raise KeepingFailed("database_in_memory")
        copy = folder / FILES[SQLITE]
        copy_sqlite(file, copy)
        copy.chmod(0o600)
        look_through(copy)
        with sqlite_inside(copy) as connection:
            return inside(connection)
    snapshot = db.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot.connect() as connection:
        name = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        found = inside(connection)
        url = db.engine.url.render_as_string(hide_password=False)
        copy = folder / FILES[POSTGRES]
        postgres.dump(tools(connection), url, copy, name)
        copy.chmod(0o600)
    return found


@contextmanager
def sqlite_inside(file: Path) -> Iterator[Connection]:
    """Give a connection that reads a SQLite file which nobody writes, and leaves nothing beside it."""
    address = f"file:{quote(str(file))}?immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def look_through(file: Path) -> None:
    """Raise KeepingFailed when a SQLite file is damaged."""
    said = ""
    try:
        with sqlite_inside(file) as connection:
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    except Exception as error:  # a page so wrong that not even the check can be begun
        said = str(getattr(error, "orig", error))
    if said != "ok":
        raise KeepingFailed("database_file_damaged", file=str(file), said=said.splitlines()[0][:200])


def inside(connection: Connection) -> Inside:
    """Return what a database says of itself; raises KeepingFailed when it is no library's."""
    names = set(inspect(connection).get_table_names())
    if not {_VERSION, "catalog_clip", "intake_recording"} <= names:
        raise KeepingFailed("no_library", url=shown(connection.engine.url))
    tables = {
        name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one())  # noqa: S608
        for name in sorted(names)
    }
    with Session(connection) as session:
        return Inside(
            revision=str(connection.exec_driver_sql(f"SELECT version_num FROM {_VERSION}").scalar()),  # noqa: S608
            tables=tables,
            needed=frozenset((*needed(session), *reflections.needed(session))),
            waiting=tuple(waiting_uploads(session)),
        )


def live_needs(db: Database) -> frozenset[tuple[str, ...]]:
    """Return what the rows need now."""
    with db.read() as session:
        return frozenset((*needed(session), *reflections.needed(session)))
