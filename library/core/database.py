"""The database and its transaction: one per request or job step, committed at the rim."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    Connection,
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
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from library.core.far_database import ask_the_server, patience
from library.core.patience import LOCK_WAIT_S, lock_wait_s
from library.core.writers import LineStands, WriterLine

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.pool import ConnectionPoolEntry

# SQLite: take the write lock when the transaction begins and not at its first write.
WRITES = "weike_writes"

FEW_CONNECTIONS = 10
"""Enough for whoever works alone, such as a command."""

_WAL_AGAIN_S = 0.02
_ANNOUNCED = "weike_announced"
_PLACE = "weike_place"


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
        self.policy: dict[str, object] = {}
        """What the settings say that rules of the library ask for: every session carries it (`info`)."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the data lie in one local file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the data and is rolled back at the end.

        A connection is taken by the first statement, as in `write`.
        """
        with Session(self._reading, autoflush=False, info=self.policy) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or rolled back when an error leaves the block.

        On SQLite the write lock is taken with the first statement, also when that only reads, so that a read
        followed by a write in one transaction can never fail half-way with "database is locked". Not earlier:
        who has opened a session may still have other things to do, or to wait for.
        """
        with Session(self._writing, info=self.policy) as session:
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
        engine = create_engine(url, pool_pre_ping=True, connect_args=patience(url), **common)
        ask_the_server(engine)
        return Database(engine)
    engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S}, **common)
    line = WriterLine()

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, see _begin
        _wait_at_most(connection, lock_wait_s())
        _use_wal(connection)
        # FULL, not NORMAL: what a 2xx answered must also survive a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            _begin_in_turn(connection, line)
            return
        # The pool gives a connection to whoever comes next: each has a patience of their own.
        _wait_at_most(connection.connection.dbapi_connection, lock_wait_s())
        connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "checkin")
    def _end(_connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        # However a transaction ends, its connection comes back, and by then it has been rolled back.
        _leave_line(record.info, line)

    return Database(engine)


def _begin_in_turn(connection: Connection, line: WriterLine) -> None:
    """Take SQLite's write lock when it is one's turn; raises OperationalError, as SQLite does when busy."""
    begin = "BEGIN IMMEDIATE"
    _leave_line(connection.info, line)  # a transaction before, on a connection that was kept
    try:
        place = line.enter(lock_wait_s())
    except LineStands as error:
        locked = sqlite3.OperationalError("database is locked by a writer of this process")
        locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise OperationalError(begin, None, locked) from error
    try:
        # Also who had to wait for others may find the file held by another program.
        _wait_at_most(connection.connection.dbapi_connection, max(0.0, line.left_s(place)))
        connection.exec_driver_sql(begin)
        place.begun = True
        connection.info[_PLACE] = place
    except BaseException:
        line.leave(place)
        raise


def _leave_line(info: dict[Any, Any], line: WriterLine) -> None:
    place = info.pop(_PLACE, None)
    if place is not None:
        line.leave(place)


def is_busy(error: BaseException) -> bool:
    """Tell whether another program held the SQLite file for longer than was waited for it."""
    return trouble_of(error) is Trouble.BUSY


class Trouble(StrEnum):
    """Why a database did not do what it was asked for, when it was not the asking that was wrong."""

    BUSY = "database_busy"
    FULL = "disk_full"
    DAMAGED = "database_damaged"
    AWAY = "database_away"


def trouble_of(error: BaseException) -> Trouble | None:
    """Return what is wrong with the database; None when it is something else, such as a mistake of ours."""
    found = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(found, sqlite3.Error):
        # Extended codes carry the kind in their lowest byte (sqlite.org/rescode.html).
        code = getattr(found, "sqlite_errorcode", 0)
        return Trouble.FULL if code == sqlite3.SQLITE_IOERR_SHMSIZE else _SQLITE_TROUBLES.get(code & 0xFF)
    state = getattr(found, "sqlstate", None) or ""
    for begins, trouble in _POSTGRESQL_TROUBLES:
        if state.startswith(begins):
            return trouble
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    # A connection that cannot be made has no state.
    unmade = isinstance(error, OperationalError) and not state
    return Trouble.AWAY if lost or unmade else None


_SQLITE_TROUBLES = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_IOERR: Trouble.DAMAGED,
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_TROUBLES = (
    (("55P03", "40001", "40P01"), Trouble.BUSY),
    (("53100",), Trouble.FULL),
    (("XX001", "XX002", "58030"), Trouble.DAMAGED),
    (("08", "53300", "57P"), Trouble.AWAY),
)


def _wait_at_most(connection: Any, wait_s: float) -> None:
    connection.execute(f"PRAGMA busy_timeout={round(wait_s * 1000)}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch a file to WAL unless it is; of several processes at a first start one does and the others wait.

    The switch turns a read lock into a write lock, where SQLite says "locked" at once instead of waiting as
    it does elsewhere (sqlite.org/c3ref/busy_handler.html: a handler is not called where it could deadlock).
    """
    deadline = time.monotonic() + lock_wait_s()
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


def insert_new(
    session: Session,
    table: type[Base],
    unique: Sequence[str],
    values: Mapping[str, Any],
    *,
    among: ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row unless one with the same `unique` columns is there; returns whether it was inserted.

    `among` is the condition of the unique index when it holds for some rows only.

    One statement, so that of two transactions at once the second waits for the first and then goes on,
    where a look followed by an insert would fail.
    """
    row = (
        upsert(session, table)
        .values(**values)
        .on_conflict_do_nothing(index_elements=list(unique), index_where=among)
    )
    # Asked for in the statement itself: psycopg's row count is -1 here, whatever happened.
    return session.execute(row.returning(literal(1))).first() is not None


def upsert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an insert of the database in use that knows what to do when the row is there."""
    if session.get_bind().dialect.name == "postgresql":
        # Loaded where it is used: it is a twentieth of what a command needs to start.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


def is_disk_full(error: DBAPIError) -> bool:
    """Tell whether the database could not write because its disk is full."""
    return trouble_of(error) is Trouble.FULL


def sqlite_file(url: str) -> Path | None:
    """Return the file behind a SQLite URL, None for another database or one in memory."""
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite") or parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database)


def size_bytes(db: Database) -> int:
    """Return the database's size on its disk: SQLite's file with its journal, or what PostgreSQL says."""
    if not db.is_sqlite:
        with db.read() as session:
            return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    file = sqlite_file(db.engine.url.render_as_string(hide_password=False))
    parts = [file, file.with_name(f"{file.name}-wal")] if file is not None else []
    return sum(part.stat().st_size for part in parts if part.exists())


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


class Unindexed(FunctionElement[Any]):
    """A column that SQLite is not to look up in an index.

    SQLite knows nothing of how often a value stands in a column, so that it takes an index by which it reads
    all that is published where it was given two dozen ids. PostgreSQL counts, and is told nothing.
    """

    inherit_cache = True

    def __init__(self, column: InstrumentedAttribute[Any]) -> None:
        """The type is that of the column."""
        super().__init__(column)
        self.type = column.type


@compiles(Unindexed)
def _as_it_is(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    return compiler.process(column, **options)


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return "+" + _as_it_is(element, compiler, **options)
