"""Taking in a recording that lies on this machine, for the command line: copied, hashed, known, waiting.

The owner's file is only read. The copy lies where uploads lie, and from there the pipeline is the same as for
the web. Until its transaction is committed the copy is held by a lock, so that the next run can tell what a
killed one left behind from what another is just writing.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import obstore
from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Invalid
from library.intake import actions, queries
from library.intake.arriving.unfinished_uploads import promised
from library.intake.files import objects
from library.intake.rules import Limits, RecordingState, check_upload
from library.intake.tables import Recording
from transcode.errors import Failed, Refused
from transcode.reading.sniff import sniff_file

_PREFIX = "local-"  # tus names its uploads otherwise, so that nothing here ever touches one
_FURTHEST = (
    RecordingState.READY,
    RecordingState.WORKING,
    RecordingState.WAITING,
    RecordingState.FAILED,
)
_CLONE = 0x40049409  # ioctl FICLONE, linux/fs.h: share the blocks until one side changes (btrfs, XFS)


@dataclass(frozen=True)
class Copied:
    """A file's copy among the uploads. `name` is what its owner calls it."""

    upload_id: str
    name: str
    size_bytes: int
    sha256: str


def check_file(db: Database, file: Path, uploads: Path, limits: Limits, field: str = "file") -> None:
    """Raise Invalid or TooLarge when `file` cannot be a recording: no file, empty, wrong kind, no room.

    Its kind is what its first bytes are, whatever its name.
    """
    if file.is_dir():
        raise Invalid("is_folder", field=field, found=file.name)
    if not file.is_file():
        raise Invalid("file_missing", field=field, found=str(file))
    with db.read() as session:
        free = max(0, shutil.disk_usage(uploads).free - promised(session, uploads))
    check_upload(file.name, file.stat().st_size, 0, free, limits)
    try:
        sniff_file(file)
    except Refused as refused:
        raise Invalid(refused.code, field=field, **refused.details) from refused


@contextmanager
def copied(file: Path, uploads: Path, on_progress: Callable[[int], None] | None = None) -> Iterator[Copied]:
    """Copy `file` among the uploads for the time of the block; whoever begins a recording with it keeps it.

    `on_progress` gets the bytes done. Raises Failed("disk_full"), OSError; then nothing is left. When the
    block ends with an error, the copy is gone too.
    """
    upload_id = f"{_PREFIX}{uuid4().hex}"
    target = uploads / upload_id
    with target.open("wb") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        try:
            size_bytes, sha256 = _copy(file, out, on_progress)
            yield Copied(upload_id, file.name, size_bytes, sha256)
        except BaseException as error:
            target.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Failed("disk_full") from error
            raise


def drop(uploads: Path, copy: Copied) -> None:
    """Take a copy away that nobody needs."""
    (uploads / copy.upload_id).unlink(missing_ok=True)


def _copy(file: Path, out: BinaryIO, on_progress: Callable[[int], None] | None) -> tuple[int, str]:
    digest, done = hashlib.sha256(), 0
    with file.open("rb") as source:
        cloned = False
        with suppress(OSError):  # another file system, or one that cannot share blocks
            fcntl.ioctl(out.fileno(), _CLONE, source.fileno())
            cloned = True
        while chunk := source.read(objects.CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            if not cloned:
                out.write(chunk)
            if on_progress is not None:
                on_progress(done)
    out.flush()
    os.fsync(out.fileno())
    return done, digest.hexdigest()


def remove_leftovers(db: Database, uploads: Path) -> None:
    """Take away the copies that killed runs left: held by nobody and belonging to no recording."""
    for file in uploads.glob(f"{_PREFIX}*"):
        with suppress(OSError), file.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with db.read() as session:
                known = queries.recording_by_upload(session, file.name) is not None
            if not known:
                file.unlink(missing_ok=True)


def same_bytes(session: Session, sha256: str) -> Recording | None:
    """Return the recording made of these bytes that is furthest, None when there is none of use."""
    rows = session.scalars(
        select(Recording)
        .where(Recording.sha256 == sha256, Recording.state.in_(_FURTHEST))
        .order_by(Recording.created_at)
    ).all()
    return min(rows, key=lambda recording: _FURTHEST.index(recording.state), default=None)


def attach(session: Session, lesson: Lesson, copy: Copied, now: datetime) -> Recording:
    """Give a lesson the copied recording; the pipeline may begin once this is committed.

    Raises Conflict("lesson_has_recording"). That it is a twin of another lesson is taken as meant: the caller
    has asked.
    """
    recording = actions.begin(
        session,
        lesson,
        upload_id=copy.upload_id,
        file_name=copy.name.encode("utf-8", "replace").decode(),
        size_bytes=copy.size_bytes,
        person_id=None,
        now=now,
    )
    actions.accept_twin(recording)
    # Linked now: hashed once, and two runs with one file see each other.
    actions.take_in(session, recording, copy.sha256, objects.original_key(copy.sha256), now)
    actions.received(session, recording)
    return recording


def once_more(db: Database, work: Callable[[Session], str]) -> str:
    """Do `work` in a transaction, again when another run linked the same bytes in the same moment."""
    try:
        with db.write() as session:
            return work(session)
    except IntegrityError:
        with db.write() as session:
            return work(session)


def forget(db: Database, store: ObjectStore, lesson_id: str, now: datetime) -> None:
    """Take a refused lesson away, and its original when no other lesson is made of it."""
    with db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        clips = [clip.id for clip in lesson.every_clip]
        key = actions.drop_lesson(session, lesson, now)
    for clip_id in clips:
        objects.delete_prefix(store, f"clips/{clip_id}")
    if key is not None:
        # Refused bytes are refused again, so an upload of the same file in this very moment loses nothing.
        with suppress(FileNotFoundError):
            obstore.delete(store, key)
