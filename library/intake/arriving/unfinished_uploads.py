"""Uploads that are still arriving: how much of one is here, and what a crash or a change of mind left.

The bytes of an upload lie in the folder of uploads under its id; beside them lies a small file with the
facts that the upload's protocol keeps, `<id>.info`.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from library.core.clock import local_day, midnight
from library.core.database import Database
from library.intake import actions, queries
from library.intake.rules import RecordingState, promised_bytes
from library.intake.tables import Recording

DAYS_KEPT = 7
_STRAY_AFTER = timedelta(hours=1)
_NUMBERS_KEPT = timedelta(days=2)
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")

log = structlog.get_logger()


def received_bytes(uploads: Path, upload_id: str | None) -> int:
    """Return how much of an upload is on disk."""
    file = uploads / str(upload_id)
    return file.stat().st_size if upload_id and file.is_file() else 0


def claim_of(file: Path) -> Path:
    """Return the file beside an upload in which the request that writes it, or is about to, names itself."""
    return file.with_name(f"{file.name}.claim")


def note_received(db: Database, upload_id: str) -> None:
    """Note that all bytes of an upload are here, so that the pipeline may begin."""
    with db.write() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is not None:
            actions.received(session, recording)


def promised(session: Session, uploads: Path, replaced: Recording | None = None) -> int:
    """Return how many free bytes of the disk belong to recordings already; `replaced` is one that goes away.

    What is missing of open uploads is among them: many that fit one by one may not fit together.
    """
    gone = replaced.upload_id if replaced is not None else None
    found = [
        (size_bytes, received_bytes(uploads, upload_id))
        for upload_id, size_bytes in queries.open_uploads(session)
        if upload_id != gone
    ]
    return promised_bytes(found, queries.waiting_bytes(session))


def mend(db: Database, uploads: Path, now: datetime, days_kept: int = DAYS_KEPT) -> None:
    """Mend what a crash left: uploads that are whole but not noted, and those nobody came back to.

    A process killed between the last byte and the database's commit leaves a whole file that the browser
    believes delivered.
    """
    with db.read() as session:
        open_ones = [
            (r.upload_id, r.size_bytes, r.created_at)
            for r in queries.in_state(session, RecordingState.RECEIVING)
        ]
    for upload_id, size_bytes, created_at in open_ones:
        if upload_id is None:
            continue
        if received_bytes(uploads, upload_id) >= size_bytes > 0:
            note_received(db, upload_id)
        elif now >= kept_until(touched_at(uploads, upload_id, created_at), days_kept):
            _give_up(db, uploads, upload_id, created_at, now, days_kept)
    _remove_strays(db, uploads, now)
    with db.read() as session:
        old = queries.has_begun_before(session, now - _NUMBERS_KEPT)
    if old:
        with db.write() as session:
            actions.forget_begun(session, now - _NUMBERS_KEPT)


def touched_at(uploads: Path, upload_id: str, created_at: datetime) -> datetime:
    """Return when something of an upload last came; when it was begun, before its first byte."""
    file = uploads / upload_id
    return (
        datetime.fromtimestamp(file.stat().st_mtime, tz=created_at.tzinfo) if file.is_file() else created_at
    )


def last_day(touched: datetime, days_kept: int) -> date:
    """Return the day on which an upload still goes on of which something last came at `touched`."""
    return local_day(touched) + timedelta(days=days_kept)


def kept_until(touched: datetime, days_kept: int) -> datetime:
    """Return when an upload is given up of which something last came at `touched`: after its last day.

    Days are counted from the last byte and not from the first, and the last is a whole one: people are told a
    day, and whoever comes back on it finds the upload.
    """
    return midnight(last_day(touched, days_kept) + timedelta(days=1))


def _give_up(
    db: Database, uploads: Path, upload_id: str, created_at: datetime, now: datetime, days_kept: int
) -> None:
    """Forget an upload that nobody came back to, and take its bytes away; one that somebody writes stays."""
    file = uploads / upload_id
    with _alone(file) as alone:
        # Asked again now that nobody writes: somebody may have come back in this moment.
        if alone and now >= kept_until(touched_at(uploads, upload_id, created_at), days_kept):
            _forget(db, uploads, upload_id, now)
            for left in (file, file.with_name(f"{upload_id}.info"), claim_of(file)):
                left.unlink(missing_ok=True)


@contextmanager
def _alone(file: Path) -> Iterator[bool]:
    """Hold the lock of an upload that requests hold while they write it; False when one does."""
    try:
        opened = file.open("rb")
    except FileNotFoundError:  # not one byte has come
        yield True
        return
    with opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _forget(db: Database, uploads: Path, upload_id: str, now: datetime) -> None:
    received = received_bytes(uploads, upload_id)
    with db.write() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is not None:
            log.warning(
                "an upload was given up, because nobody came back to it",
                lesson=recording.lesson_id,
                received_bytes=received,
                size_bytes=recording.size_bytes,
            )
            actions.note_ended(session, upload_id, received)
            actions.give_up(session, recording, now)


def _remove_strays(db: Database, uploads: Path, now: datetime) -> None:
    """Take away the bytes of uploads that the database no longer knows: replaced, or their lesson deleted."""
    for file in uploads.iterdir():
        upload_id = file.name.removesuffix(".tmp").removesuffix(".info").removesuffix(".claim")
        if _UPLOAD_ID.fullmatch(upload_id) is None:
            continue
        with suppress(FileNotFoundError):
            if now - datetime.fromtimestamp(file.stat().st_mtime, tz=now.tzinfo) < _STRAY_AFTER:
                continue
            with db.read() as session:
                recording = queries.recording_by_upload(session, upload_id)
            if recording is None or recording.state is RecordingState.READY:
                file.unlink()
