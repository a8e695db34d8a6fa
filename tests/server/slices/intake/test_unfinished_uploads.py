"""What a crash or a change of mind leaves among the uploads is mended, and nothing else is touched."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from library.core.clock import utc_now
from library.intake import queries
from library.intake.unfinished_uploads import DAYS_KEPT, mend
from server.background.upload_mending import UploadMendingThread
from tests.server.conftest import Shelf
from tests.support.server import Served


def place(served: Served, path: str) -> Path:
    """Where the bytes of an upload lie."""
    return served.data / "uploads" / path.rsplit("/", 1)[-1]


def state(served: Served, file: Path) -> str | None:
    """The state of the recording of an upload, None when there is none."""
    with served.ports.db.read() as session:
        found = queries.recording_by_upload(session, file.name)
        return found.state if found else None


def make_old(file: Path, age: timedelta) -> None:
    """Let a file be as old as `age`."""
    at = (utc_now() - age).timestamp()
    for its in (file, file.with_name(f"{file.name}.info")):
        os.utime(its, (at, at))


def test_a_whole_upload_whose_end_was_not_noted(served: Served, shelf: Shelf) -> None:
    file = place(served, shelf.upload())
    with file.open("ab") as stream:  # the last bytes were written, and then the process was killed
        stream.write(b"123456789")
    mend(served.ports.db, served.ports.uploads, utc_now())
    assert state(served, file) == "waiting"
    assert file.exists()


def test_an_upload_nobody_came_back_to(served: Served, shelf: Shelf) -> None:
    recent, old = place(served, shelf.upload()), place(served, shelf.upload())
    make_old(recent, timedelta(days=DAYS_KEPT - 1))
    make_old(old, timedelta(days=DAYS_KEPT, hours=1))
    mend(served.ports.db, served.ports.uploads, utc_now())
    assert (state(served, recent), recent.exists()) == ("receiving", True)
    assert (state(served, old), old.exists()) == (None, False)


def test_bytes_of_a_replaced_or_deleted_upload_stayed_for_ever(served: Served, shelf: Shelf) -> None:
    lecturer = served.person("lecturer")
    lesson_id = lecturer.new_lesson("重选文件")
    first = place(served, lecturer.begin_upload(lesson_id, "a.mp4", 10).headers["Location"])
    second = place(served, lecturer.begin_upload(lesson_id, "b.mp4", 10).headers["Location"])
    gone_lesson = lecturer.new_lesson("删掉的课")
    gone = place(served, lecturer.begin_upload(gone_lesson, "c.mp4", 10).headers["Location"])
    assert lecturer.api("DELETE", f"/lessons/{gone_lesson}").status_code == 204
    stranger = served.data / "uploads" / "somebody-elses-file"
    stranger.write_bytes(b"x")
    os.utime(stranger, (0, 0))
    mend(served.ports.db, served.ports.uploads, utc_now())
    assert first.exists(), "not at once: it might just be beginning"
    for file in (first, second, gone):
        make_old(file, timedelta(hours=2))
    mend(served.ports.db, served.ports.uploads, utc_now())
    assert not first.exists()
    assert not first.with_name(f"{first.name}.info").exists()
    assert not gone.exists()
    assert second.exists()
    assert stranger.exists()


def test_mending_ended_for_good_at_its_first_error(served: Served, shelf: Shelf) -> None:
    file = place(served, shelf.upload())
    with file.open("ab") as stream:
        stream.write(b"123456789")
    database = served.data / "weike.sqlite"

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
            connection.commit()

    rename("intake_recording", "away")
    mending = UploadMendingThread(served.ports.db, served.ports.uploads, utc_now, every_s=0.02)
    mending.start()
    try:
        time.sleep(0.3)
        rename("away", "intake_recording")
        until(lambda: state(served, file) == "waiting")
    finally:
        mending.stop()


def until(true: Callable[[], Any]) -> None:
    """Look until it is so, at most half a minute."""
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("never came")
