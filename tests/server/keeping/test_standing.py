"""The worker's backups and restore tests, and what is said of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from library.core.clock import local_day, midnight, utc_now
from server.background.backing_up import BackupThread, RestoreTestThread
from server.background.worker import Worker
from server.keeping import state
from server.keeping.errors import KeepingFailed
from server.keeping.shelf import Shelf
from server.keeping.standing import standings
from server.keeping.state import Outcome, State
from server.slices.system.sentences import SENTENCES
from server.wiring import open_ports
from tests.server.commands.conftest import Ran
from tests.server.keeping.conftest import Library, NewLibrary
from tests.server.keeping.test_backup import command

pytestmark = pytest.mark.dear(47)

_NOW = datetime(2026, 3, 5, 8, 30, tzinfo=UTC)
_EVERY, _TEST_EVERY = timedelta(minutes=4), timedelta(days=30)


def told(known: State, folder: Path | None) -> list[tuple[str, str, str]]:
    found = list(standings(known, folder, _EVERY, _TEST_EVERY, _NOW))
    assert all(one.code in SENTENCES for one in found)
    return [(one.name, one.status, one.code) for one in found]


def test_how_it_stands_is_told_from_what_was_done_last() -> None:
    folder = Path("/mnt/backup")
    fresh, old = Outcome(_NOW - timedelta(minutes=5), "b"), Outcome(_NOW - timedelta(minutes=13), "a")
    full = Outcome(_NOW, code="backup_no_room", values={"folder": "x", "need_bytes": 2, "free_bytes": 1})
    tried = Outcome(_NOW - timedelta(days=29), "a")
    assert told(State(), None) == [("backup", "warn", "backup_unset")]
    assert told(State(), folder)[0] == ("backup", "warn", "backup_never")
    assert told(State(fresh, fresh, tried), folder) == [
        ("backup", "ok", "backup_fine"),
        ("restore_test", "ok", "restore_test_fine"),
    ]
    assert told(State(old, old), folder) == [
        ("backup", "bad", "backup_late"),
        ("restore_test", "warn", "restore_test_never"),
    ]
    assert told(State(full, fresh), folder)[0] == ("backup", "bad", "backup_no_room")
    assert told(State(old, old), None)[0] == ("backup", "warn", "backup_by_hand")
    unfit = Outcome(_NOW, "b", "backup_unfit", {"count": 1, "first": "x"})
    assert told(State(fresh, fresh, unfit), folder)[1] == ("restore_test", "bad", "backup_unfit")


def thread(library: Library, folder: Path, db: Any, now: list[datetime]) -> BackupThread:
    return BackupThread(db, library.store, library.settings, lambda: now[0], folder)


@pytest.mark.slow
def test_the_worker_makes_one_when_it_is_time_and_tries_it_out(full: NewLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    library = full("sqlite", backup_to=folder, backup_keep=2)
    now = [midnight(local_day(utc_now()) - timedelta(days=1)) + timedelta(hours=12)]  # all on one day
    with library.open() as db:
        backing_up = thread(library, folder, db, now)
        trying = RestoreTestThread(library.settings, lambda: now[0], folder)
        trying.work()
        assert state.read(library.data) == State(), "there is nothing to try yet"
        for minutes in (0, 1, 3, 4, 8, 12):
            now[0] += timedelta(minutes=minutes)
            backing_up.work()
        assert len(Shelf(folder).backups()) == 2, "of the same day the newest two"
        trying.work()
        known = state.read(library.data)
        assert known.test is not None
        assert known.backup == known.good_backup
        assert (known.test.code, known.test.name) == ("", Shelf(folder).backups()[-1].name)
        last = known.test.at
        now[0] += timedelta(days=20)
        trying.work()
        assert state.read(library.data).test == known.test, "not yet"
        now[0] += timedelta(days=20)
        lost = next(path for path in (folder / "objects").rglob("*") if path.is_file())
        lost.unlink()
        trying.work()
        known = state.read(library.data)
        assert known.test is not None
        assert known.test.at > last
        assert known.test.code == "backup_unfit"


@pytest.mark.slow
def test_what_fails_is_noted_and_the_last_good_one_is_still_known(full: NewLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    library = full("sqlite", backup_to=folder)
    now = [utc_now()]
    with library.open() as db:
        backing_up = thread(library, folder, db, now)
        backing_up.work()
        good = state.read(library.data).good_backup
        folder.rename(tmp_path / "unplugged")
        folder.mkdir()
        (folder / "lost+found").mkdir()
        now[0] += timedelta(minutes=5)
        with pytest.raises(KeepingFailed):
            backing_up.work()
    known = state.read(library.data)
    assert known.backup is not None
    assert (known.backup.code, known.good_backup) == ("no_backup_folder", good)


@pytest.mark.slow
def test_only_a_worker_with_a_folder_makes_backups(full: NewLibrary, tmp_path: Path) -> None:
    for folder, threads in ((None, 0), (tmp_path / "backups", 3)):
        ports = open_ports(full("sqlite", backup_to=folder).settings, all_now=False)
        assert len(Worker(ports)._backing_up()) == threads
        ports.close()


def ran(library: Library, *arguments: object) -> Ran:
    child = command(library, *arguments)
    out, err = child.communicate(timeout=120)
    return Ran(child.returncode, out.decode(), err.decode())


@pytest.mark.slow
def test_the_commands_say_what_they_did_to_people_and_to_programs(
    full: NewLibrary, place: NewLibrary, tmp_path: Path
) -> None:
    library, target, folder = full("sqlite"), place("sqlite"), tmp_path / "backups"
    estimate = ran(library, "backup", folder, "--dry-run", "--json")
    assert estimate.code == 0, estimate.err
    assert estimate.json["size_bytes"] > 0
    assert ran(library, "backup").code == 2, "nobody said where"
    assert ran(library, "backup", library.data / "backups").code == 2, "inside of what is copied"
    made = ran(library, "backup", folder, "--keep", 3, "--json")
    assert made.code == 0, made.err
    assert set(made.json) >= {"name", "made_at", "seconds", "database", "manifest", "copied", "removed"}
    tried = ran(library, "restore", folder, "--test", "--json")
    assert (tried.code, tried.json["ok"], tried.json["faults"]) == (0, True, {})
    assert ran(library, "restore", folder).code == 2, "nobody said where to"
    assert ran(library, "restore", folder, "--into", target.data, "--at", "2001-01-01").code == 2
    assert not target.data.exists(), "what is refused leaves nothing"
    back = ran(library, "restore", folder, "--into", target.data, "--json")
    assert (back.code, back.json["missing"]) == (0, [])
    again = ran(library, "restore", folder, "--into", target.data)
    assert (again.code, again.out, again.err.count("\n")) == (2, "", 1)
    checks = {check["name"]: check for check in ran(library, "doctor", "--json").json["checks"]}
    assert checks["backup"]["status"] == "warn", "by hand"
    assert checks["restore_test"]["status"] == "ok"
    assert made.json["name"] in checks["restore_test"]["message"]
    original = next(path for path in (library.data / "objects/originals").rglob("*") if path.is_file())
    original.write_bytes(b"rotten")
    hurt = ran(library, "backup", folder, "--json")
    assert (hurt.code, json.loads(hurt.out)["damaged_count"]) == (1, 1)
