"""The database and its transaction: one per request or job step, committed at the rim."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
    literal,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

# SQLite: take the write lock when the transaction begins and not at its first write.
WRITES = "weike_writes"

LOCK_WAIT_S = 30.0
"""SQLite: how long one writer waits for another, where nobody waits for the writer."""

PATIENCE_S = 6.0
"""SQLite: how long it waits where somebody does, before a page or in front of a terminal."""

FEW_CONNECTIONS = 10
"""Enough for whoever works alone, such as a command."""

_WAL_AGAIN_S = 0.02
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_lock_wait_s: ContextVar[float] = ContextVar("lock_wait_s", default=LOCK_WAIT_S)
_ANNOUNCED = "weike_announced"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite has no zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: nobody can know which hour they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The tables of all slices; names of constraints are fixed so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime()}


class Database:
    """An engine and its two kinds of transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # PostgreSQL by itself shows each statement another state; SQLite shows one from the first read on.
        one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine if self.is_sqlite else engine.execution_options(**one_state)
        self._writing = engine.execution_options(**{WRITES: True})
        self._listeners: dict[str, Callable[[], None]] = {}

    @property
    def is_sqlite(self) -> bool:
        """Whether the data lie in one local file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the data and is rolled back at the end.

        A connection is taken by the first statement, as in `write`.
        """
        with Session(self._reading, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or rolled back when an error leaves the block.

        On SQLite the write lock is taken with the first statement, also when that only reads, so that a read
        followed by a write in one transaction can never fail half-way with "database is locked". Not earlier:
        who has opened a session may still have other things to do, or to wait for.
        """
        with Session(self._writing) as session:
            yield session
            session.commit()
            for what in session.info.get(_ANNOUNCED, ()):
                if what in self._listeners:
                    self._listeners[what]()

    def listen(self, what: str, hear: Callable[[], None]) -> None:
        """Call `hear` whenever a transaction of this process that announced `what` has been committed.

        It is called in the writer's thread before `write` returns, and must not raise: what is committed is
        done, whoever hears of it.
        """
        self._listeners[what] = hear

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_database(url: str, connections: int = FEW_CONNECTIONS) -> Database:
    """Open the database at `url` (sqlite:///file or postgresql+psycopg://...); no table is made.

    At most `connections` are open at once, each made when it is first needed; whoever needs one more waits.
    Errors name the statement and never its values, which are names, hashes and the ids of people.
    """
    common: dict[str, Any] = {"hide_parameters": True, "pool_size": connections, "max_overflow": 0}
    if not url.startswith("sqlite"):
        return Database(create_engine(url, pool_pre_ping=True, **common))
    engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S}, **common)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, see _begin
        _wait_at_most(connection, _lock_wait_s.get())
        _use_wal(connection)
        # FULL, not NORMAL: what a 2xx answered must also survive a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # The pool gives a connection to whoever comes next: each has a patience of their own.
        _wait_at_most(connection.connection.dbapi_connection, _lock_wait_s.get())
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return Database(engine)


@contextmanager
def waiting_at_most(wait_s: float) -> Iterator[None]:
    """Let SQLite's writers of this thread or request wait for each other no longer than `wait_s`."""
    before = _lock_wait_s.set(wait_s)
    try:
        yield
    finally:
        _lock_wait_s.reset(before)


def is_busy(error: BaseException) -> bool:
    """Tell whether another program held the SQLite file for longer than was waited for it."""
    found = error.orig if isinstance(error, DBAPIError) else error
    # Extended codes carry the kind in their lowest byte (sqlite.org/rescode.html).
    return isinstance(found, sqlite3.OperationalError) and found.sqlite_errorcode & 0xFF in _BUSY


def _wait_at_most(connection: Any, wait_s: float) -> None:
    connection.execute(f"PRAGMA busy_timeout={round(wait_s * 1000)}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch a file to WAL unless it is; of several processes at a first start one does and the others wait.

    The switch turns a read lock into a write lock, where SQLite says "locked" at once instead of waiting as
    it does elsewhere (sqlite.org/c3ref/busy_handler.html: a handler is not called where it could deadlock).
    """
    deadline = time.monotonic() + _lock_wait_s.get()
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_WAL_AGAIN_S)
        else:
            return


def announce(session: Session, what: str) -> None:
    """Let whoever listens (`Database.listen`) know once this transaction is committed."""
    session.info.setdefault(_ANNOUNCED, {})[what] = None


def insert_new(session: Session, table: type[Base], unique: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with the same `unique` columns is there; returns whether it was inserted.

    One statement, so that of two transactions at once the second waits for the first and then goes on,
    where a look followed by an insert would fail.
    """
    row = upsert(session, table).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    # Asked for in the statement itself: psycopg's row count is -1 here, whatever happened.
    return session.execute(row.returning(literal(1))).first() is not None


def upsert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an insert of the database in use that knows what to do when the row is there."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def is_disk_full(error: DBAPIError) -> bool:
    """Tell whether the database could not write because its disk is full."""
    cause = error.orig
    # https://www.postgresql.org/docs/current/errcodes-appendix.html
    full = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return full or getattr(cause, "sqlstate", None) == "53100"


def sqlite_file(url: str) -> Path | None:
    """Return the file behind a SQLite URL, None for another database or one in memory."""
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite") or parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database)


def copy_sqlite(file: Path, target: Path) -> None:
    """Copy a SQLite file consistently, also while it is written to; the copy appears whole or not at all."""
    beside = target.with_suffix(".partial")
    source, copy = sqlite3.connect(file), sqlite3.connect(beside)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    shutil.copymode(file, beside)
    beside.replace(target)


ID = String(16)


def one_of(words: type[StrEnum], length: int, *, check: str | None = None) -> Enum:
    """Return the type of a column that holds a word of a closed set: text in the database, the word here.

    What the set does not know is refused on the way in and on the way out (LookupError). `check` names the
    constraint with which the database refuses it too.
    """
    return Enum(
        words,
        native_enum=False,
        length=length,
        values_callable=lambda known: [word.value for word in known],
        validate_strings=True,
        create_constraint=check is not None,
        name=check,
    )
