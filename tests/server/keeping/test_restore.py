"""Bringing back: never over somebody, never half, never something else than was kept."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path

import obstore
import pytest
from sqlalchemy import text

from library.audit.rules import Deed
from library.core.clock import utc_now
from library.core.database import open_database
from server import migrate
from server.background.backing_up import restore_test_of
from server.keeping import restore
from server.keeping.errors import KeepingFailed
from server.wiring import open_ports
from tests.server.keeping.conftest import Library, NewLibrary
from tests.server.keeping.test_backup import command, kill_when
from tests.support.databases import NOW, ORGANISATION
from tests.support.full_library import files_of, rows_of

pytestmark = [pytest.mark.slow, pytest.mark.dear(31)]


def backed_up(library: Library, folder: Path) -> str:
    """Make a backup; returns its name."""
    with library.backing_up(folder) as maker:
        return maker.make().backup.name


def refused(work: object, code: str) -> KeepingFailed:
    with pytest.raises(KeepingFailed) as failed:
        work()  # type: ignore[operator]
    assert failed.value.code == code
    return failed.value


def test_a_library_that_is_there_is_put_away_and_only_when_it_is_said(
    full: NewLibrary, kind: str, tmp_path: Path
) -> None:
    library, other, shelf = full(kind), full(kind), tmp_path / "backups"
    with library.open() as db, db.write() as session:
        session.execute(text("UPDATE catalog_lesson SET title = 'of the backup'"))
    with library.open() as db:
        before = rows_of(db)
    backed_up(library, shelf)
    with other.open() as db:
        others = rows_of(db)
    refused(lambda: other.restore(shelf).run(), "library_not_empty")
    with other.open() as db:
        assert rows_of(db) == others
    (other.settings.index_folder / "g000001").mkdir(parents=True)
    done = other.restore(shelf).run(replace=True)
    with other.open() as db:
        assert rows_of(db) == before
    assert not other.settings.index_folder.exists(), "it knows another library"
    away = Path(done.put_away)
    assert away.parent == other.data
    if kind == "sqlite":
        old = open_database(f"sqlite:///{away}")
        assert rows_of(old) == others
        old.close()
    else:
        assert away.read_bytes()[:5] == b"PGDMP"


def test_a_library_that_somebody_has_open_is_left_alone(full: NewLibrary, kind: str, tmp_path: Path) -> None:
    library, shelf = full(kind), tmp_path / "backups"
    backed_up(library, shelf)
    with library.open() as db, db.read() as session:
        session.execute(text("SELECT 1"))  # as a server that waits for the next request
        refused(lambda: library.restore(shelf).run(replace=True), "in_use")


def test_a_first_start_is_no_library_yet(
    full: NewLibrary, place: NewLibrary, kind: str, tmp_path: Path
) -> None:
    library, target, shelf = full(kind), place(kind), tmp_path / "backups"
    backed_up(library, shelf)
    target.data.mkdir(parents=True)
    with target.open() as db:
        migrate.prepare(db, ORGANISATION, NOW)
    target.restore(shelf).run()
    with library.open() as one, target.open() as other:
        assert rows_of(one) == rows_of(other)


@pytest.mark.postgres
def test_a_database_of_something_else_is_left_alone(
    full: NewLibrary, place: NewLibrary, tmp_path: Path
) -> None:
    library, target, shelf = full("postgres"), place("postgres"), tmp_path / "backups"
    backed_up(library, shelf)
    with target.open() as db, db.write() as session:
        session.execute(text("CREATE TABLE invoices (id int)"))
    refused(lambda: target.restore(shelf).run(replace=True), "no_library")
    with target.open() as db, db.read() as session:
        assert session.scalar(text("SELECT count(*) FROM invoices")) == 0
    sqlite = place("sqlite")
    refused(lambda: sqlite.restore(shelf).run(), "other_database")


def test_what_the_backup_disk_has_lost_or_damaged_is_named_and_the_rest_comes_back(
    full: NewLibrary, place: NewLibrary, tmp_path: Path
) -> None:
    library, target, shelf = full("sqlite"), place("sqlite"), tmp_path / "backups"
    first = backed_up(library, shelf)
    obstore.put(library.store, "clips/a/plan/master.m3u8", b"#EXTM3U")
    obstore.put(library.store, "clips/b/plan/master.m3u8", b"#EXTM3U other")
    second = backed_up(library, shelf)
    pool = {file.read_bytes(): file for file in (shelf / "objects").rglob("*") if file.is_file()}
    pool[b"#EXTM3U"].unlink()
    pool[b"#EXTM3U other"].write_bytes(b"#EXTM3U 0ther")
    tried = restore_test_of(library.settings, utc_now, shelf).run()
    assert tried.faults == {
        "files_missing": ("objects/clips/a/plan/master.m3u8",),
        "files_damaged": ("objects/clips/b/plan/master.m3u8",),
    }
    assert restore_test_of(library.settings, utc_now, shelf).run(first).well
    done = target.restore(shelf).run()
    assert done.missing == ("objects/clips/a/plan/master.m3u8",)
    assert done.damaged == ("objects/clips/b/plan/master.m3u8",)
    there = files_of(target.store)
    assert set(there) == set(files_of(library.store)) - {
        "clips/a/plan/master.m3u8",
        "clips/b/plan/master.m3u8",
    }
    # A damaged database is refused before anything is written, and the backup before it is as good as ever.
    database = shelf / "backups" / second / "weike.sqlite"
    copy = database.read_bytes()
    database.unlink()  # it may be the file of the backup before, too
    database.write_bytes(copy[:5000] + b"x" + copy[5001:])
    fresh = place("sqlite")
    refused(lambda: fresh.restore(shelf).run(), "backup_damaged")
    assert not (fresh.data / "weike.sqlite").exists()
    assert fresh.restore(shelf).run(first).backup.name == first


def test_rows_that_point_nowhere_are_found_by_the_restore_test(full: NewLibrary, tmp_path: Path) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with sqlite3.connect(library.data / "weike.sqlite") as raw:
        raw.execute("DELETE FROM people_person")
    backed_up(library, shelf)
    assert "orphans" in restore_test_of(library.settings, utc_now, shelf).run().faults
    assert not (library.settings.work_folder / "restore-test").exists(), "nothing is kept"


def test_killed_in_the_middle_it_is_no_library_and_the_same_command_goes_on(
    full: NewLibrary, place: NewLibrary, kind: str, tmp_path: Path
) -> None:
    library, target, shelf = full(kind), place(kind), tmp_path / "backups"
    for n in range(40):
        obstore.put(library.store, f"clips/much/{n}/master.m3u8", os.urandom(2_000_000))
    backed_up(library, shelf)
    words = ("restore", shelf, "--into", target.data)
    objects = target.data / "objects/clips/much"
    kill_when(command(target, *words), lambda: len(list(objects.glob("*/master.m3u8"))) > 3)
    assert refused(lambda: open_ports(target.settings), "restore_unfinished").values["data"] == str(
        target.data
    )
    obstore.put(library.store, "clips/later/plan/master.m3u8", b"#EXTM3U")
    later = backed_up(library, shelf)
    refused(lambda: target.restore(shelf).run(later), "restore_other")
    child = command(target, *words, "--at", sorted((shelf / "backups").iterdir())[0].name)
    _, said = child.communicate(timeout=120)
    assert child.returncode == 0, said.decode()
    obstore.delete(library.store, "clips/later/plan/master.m3u8")
    with library.open() as one, target.open() as other:
        before, after = rows_of(one), rows_of(other)
    added = [row for row in after["audit_entry"] if row not in before["audit_entry"]]
    assert [Deed.RESTORED in row for row in added] == [True], "the command says in the ledger what it did"
    after["audit_entry"].remove(added[0])
    assert after == before
    assert files_of(target.store) == files_of(library.store)
    assert not list(target.data.rglob("*.partial"))
    open_ports(target.settings, all_now=False).close()


def test_every_function_that_migrations_make_goes_before_a_restore() -> None:
    """pg_restore makes them again, and stops where one is there: nothing came back after a first start."""
    made = set()
    for file in migrate.MIGRATIONS.glob("versions/*.py"):
        made |= set(re.findall(r"CREATE FUNCTION (\w+)\(", file.read_text("utf-8")))
    assert made == set(restore.FUNCTIONS)
