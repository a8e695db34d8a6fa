"""A database that nobody else has open: what is moved or replaced must not change under the work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, StaticPool, create_engine, event, text
from sqlalchemy.exc import OperationalError

from library.core.database import Database, is_busy
from server.keeping.errors import KeepingFailed

OURS = "weike-keeping"
_WAIT_S = 2.0
# A connection of another owner shows neither its kind nor what it does, but whose it is.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL"
    " AND coalesce(backend_type, 'client backend') = 'client backend'"
    " AND pid <> pg_backend_pid() AND application_name <> :ours"
)


@contextmanager
def alone(url: str) -> Iterator[Database]:
    """Give a database for the time of the block while nobody else has it open; raises KeepingFailed.

    SQLite's file is locked for everybody else. PostgreSQL cannot be: `see_alone` at the end tells whether
    somebody came.
    """
    db = _sqlite(url) if url.startswith("sqlite") else _postgres(url)
    try:
        try:
            see_alone(db)
        except OperationalError as error:
            if not is_busy(error):
                raise
            raise KeepingFailed("in_use", url=shown(db.engine.url)) from None
        yield db
    finally:
        db.close()


def see_alone(db: Database) -> None:
    """Raise KeepingFailed when somebody else has the database open."""
    with db.engine.connect() as connection:
        if db.is_sqlite:
            # Taken by the first look, and held until the connection is closed (sqlite.org/wal.html#noshm).
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        others = connection.scalar(_OTHERS, {"ours": OURS})
    if others:
        raise KeepingFailed("in_use", url=shown(db.engine.url))


def shown(url: URL) -> str:
    """Return the address of a database without its password."""
    return url.render_as_string(hide_password=True)


def _sqlite(url: str) -> Database:
    engine = create_engine(url, poolclass=StaticPool, connect_args={"timeout": _WAIT_S}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return Database(engine)


def _postgres(url: str) -> Database:
    connect = {"application_name": OURS}
    return Database(create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=connect))
