"""Moving: everything is the same on the other side, nothing is gone on this one."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import LocalStore, S3Store
from sqlalchemy import NullPool, create_engine, text

from library.core.clock import utc_now
from library.core.database import Base, Database, open_database
from library.dictionary.rules import Change
from library.dictionary.tables import DictionaryChange
from server.keeping import rows
from server.keeping.alone import OURS
from server.keeping.errors import KeepingFailed
from server.keeping.moving import Move, Moved
from tests.server.keeping.conftest import Library, NewLibrary
from tests.server.keeping.test_backup import command, kill_when
from tests.server.keeping.test_restore import refused
from tests.support.full_library import ROWS, files_of, rows_of

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.dear(118)]


def move(library: Library, to: Library | None, store: Any = None) -> Moved:
    settings = library.settings
    work = Move(
        data=settings.data,
        database_url=settings.database,
        store=library.store,
        to_url=to.settings.database if to else None,
        to_store=store,
        to_store_name="the other",
        metadata=Base.metadata,
        clock=utc_now,
    )
    return work.run()


def next_number(db: Database) -> int:
    """The number that the database itself gives to the next row of a table."""
    with db.write() as session:
        row = DictionaryChange(at=utc_now(), what=next(iter(Change)), before=[], after=[])
        session.add(row)
        session.flush()
        return row.id


def test_to_postgresql_and_s3_and_back_again(full: NewLibrary, place: NewLibrary, s3_server: Any) -> None:
    library, middle, back = full("sqlite"), place("postgres"), place("sqlite")
    with library.open() as db:
        before = rows_of(db)
    files = files_of(library.store)
    bucket = S3Store.from_url(f"s3://{s3_server.create_bucket()}/weike", **s3_server.options())
    moved = move(library, middle, bucket)
    counts = {name: len(its) for name, its in before.items()}
    assert {name: one.rows for name, one in moved.tables.items()} == counts
    assert moved.files == len(files)
    with middle.open() as db:
        assert rows_of(db) == before, "JSON to the letter, absent values absent, moments to the microsecond"
        assert next_number(db) == ROWS + 1
        with db.write() as session:
            session.execute(text("DELETE FROM wording_change WHERE id > 7"))
    assert files_of(bucket) == files
    with library.open() as db:
        assert rows_of(db) == before
    assert files_of(library.store) == files, "nothing is taken away"
    again = move(middle, back)
    assert {name: one.sha256 for name, one in again.tables.items()} == {
        name: one.sha256 for name, one in moved.tables.items()
    }
    with back.open() as db:
        assert rows_of(db) == before
        assert next_number(db) == ROWS + 1
        with db.read() as session:
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    folder = LocalStore(prefix=str(back.data / "moved"), mkdir=True)
    home = Move(
        *(middle.data, middle.settings.database, bucket, None, folder, "folder", Base.metadata, utc_now)
    ).run()
    assert (home.files, home.tables) == (len(files), {})
    assert files_of(folder) == files
    assert not list(library.data.glob("moving-*")), "done and forgotten"


@pytest.mark.parametrize("whose", ["source", "target"])
def test_while_somebody_has_it_open_nothing_is_moved(full: NewLibrary, place: NewLibrary, whose: str) -> None:
    for source_kind, target_kind in (("sqlite", "postgres"), ("postgres", "sqlite")):
        library, target = full(source_kind), place(target_kind)
        target.data.mkdir(parents=True)
        busy = library if whose == "source" else target
        with busy.open() as db, db.read() as session:
            session.execute(text("SELECT 1"))
            if busy.settings.database.startswith("sqlite"):
                session.execute(text("SELECT * FROM sqlite_master"))
            refused(lambda: move(library, target), "in_use")  # noqa: B023


def test_somebody_who_comes_in_the_middle_is_found_out(full: NewLibrary, place: NewLibrary) -> None:
    """SQLite's file is locked for them; what PostgreSQL took meanwhile differs, or they are still there."""
    library, target = full("postgres"), place("sqlite")
    came = threading.Event()
    late: list[Database] = []

    def come(_percent: float, doing: str) -> None:
        if doing == "plays_view" and not came.is_set():
            came.set()
            late.append(open_database(library.settings.database))
            with late[0].write() as session:
                session.execute(text("UPDATE organisation_node SET name = 'changed'"))

    work = Move(
        *(library.data, library.settings.database, library.store, target.settings.database),
        *(None, "", Base.metadata, utc_now),
    )
    with pytest.raises(KeepingFailed) as failed:
        work.run(come)
    late[0].close()
    assert failed.value.code in ("in_use", "rows_differ")


