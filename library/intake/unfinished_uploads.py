"""Uploads that are still arriving: how much of one is here, and what a crash or a change of mind left.

The bytes of an upload lie in the folder of uploads under its id; beside them lies a small file with the
facts that the upload's protocol keeps, `<id>.info`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from library.core.database import Database
from library.intake import actions, queries
from library.intake.rules import RecordingState

DAYS_KEPT = 7
_STRAY_AFTER = timedelta(hours=1)
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")


def received_bytes(uploads: Path, upload_id: str | None) -> int:
    """Return how much of an upload is on disk."""
    file = uploads / str(upload_id)
    return file.stat().st_size if upload_id and file.is_file() else 0


def note_received(db: Database, upload_id: str) -> None:
    """Note that all bytes of an upload are here, so that the pipeline may begin."""
    with db.write() as session:
        recording = queries.recording_by_upload(session, upload_id)
        if recording is not None:
            actions.received(session, recording)


def mend(db: Database, uploads: Path, now: datetime) -> None:
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
        file = uploads / upload_id
        if received_bytes(uploads, upload_id) >= size_bytes > 0:
            note_received(db, upload_id)
            continue
        touched = (
            datetime.fromtimestamp(file.stat().st_mtime, tz=now.tzinfo) if file.is_file() else created_at
        )
        if now - touched > timedelta(days=DAYS_KEPT):
            with db.write() as session:
                recording = queries.recording_by_upload(session, upload_id)
                if recording is not None:
                    actions.give_up(session, recording, now)
            for left in (file, file.with_name(f"{upload_id}.info")):
                left.unlink(missing_ok=True)
    _remove_strays(db, uploads, now)


def _remove_strays(db: Database, uploads: Path, now: datetime) -> None:
    """Take away the bytes of uploads that the database no longer knows: replaced, or their lesson deleted."""
    for file in uploads.iterdir():
        upload_id = file.name.removesuffix(".tmp").removesuffix(".info")
        if _UPLOAD_ID.fullmatch(upload_id) is None:
            continue
        with suppress(FileNotFoundError):
            if now - datetime.fromtimestamp(file.stat().st_mtime, tz=now.tzinfo) < _STRAY_AFTER:
                continue
            with db.read() as session:
                recording = queries.recording_by_upload(session, upload_id)
            if recording is None or recording.state is RecordingState.READY:
                file.unlink()
