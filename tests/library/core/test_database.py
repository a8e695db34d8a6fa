"""The transaction, and what the database module knows of files."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, StatementError

from library.access.tables import SignInAttempts
from library.core.database import Database, copy_sqlite, insert_new, open_database, sqlite_file
from library.organisation import queries as organisation
from library.organisation.tables import Node
from tests.support.databases import NOW, Databases
from tests.support.together import together


def failures(count: int = 1, mark: str = "wang") -> SignInAttempts:
    return SignInAttempts(mark=mark, weight=count, last_at=NOW)


def test_an_error_in_the_block_undoes_all_of_it(db: Database) -> None:
    def fail_half_way() -> None:
        with db.write() as session:
            session.add(failures())
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with db.read() as session:
        assert session.get(SignInAttempts, "wang") is None


def test_many_writers_queue_up_and_none_is_turned_away(db: Database) -> None:
    """On SQLite a transaction that reads and then writes would fail with "database is locked"."""
    with db.write() as session:
        session.add(failures(0))

    def count_up() -> None:
        for _ in range(10):
            with db.write() as session:
                row = session.get(SignInAttempts, "wang", with_for_update=True)
                assert row is not None
                row.weight += 1

    assert together([count_up] * 4) == [None] * 4
    with db.read() as session:
        assert session.scalars(select(SignInAttempts.weight)).all() == [40]


def test_reading_never_writes(db: Database) -> None:
    with db.read() as session:
        session.add(failures())
        if not db.is_sqlite:  # it is told at once; SQLite forgets it with the session
            with pytest.raises(DBAPIError):
                session.flush()
    with db.read() as session:
        assert session.get(SignInAttempts, "wang") is None


def test_insert_new_says_whether_it_did(db: Database) -> None:
    values = {"mark": "wang", "weight": 1, "last_at": NOW}
    with db.write() as session:
        assert insert_new(session, SignInAttempts, ["mark"], values) is True
        assert insert_new(session, SignInAttempts, ["mark"], {**values, "weight": 9}) is False
    with db.read() as session:
        assert session.scalars(select(SignInAttempts.weight)).all() == [1]


def test_moments_come_back_in_utc_and_without_a_zone_they_are_refused(db: Database) -> None:
    noon_in_china = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=8)))
    with db.write() as session:
        session.add(SignInAttempts(mark="wang", weight=1, last_at=noon_in_china))
    with db.read() as session:
        [at] = session.scalars(select(SignInAttempts.last_at))
        assert at == noon_in_china
        assert at.utcoffset() == timedelta()
    with pytest.raises(StatementError), db.write() as session:
        session.add(SignInAttempts(mark="li", weight=1, last_at=datetime(2026, 11, 22)))  # noqa: DTZ001


def test_rows_that_point_nowhere_are_refused(db: Database) -> None:
    with pytest.raises(DBAPIError), db.write() as session:
        session.add(Node(id="0" * 16, parent_id="1" * 16, name="孤儿", path="/0/", created_at=NOW))


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////data/weike.sqlite", "/data/weike.sqlite"),
        ("sqlite:////data/%E5%85%9A%E8%AF%BE/weike.sqlite", "/data/党课/weike.sqlite"),
        ("sqlite:///data/weike.sqlite", "data/weike.sqlite"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://weike@db/weike", None),
    ],
)
def test_the_file_behind_an_address(url: str, file: str | None) -> None:
    assert sqlite_file(url) == (Path(file) if file else None)


def test_a_copy_is_whole_while_others_write(databases: Databases, tmp_path: Path) -> None:
    with databases.open("sqlite") as db:
        file = sqlite_file(str(db.engine.url))
        assert file is not None
        with db.write() as session:
            session.add(failures(mark="committed"))
        with db.write() as session:
            session.add(failures(mark="not yet"))
            session.flush()
            copy_sqlite(file, tmp_path / "copy.sqlite")
        with db.read() as session:
            root = organisation.root_node(session).name
    with sqlite3.connect(tmp_path / "copy.sqlite") as copy:
        assert copy.execute("SELECT mark FROM people_sign_in_attempts").fetchall() == [("committed",)]
        assert copy.execute("SELECT name FROM organisation_node").fetchall() == [(root,)]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.slow
def test_a_first_start_beside_another_one_waits_instead_of_saying_locked(tmp_path: Path) -> None:
    """The switch to WAL does not wait for a lock by itself."""
    file = tmp_path / "weike.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE held (x)")
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    db = open_database(f"sqlite:///{file}")
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    db.close()
    other.close()
