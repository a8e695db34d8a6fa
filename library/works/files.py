"""Files of lessons: their rows. By then what they are has been looked at, and their bytes are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Viewer
from library.works.formats import CERTIFICATES, FileFormat
from library.works.rules import MOST_MATERIALS
from library.works.tables import GoneFile, Honour, LessonFile


@dataclass(frozen=True)
class Stored:
    """A file that lies in the store under `id`."""

    id: str
    name: str
    format: FileFormat
    size_bytes: int
    sha256: str
    pages: int = 0
    drawn: int = 0


def check_room(session: Session, viewer: Viewer, lesson_id: str) -> None:
    """Raise NotFound, Forbidden, and Invalid("too_many") where a lesson can have no further material."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    its = (LessonFile.lesson_id == lesson.id, LessonFile.honour_id.is_(None))
    count = session.scalar(select(func.count()).select_from(LessonFile).where(*its)) or 0
    if count >= MOST_MATERIALS:
        raise Invalid("too_many", field="file", most=MOST_MATERIALS, count=count + 1)


def add_material(
    session: Session, viewer: Viewer, lesson_id: str, stored: Stored, now: datetime
) -> LessonFile:
    """Let a file belong to a lesson; raises what `check_room` raises, Conflict("material_again")."""
    check_room(session, viewer, lesson_id)
    its = (LessonFile.lesson_id == lesson_id, LessonFile.honour_id.is_(None))
    if session.scalar(select(LessonFile.id).where(*its, LessonFile.sha256 == stored.sha256)) is not None:
        raise Conflict("material_again", field="file")
    audit.note(session, Deed.MATERIAL, viewer.writer_id, thing=lesson_id, what="added")
    return _add(session, viewer, lesson_id, stored, None, now)


def check_certificate(found: FileFormat) -> None:
    """Raise Invalid("certificate_type") for what is neither a picture nor a PDF."""
    if found not in CERTIFICATES:
        raise Invalid("certificate_type", field="file")


def add_certificate(session: Session, viewer: Viewer, honour: Honour, stored: Stored, now: datetime) -> None:
    """Let a file be the certificate of an honour that the viewer has just given."""
    check_certificate(stored.format)
    _add(session, viewer, honour.lesson_id, stored, honour.id, now)


def _add(
    session: Session, viewer: Viewer, lesson_id: str, stored: Stored, honour_id: str | None, now: datetime
) -> LessonFile:
    row = LessonFile(
        id=stored.id,
        lesson_id=lesson_id,
        honour_id=honour_id,
        name=stored.name,
        format=stored.format,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        pages=stored.pages,
        drawn=stored.drawn,
        added_at=now,
        added_by=viewer.writer_id,
    )
    session.add(row)
    session.flush()
    return row


def let_go(session: Session, row: LessonFile, now: datetime) -> None:
    """Take a file's row away and note that its bytes may go."""
    session.add(GoneFile(id=row.id, gone_at=now))
    session.delete(row)
    session.flush()


def remove_material(session: Session, viewer: Viewer, lesson_id: str, file_id: str, now: datetime) -> None:
    """Take a material from a lesson; its bytes are swept later. Raises NotFound, Forbidden."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    row = session.get(LessonFile, file_id)
    if row is None or row.lesson_id != lesson.id or row.honour_id is not None:
        raise NotFound
    let_go(session, row, now)
    audit.note(session, Deed.MATERIAL, viewer.writer_id, thing=lesson.id, what="removed")
