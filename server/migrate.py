"""Bring the tables up to date, with a copy of the SQLite file before anything is changed.

Alembic is loaded when there is something to change: to see that there is nothing, it is enough to read which
revision the tables are at and which the migrations end with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from library.core.database import (
    WRITES,
    Database,
    copy_sqlite,
    sqlite_file,
)
from library.core.errors import NotFound
from library.core.patience import LOCK_WAIT_S, waiting_at_most
from library.organisation import actions as organisation_actions
from library.organisation import queries as organisation_queries

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"
# Any number will do, as long as every process of every node asks for the same lock.
_LOCK = 8_316_202_607
_COPIES_KEPT = 3


class RowsOrphaned(Exception):
    """A migration left rows that point to rows that are not there; nothing of it was kept."""


def alembic_config(migrations: Path = MIGRATIONS) -> Config:
    """Return Alembic's configuration; the connection is handed over in `attributes`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config


def newest(migrations: Path = MIGRATIONS) -> str:
    """Return the revision this version of the program needs: files are named by their revisions, which count
    up (a test holds that)."""
    revisions = [file.name.partition("_")[0] for file in (migrations / "versions").glob("[0-9]*_*.py")]
    if not revisions:
        raise FileNotFoundError(f"no migrations in {migrations}")
    return max(revisions)


def current(database: Database) -> str | None:
    """Return the revision the tables are at, None for an empty database."""
    with database.engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def keep_copy(database: Database, wanted: str, now: datetime) -> Path | None:
    """Copy a SQLite file before it is brought to the revision `wanted`; returns the copy, None elsewhere.

    The last three copies are kept.
    """
    file = sqlite_file(str(database.engine.url))
    if file is None:
        return None
    for half in file.parent.glob(f"{file.stem}-before-*.partial*"):  # left by one that was killed
        half.unlink()
    copy = file.with_name(f"{file.stem}-before-{wanted}-{now:%Y%m%d%H%M%S}.sqlite")
    copy_sqlite(file, copy)
    for old in sorted(file.parent.glob(f"{file.stem}-before-[0-9]*.sqlite"))[:-_COPIES_KEPT]:
        old.unlink()
    return copy


KeepCopy = Callable[[Database, str, datetime], object]
"""Copies a library's tables before they change: as `keep_copy`, which does so for SQLite."""


def upgrade(
    database: Database, now: datetime, migrations: Path = MIGRATIONS, copy: KeepCopy | None = keep_copy
) -> bool:
    """Migrate if needed; returns whether this call did. Several processes may call it at once.

    `copy` is called before anything changes; when it raises, nothing does. Raises RowsOrphaned.
    """
    wanted = newest(migrations)
    if current(database) == wanted:
        return False
    # Of several processes at a first start all but one wait here, for as long as it takes.
    with waiting_at_most(LOCK_WAIT_S), _alone(database) as connection:
        before = _current(connection)
        if before == wanted:  # another process was faster
            return False
        if before is not None and copy is not None:
            copy(database, wanted, now)
        from alembic import command

        config = alembic_config(migrations)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RowsOrphaned(wanted)
    return True


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Give a transaction that no other process migrates beside."""
    with database.engine.connect().execution_options(**{WRITES: True}) as connection:
        if not database.is_sqlite:
            with connection.begin():
                _wait_for_lock(connection)
                yield connection
            return
        # SQLite changes a table by copying and dropping it; with foreign keys on, dropping a table deletes
        # every row that points to it (sqlite.org/lang_altertable.html, section 7). The switch works outside
        # transactions only.
        raw = connection.connection.driver_connection
        if raw is None:
            raise ConnectionError("the database is closed")
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _wait_for_lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def prepare(database: Database, organisation: str, now: datetime, copy: KeepCopy | None = keep_copy) -> bool:
    """Migrate and make what every library has (the root of the organisation tree); see `upgrade`."""
    changed = upgrade(database, now, copy=copy)
    # Looked for before the lock is taken: who only reads works on while another program holds the database.
    with suppress(NotFound), database.read() as session:
        organisation_queries.root_node(session)
        return changed
    with database.write() as session:
        if not database.is_sqlite:
            _wait_for_lock(session.connection())  # two first starts at once must not make two roots
        organisation_actions.ensure_root(session, organisation, now)
    return changed
