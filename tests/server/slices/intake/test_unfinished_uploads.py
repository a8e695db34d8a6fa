"""What a crash or a change of mind leaves among the uploads is mended, and nothing else is touched."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from library.core.clock import utc_now
from library.intake import queries
from library.intake.arriving.unfinished_uploads import DAYS_KEPT, kept_until, last_day, mend
from server.background.upload_mending import UploadMendingThread
from tests.server.conftest import Shelf
from tests.support.client import TUS
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


@pytest.mark.slow
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
    make_old(old, timedelta(days=DAYS_KEPT + 1, hours=1))
    mend(served.ports.db, served.ports.uploads, utc_now())
    assert (state(served, recent), recent.exists()) == ("receiving", True)
    assert (state(served, old), old.exists()) == (None, False)


def test_the_last_day_is_a_whole_one() -> None:
    """In China it is the 23rd already; seven days later is the 30th, whatever the hour."""
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert last_day(late, 7) == date(2026, 11, 30)
    assert kept_until(late, 7) == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert kept_until(late + timedelta(hours=23), 7) == kept_until(late, 7)


def test_a_slow_upload_expired_a_week_after_its_first_byte(served: Served, shelf: Shelf) -> None:
    """Whatever tuspyserver once wrote down: it goes on as long as it is kept, and is told so."""
    path = shelf.upload()
    file = place(served, path)
    beside = file.with_name(f"{file.name}.info")
    facts = json.loads(beside.read_text())
    facts["expires"] = "Mon, 02 Jan 2006 15:04:05 GMT"
    beside.write_text(json.dumps(facts))
    make_old(file, timedelta(days=DAYS_KEPT - 1))
    lecturer = served.person("lecturer")
    assert lecturer.offset(path) == 1
    answer = lecturer.send_chunk(path, b"1234", 1)
    assert answer.status_code == 204
    ends = parsedate_to_datetime(answer.headers["Upload-Expires"])
    assert ends > utc_now() + timedelta(days=DAYS_KEPT - 1)
    assert lecturer.offset(path) == 5
    make_old(file, timedelta(days=DAYS_KEPT + 1, hours=1))
    assert lecturer.http.head(path, headers=TUS).status_code == 410, "also before it is taken away"


def test_an_upload_that_is_written_in_this_moment_is_not_given_up(served: Served, shelf: Shelf) -> None:
    """Somebody has come back on the last day; not a byte of theirs is here yet."""
    file = place(served, shelf.upload())
    make_old(file, timedelta(days=DAYS_KEPT + 1, hours=1))
    with file.open("r+b") as written:
        fcntl.flock(written, fcntl.LOCK_EX)
        mend(served.ports.db, served.ports.uploads, utc_now())
        assert (state(served, file), file.exists()) == ("receiving", True)
    mend(served.ports.db, served.ports.uploads, utc_now())
    assert (state(served, file), file.exists()) == (None, False)


@pytest.mark.slow
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


@pytest.mark.slow
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
