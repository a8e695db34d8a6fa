"""A page of the database that was overwritten is seen, said to whoever asks, and no page of ours is a 500."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.database import Trouble, open_database, sqlite_file, trouble_of
from library.core.integrity import Checked, Integrity, check_postgresql, check_sqlite
from server.background.database_check import DatabaseCheckThread, is_time
from tests.server.conftest import Shelf
from tests.support.server import MovableClock, in_thread, new_data


def checkpoint(file: Path) -> None:
    """Bring what stands in the write-ahead log into the database."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def damage(file: Path, table: str) -> None:
    """Write over a page of a table in the middle of a database, as a dying disk would."""
    checkpoint(file)
    with closing(sqlite3.connect(file)) as connection:
        [(page_bytes,)] = connection.execute("PRAGMA page_size")
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
    with file.open("r+b") as stream:
        stream.seek((root - 1) * page_bytes)
        stream.write(b"\xa5" * page_bytes)


@pytest.mark.slow
def test_a_damaged_page_was_a_500_and_ready_all_the_same(tmp_path: Path) -> None:
    data, clock = new_data(tmp_path / "data"), MovableClock()
    with in_thread(data, clock) as served:
        shelf, staff = Shelf(served), served.person("staff")
        put = shelf.lesson(recording="ready")
        play, key = shelf.play("member")
        staff.csrf()
        looking = DatabaseCheckThread(served.ports.integrity, clock, timedelta(hours=24))
        looking.work()
        ready = staff.http.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (200, "ok")
        assert ready.json()["database_checked"]
        checkpoint(data / "weike.sqlite")
        kept = (data / "weike.sqlite").read_bytes()
        for table in ("searches_saved", "catalog_clip", "plays_play"):
            damage(data / "weike.sqlite", table)
        looking.work()
        assert staff.http.get("/readyz").json()["database"] == "ok", "it is not time yet"
        clock.forward(hours=25)
        looking.work()
        ready = staff.http.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "damaged")
        served.ports.db.engine.dispose()  # connections that were open have pages in memory
        page = staff.http.get(f"/lessons/{put.lesson}")
        told = staff.http.get(f"/api/v1/lessons/{put.lesson}")
        assert page.status_code == told.status_code == 503
        assert int(page.headers["retry-after"]) == int(told.headers["retry-after"]) > 0
        assert "损坏" in page.text
        assert told.json()["error"] == "database_damaged"
        beat = staff.http.post(f"/api/v1/plays/{play}/beats", json={"ranges": [[0, 1]], "key": key})
        assert beat.status_code == 503
        assert staff.http.get("/healthz").status_code == 200, "restarting would not help"
    for beside in data.glob("weike.sqlite-*"):
        beside.unlink()
    (data / "weike.sqlite").write_bytes(kept)
    with in_thread(data) as served:  # it is looked at at once
        assert served.nobody().http.get("/readyz").json()["database"] == "ok", "a backup was brought back"


@pytest.mark.slow
def test_damage_that_somebody_meets_is_known_before_anybody_looks(tmp_path: Path) -> None:
    data = new_data(tmp_path / "data")
    with in_thread(data) as served:
        http = served.nobody().http
        put = Shelf(served).lesson(LessonState.PUBLISHED)
        damage(data / "weike.sqlite", "catalog_lesson")
        served.ports.db.engine.dispose()
        assert http.get(f"/api/v1/lessons/{put.lesson}").status_code == 503
        assert http.get("/readyz").json()["database"] == "damaged"
        assert served.ports.integrity.last() is not None
        assert is_time(served.ports.integrity.last(), utc_now, timedelta(hours=24)), "it is looked at at once"


@pytest.mark.parametrize("how", ["emptied", "half", "other", "gone"])
def test_a_file_that_is_no_database_any_more(tmp_path: Path, how: str) -> None:
    file = new_data(tmp_path / "data") / "weike.sqlite"
    assert check_sqlite(file, utc_now, 60).well
    data = file.read_bytes()
    file.unlink()
    if how != "gone":
        file.write_bytes({"emptied": b"", "half": data[: len(data) // 2], "other": b"x" * len(data)}[how])
    found = check_sqlite(file, utc_now, 60)
    assert found.faults
    assert found.complete


@pytest.mark.slow
def test_a_look_ends_in_its_time(tmp_path: Path) -> None:
    file = tmp_path / "large.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (randomblob(?))", [(9000,)] * 20000)
        connection.commit()
    found = check_sqlite(file, utc_now, -1.0)
    assert (found.complete, found.well) == (False, True)
    assert not check_sqlite(file, utc_now, 60, lambda: True).complete
    assert check_sqlite(file, utc_now, 60).complete


def test_what_was_found_is_kept_and_a_broken_note_is_none(tmp_path: Path) -> None:
    kept = tmp_path / "check.json"
    db = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    looks = Integrity(db, tmp_path / "a.sqlite", kept, utc_now)
    assert looks.last() is None
    found = looks.check(10)
    assert not found.well
    assert looks.last() == found
    for broken in ("", "[]", "{}", '{"at": 5}', '{"at": "x", "faults": []}'):
        kept.write_text(broken)
        assert looks.last() is None, broken
    db.close()


def test_when_it_is_time_to_look_again() -> None:
    clock, day = MovableClock(), timedelta(hours=24)
    assert is_time(None, clock, day)
    well, ill = Checked(clock(), 0.1), Checked(clock(), 0.1, ("page 7",))
    assert not is_time(well, clock, day)
    clock.forward(minutes=11)
    assert not is_time(well, clock, day)
    assert is_time(ill, clock, day)
    clock.forward(hours=24)
    assert is_time(well, clock, day)
    assert is_time(well, lambda: well.at - day, day), "a clock that was set back"


@pytest.mark.postgres
@pytest.mark.slow
def test_postgresql_says_what_it_knows_and_its_absence_is_no_500(postgres_url: str) -> None:
    db = open_database(postgres_url)
    try:
        found = check_postgresql(db, utc_now)
        assert found.well
        assert sqlite_file(postgres_url) is None
    finally:
        db.close()
    away = open_database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    try:
        with pytest.raises(DBAPIError) as caught, away.read() as session:
            session.connection()
        assert trouble_of(caught.value) is Trouble.AWAY
    finally:
        away.close()
