"""Backups: of one moment while others write, shared, whole or not there, and brought back elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import obstore
import pytest
from sqlalchemy import insert, select, text, update

from library.catalog.tables import Clip, Lesson
from library.core.clock import utc_now
from library.core.database import open_database
from library.core.ids import new_id
from library.intake.files.objects import clip_prefix, original_key
from library.intake.files.stored_names import needed
from library.intake.tables import Original, Recording
from server.background.backing_up import restore_test_of
from server.keeping.errors import KeepingFailed
from server.keeping.shelf import Shelf
from server.settings import Settings
from tests.server.commands.conftest import ROOT
from tests.server.keeping.conftest import Library, NewLibrary
from tests.support.full_library import ROWS, files_of, rows_of

pytestmark = [pytest.mark.slow, pytest.mark.dear(78)]


def pool(folder: Path) -> set[str]:
    """The hashes of the files on a shelf."""
    return {file.name for file in (folder / "objects").rglob("*") if file.is_file()}


def unique(library: Library) -> set[str]:
    """The hashes of a library's objects."""
    return {hashlib.sha256(data).hexdigest() for data in files_of(library.store).values()}


def test_what_was_backed_up_is_brought_back_row_by_row_and_file_by_file(
    full: NewLibrary, place: NewLibrary, kind: str, tmp_path: Path
) -> None:
    library, shelf = full(kind), tmp_path / "backups"
    with library.open() as db:
        before, files = rows_of(db), files_of(library.store)
    with library.backing_up(shelf) as maker:
        made = maker.make()
    facts = made.backup.facts
    assert facts["database"]["kind"] == ("sqlite" if kind == "sqlite" else "postgresql")
    assert (facts["missing"], facts["damaged"]) == ([], [])
    assert pool(shelf) == unique(library), "each file once"
    private = [path for path in shelf.rglob("*") if path.stat().st_mode & 0o077]
    assert private == [], "nobody but the owner reads it"

    elsewhere = place(kind)
    done = elsewhere.restore(shelf).run()
    assert (done.missing, done.damaged, done.put_away) == ((), (), "")
    with elsewhere.open() as db:
        assert rows_of(db) == before
    assert files_of(elsewhere.store) == files
    for name in ("secret", "media_secret"):
        assert (elsewhere.data / name).read_text() == (library.data / name).read_text()
        assert (elsewhere.data / name).stat().st_mode & 0o777 == 0o600
    tried = restore_test_of(elsewhere.settings, utc_now, shelf).run()
    assert (tried.faults, tried.revision) == ({}, facts["database"]["revision"])


def test_what_has_not_changed_is_neither_copied_nor_kept_twice(full: NewLibrary, tmp_path: Path) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        first = maker.make().backup
        objects = {path: path.stat().st_ino for path in (shelf / "objects").rglob("*")}
        # Whoever read an unchanged file again would fail on it.
        root = library.data / "objects"
        second = maker.make().backup
        assert second.facts["copied"] == {"files": 0, "size_bytes": 0}
        assert {path: path.stat().st_ino for path in (shelf / "objects").rglob("*")} == objects
        assert second.database.stat().st_ino == first.database.stat().st_ino, "an unchanged database, too"
        obstore.put(library.store, "clips/new/plan/master.m3u8", b"#EXTM3U")
        (root / "storyboards/r/sheet-1.jpg").write_bytes(b"other bytes of a file that changed")
        assert maker.make().backup.facts["copied"]["files"] == 2
    # A file that the disk of the backups has lost is copied again by the next.
    lost = next(path for path in sorted(objects) if path.is_file())
    lost.unlink()
    with library.backing_up(shelf) as maker:
        assert maker.make().backup.facts["copied"]["files"] >= 1
    assert lost.exists()


def test_older_backups_go_with_the_files_that_only_they_held(full: NewLibrary, tmp_path: Path) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        for n in range(4):
            obstore.put(library.store, f"clips/passing/{n}/master.m3u8", f"plan {n}".encode())
            if n:
                obstore.delete(library.store, f"clips/passing/{n - 1}/master.m3u8")
            made = maker.make(keep=2)
            # Others are read while it is thought of taking them away.
    assert len(made.removed) == 1
    held = [backup.name for backup in Shelf(shelf).backups()]
    assert len(held) == 2
    gone = {hashlib.sha256(f"plan {n}".encode()).hexdigest() for n in range(2)}
    assert not pool(shelf) & gone
    assert pool(shelf) == unique(library) | {hashlib.sha256(b"plan 2").hexdigest()}


