"""Bring the tables up to date, with a copy of the SQLite file before anything is changed."""

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from library.core.database import Database, copy_sqlite, sqlite_file
from library.people import actions as people

MIGRATIONS = Path(__file__).parent.parent / "migrations"
# Any number will do, as long as every process of every node asks for the same lock.
_LOCK = 8_316_202_607
_COPIES_KEPT = 3


def alembic_config(database: Database) -> Config:
    """Return Alembic's configuration; the connection is handed over by `upgrade`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = database.engine.url
    return config


def newest() -> str:
    """Return the revision this version of the program needs."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise FileNotFoundError(f"no migrations in {MIGRATIONS}")
    return head


def current(database: Database) -> str | None:
    """Return the revision the tables are at, None for an empty database."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, now: datetime) -> bool:
    """Migrate if needed; returns whether anything changed. Several processes may call it at once."""
    if current(database) == newest():
        return False
    file = sqlite_file(str(database.engine.url))
    if file is not None and file.exists() and current(database) is not None:
        copy_sqlite(file, file.with_name(f"{file.stem}-before-{newest()}-{now:%Y%m%d%H%M%S}.sqlite"))
        for old in sorted(file.parent.glob(f"{file.stem}-before-*.sqlite"))[:-_COPIES_KEPT]:
            old.unlink()
    options = {"weike_writes": True}  # SQLite: take the write lock first, so that two starts queue up
    with database.engine.connect().execution_options(**options) as connection, connection.begin():
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        config = alembic_config(database)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def prepare(database: Database, organisation: str, now: datetime) -> bool:
    """Migrate and make what every library has (the root of the organisation tree); see `upgrade`."""
    changed = upgrade(database, now)
    with database.write() as session:
        people.ensure_root(session, organisation, now)
    return changed