def test_a_library_that_is_there_already_is_left_alone(full: NewLibrary) -> None:
    one, other = full("sqlite"), full("postgres")
    with other.open() as db:
        before = rows_of(db)
    refused(lambda: move(one, other), "library_not_empty")
    refused(lambda: move(one, one), "move_to_itself")
    refused(lambda: move(one, None, other.store), "store_not_empty")
    refused(lambda: move(one, None, one.store), "move_to_itself")
    with other.open() as db:
        assert rows_of(db) == before


def test_a_row_that_the_other_database_refuses_is_named(full: NewLibrary, place: NewLibrary) -> None:
    library, target = full("sqlite"), place("postgres")
    file = library.data / "weike.sqlite"
    with closing(sqlite3.connect(file)) as raw, raw:  # SQLite counts no characters
        raw.execute("UPDATE catalog_topic SET name = ? WHERE rowid = 3", ("长" * 300,))
    assert refused(lambda: move(library, target), "row_refused").values["table"] == "catalog_topic"
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE catalog_topic SET name = '短' WHERE rowid = 3")
    assert move(library, target).tables["catalog_topic"].rows == ROWS


def test_a_row_stands_behind_the_one_it_names() -> None:
    tree = [("a", None), ("b", "d"), ("c", "a"), ("d", "c"), ("e", "gone")]
    placed = rows.parents_first(tree, 0, 1)
    assert sorted(placed, key=str) == sorted(tree, key=str)
    order = [key for key, _ in placed]
    assert all(order.index(parent) < order.index(key) for key, parent in tree if parent in order)


def test_killed_in_the_middle_the_same_command_goes_on(
    full: NewLibrary, place: NewLibrary, s3_server: Any, tmp_path: Path
) -> None:
    library, target = full("sqlite"), place("postgres")
    for n in range(30):
        obstore.put(library.store, f"clips/much/{n}/master.m3u8", os.urandom(1_000_000))
    bucket = f"s3://{s3_server.create_bucket()}"
    options = tmp_path / "s3.json"
    options.write_text(str(s3_server.options()).replace("'", '"').replace("True", "true"))
    store = S3Store.from_url(bucket, **s3_server.options())
    words = ("move", "--to", target.settings.database, "--objects", bucket, "--objects-options", options)

    ours = {"application_name": OURS}  # or it would be found to be in use: by this test
    looking = create_engine(target.settings.database, poolclass=NullPool, connect_args=ours)

    def rows_there() -> bool:
        with looking.connect() as connection:
            return bool(connection.scalar(text("SELECT to_regclass('plays_view')"))) and bool(
                connection.scalar(text("SELECT count(*) FROM plays_view"))
            )

    def filled() -> int:
        return sum(len(batch) for batch in obstore.list(store, prefix="clips/much"))

    kill_when(command(library, *words), rows_there)
    kill_when(command(library, *words), lambda: filled() > 3)
    written = filled()
    child = command(library, *words, "--json")
    out, said = child.communicate(timeout=120)
    assert child.returncode == 0, said.decode()
    assert 3 < written < 30
    with library.open() as one, target.open() as other:
        assert rows_of(one) == rows_of(other)
    assert files_of(store) == files_of(library.store)
    assert b'"WEIKE_STORE_URL=' in out
    assert b"WEIKE_DATABASE_URL=postgresql+psycopg" in out