def test_a_backup_that_is_being_read_is_not_taken_away(full: NewLibrary, tmp_path: Path) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        first = maker.make().backup
        with first.held():
            assert maker.make(keep=1).removed == ()
        assert first.name in maker.make(keep=1).removed


def test_under_load_every_row_of_a_backup_has_its_files(
    full: NewLibrary, place: NewLibrary, kind: str, tmp_path: Path
) -> None:
    """Recordings come in, clips are published, lessons' files are swept, while backups are made."""
    library, shelf = full(kind), tmp_path / "backups"
    ended, published = threading.Event(), []
    db = open_database(library.settings.database)
    with db.read() as session:
        lesson_id = session.query(Clip.lesson_id).first()[0]  # type: ignore[index]

    def publish() -> None:
        while not ended.is_set():
            clip = new_id()
            for name in ("480p/00001.m4s", "master.m3u8"):
                obstore.put(library.store, f"{clip_prefix(clip, 'plan')}/{name}", clip.encode() * 2000)
            with db.write() as session:
                session.add(
                    Clip(id=clip, lesson_id=lesson_id, start_s=0, end_s=1, plan="plan", reason="", sizes={})
                )
            published.append(clip)

    def sweep(_estimate: object) -> None:
        """In the worst moment: the rows are copied, the files are listed, and not one is copied."""
        clip = published.pop(0)
        with db.write() as session:
            session.delete(session.get(Clip, clip))
        for name in ("master.m3u8", "480p/00001.m4s"):
            obstore.delete(library.store, f"{clip_prefix(clip, 'plan')}/{name}")

    def receive() -> None:
        with db.read() as session:
            lesson = dict(session.execute(select(Lesson.__table__)).mappings().first() or {})
            recording = dict(session.execute(select(Recording.__table__)).mappings().first() or {})
        while not ended.is_set():
            upload, data, first = os.urandom(16).hex(), os.urandom(20_000), new_id()
            (library.settings.uploads_folder / upload).write_bytes(data)
            with db.write() as session:
                session.execute(insert(Lesson.__table__).values({**lesson, "id": first, "key": None}))
                values = {"upload_id": upload, "state": "waiting", "sha256": None, "size_bytes": len(data)}
                values |= {"id": first, "lesson_id": first}
                session.execute(insert(Recording.__table__).values({**recording, **values}))
            sha256 = hashlib.sha256(data).hexdigest()
            key = original_key(sha256)
            with db.write() as session:
                session.add(Original(sha256=sha256, key=key, size_bytes=len(data), created_at=utc_now()))
                session.flush()
                session.execute(update(Recording).where(Recording.id == first).values(sha256=sha256))
            obstore.put(library.store, key, data)
            (library.settings.uploads_folder / upload).unlink()

    threads = [threading.Thread(target=work) for work in (publish, receive)]
    for thread in threads:
        thread.start()
    while len(published) < 10:
        time.sleep(0.01)
    try:
        with library.backing_up(shelf) as maker:
            made = [maker.make(begins=sweep).backup for _ in range(4)]
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        db.close()
    assert len(published) > 20
    for backup in made:
        assert (backup.facts["missing"], backup.facts["damaged"]) == ([], [])
        elsewhere = place(kind)
        done = elsewhere.restore(shelf).run(backup.name)
        assert (done.backup.name, done.missing, done.damaged) == (backup.name, (), ())
        there = {f"objects/{key}" for key in files_of(elsewhere.store)}
        there |= {f"uploads/{file.name}" for file in elsewhere.settings.uploads_folder.glob("*")}
        with elsewhere.open() as restored, restored.read() as session:
            lost = [names for names in needed(session) if not any(name in there for name in names)]
            tables = backup.facts["database"]["tables"]
            for name, rows in tables.items():
                assert session.scalar(text(f"SELECT count(*) FROM {name}")) == rows, name  # noqa: S608
        assert lost == []


def test_uploads_that_are_whole_are_in_it_and_those_that_arrive_are_not(
    full: NewLibrary, place: NewLibrary, tmp_path: Path
) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    uploads = library.settings.uploads_folder
    states = {"waiting": b"whole", "receiving": b"ha", "failed": b"whole, may be tried again"}
    with library.open() as db, db.write() as session:
        rows = session.query(Recording).filter(Recording.upload_id.is_not(None)).limit(4).all()
        for row, (state, data) in zip(rows, [*states.items(), ("receiving", b"not noted")], strict=False):
            row.state, row.sha256 = state, None  # type: ignore[assignment]
            row.size_bytes = 9
            (uploads / str(row.upload_id)).write_bytes(data)
            (uploads / f"{row.upload_id}.info").write_text("{}")
        kept = [str(row.upload_id) for row in (rows[0], rows[2], rows[3])]
        arriving = str(rows[1].upload_id)
    with library.backing_up(shelf) as maker:
        facts = maker.make().backup.facts
    assert facts["missing"] == []
    assert facts["arriving_uploads"] >= 1
    elsewhere = place("sqlite")
    elsewhere.restore(shelf).run()
    found = {file.name for file in elsewhere.settings.uploads_folder.iterdir()}
    assert found == {*kept, *(f"{upload}.info" for upload in kept)}
    assert arriving not in found


def test_what_the_library_itself_has_lost_is_said_and_the_rest_is_kept(
    full: NewLibrary, tmp_path: Path
) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    [master, *_] = sorted((library.data / "objects/clips").rglob("master.m3u8"))
    master.unlink()
    [rotten, *_] = sorted(path for path in (library.data / "objects/originals").rglob("*") if path.is_file())
    rotten.write_bytes(b"rotten")
    with library.backing_up(shelf) as maker:
        made = maker.make()
    assert made.backup.facts["missing"] == [str(master.relative_to(library.data))]
    assert made.backup.facts["damaged"] == [str(rotten.relative_to(library.data))]
    outcome = made.outcome(utc_now())
    assert (outcome.code, outcome.values["count"]) == ("library_lost_files", 2)


def test_a_full_disk_is_said_before_and_the_backups_of_before_are_there(
    full: NewLibrary, tmp_path: Path
) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        first = maker.make().backup
        with (library.data / "objects/huge").open("wb") as huge:
            huge.truncate(shutil.disk_usage(tmp_path).free)  # without taking any room
        with pytest.raises(KeepingFailed) as failed:
            maker.make()
    assert failed.value.code == "backup_no_room"
    assert failed.value.values["need_bytes"] >= failed.value.values["free_bytes"] - 2**20
    assert [backup.name for backup in Shelf(shelf).backups()] == [first.name]
    assert not Shelf(shelf).partial.exists()


def test_a_damaged_database_is_no_backup(full: NewLibrary, tmp_path: Path) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        first = maker.make().backup
    file = library.data / "weike.sqlite"
    with file.open("r+b") as opened:  # in the middle of what a table or an index holds
        for page in range(3, 40):
            opened.seek(page * 4096 + 8)
            opened.write(os.urandom(200))
    with library.backing_up(shelf) as maker, pytest.raises((KeepingFailed, sqlite3.DatabaseError)):
        maker.make()
    assert [backup.name for backup in Shelf(shelf).backups()] == [first.name]


def test_two_backups_at_once_are_one(full: NewLibrary, tmp_path: Path) -> None:
    library, shelf = full("sqlite"), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        maker.make()
        with Shelf(shelf).writing(), pytest.raises(KeepingFailed) as failed:
            maker.make()
    assert failed.value.code == "backup_busy"


def test_a_folder_with_other_things_in_it_is_left_alone(full: NewLibrary, tmp_path: Path) -> None:
    shelf = tmp_path / "photos"
    shelf.mkdir()
    (shelf / "family.jpg").touch()
    with full("sqlite").backing_up(shelf) as maker, pytest.raises(KeepingFailed) as failed:
        maker.make()
    assert failed.value.code == "no_backup_folder"
    assert [file.name for file in shelf.iterdir()] == ["family.jpg"]


def command(library: Library, *arguments: object) -> subprocess.Popen[bytes]:
    """A command on a library, as a program of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WEIKE_")}
    settings = library.settings
    environment |= {"WEIKE_DATA": str(library.data), "WEIKE_DATABASE_URL": settings.database_url}
    environment |= {"WEIKE_STORE_URL": settings.store_url}
    environment |= {"WEIKE_STORE_OPTIONS": json.dumps(settings.store_options)}
    if settings.postgres_tools:
        environment["WEIKE_POSTGRES_TOOLS"] = str(settings.postgres_tools)
    words = [sys.executable, "-m", "server.cli", *map(str, arguments)]
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def kill_when(child: subprocess.Popen[bytes], there: Any, within_s: float = 60.0) -> None:
    """Kill a process (SIGKILL) in the moment in which `there()` is true."""
    end = time.monotonic() + within_s
    while not there():
        assert child.poll() is None, child.communicate()[1].decode()
        assert time.monotonic() < end
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.wait()
    for pipe in (child.stdout, child.stderr):
        assert pipe is not None
        pipe.close()


def test_killed_in_the_middle_it_leaves_the_backups_of_before(
    full: NewLibrary, place: NewLibrary, kind: str, tmp_path: Path
) -> None:
    library, shelf = full(kind), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        first = maker.make().backup
    before = pool(shelf)
    for n in range(40):
        obstore.put(library.store, f"clips/much/{n}/master.m3u8", os.urandom(2_000_000))
    kill_when(command(library, "backup", shelf), lambda: len(pool(shelf)) > len(before) + 3)
    assert [backup.name for backup in Shelf(shelf).backups()] == [first.name]
    assert Shelf(shelf).partial.exists()
    obstore.delete(library.store, [f"clips/much/{n}/master.m3u8" for n in range(40)])
    assert place(kind).restore(shelf).run().backup.name == first.name
    with library.backing_up(shelf) as maker:
        maker.make(keep=5)
    assert not Shelf(shelf).partial.exists()
    assert pool(shelf) == unique(library), "what nobody holds is gone"


def test_through_s3_and_back(full: NewLibrary, place: NewLibrary, s3_server: Any, tmp_path: Path) -> None:
    options = s3_server.options()

    def bucket() -> dict[str, Any]:
        return {"store_url": f"s3://{s3_server.create_bucket()}/some/where", "store_options": options}

    library, shelf = full("sqlite", **bucket()), tmp_path / "backups"
    with library.backing_up(shelf) as maker:
        made = maker.make().backup
        assert made.facts["missing"] == []
        assert maker.make().backup.facts["copied"]["files"] == 0
    elsewhere = place("sqlite", **bucket())
    assert elsewhere.restore(shelf).run().missing == ()
    assert files_of(elsewhere.store) == files_of(library.store)


@pytest.mark.postgres
def test_a_pg_dump_that_is_older_than_the_server_is_said_before(
    full: NewLibrary, tmp_path: Path, postgres_url: str
) -> None:
    library = full("postgres")
    old = tmp_path / "old"
    old.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (old / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        (old / name).chmod(0o755)
    for folder, code in ((old, "pg_tools_old"), (tmp_path / "nothing", "pg_tools_missing")):
        with library.backing_up(tmp_path / "backups") as maker:
            maker.postgres_folder = folder
            with pytest.raises(KeepingFailed) as failed:
                maker.make()
        assert failed.value.code == code
        assert failed.value.values["server"] >= 15
    assert Shelf(tmp_path / "backups").backups() == []


def test_the_tables_of_an_older_version_are_backed_up_as_they_are(full: NewLibrary, tmp_path: Path) -> None:
    from alembic import command as alembic

    from server import migrate

    library = full("sqlite")
    with library.open() as db, migrate._alone(db) as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        alembic.downgrade(config, "0008")
    with library.backing_up(tmp_path / "backups") as maker:
        facts = maker.make().backup.facts
    assert (facts["database"]["revision"], facts["missing"]) == ("0008", [])
    assert facts["database"]["tables"]["catalog_lesson"] == ROWS
    tried = restore_test_of(library.settings, utc_now, tmp_path / "backups").run()
    assert (tried.faults, tried.revision) == ({}, migrate.newest())


def test_settings_name_the_folder_by_its_absolute_path() -> None:
    chosen = Settings(backup_to=Path("backups"), _env_file=None)  # type: ignore[call-arg]
    assert chosen.backup_to == Path.cwd() / "backups"
