"""Files of lessons: their rows. By then what they are has been looked at, and their bytes are stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import actions as catalog_actions
from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Viewer
from library.works import taken
from library.works.formats import CERTIFICATES, FileFormat, WordsRead
from library.works.rules import MOST_MATERIALS, Shown
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
    words: str | None = None
    words_read: WordsRead | None = None


def check_room(session: Session, viewer: Viewer, lesson_id: str, leaving: int = 0) -> None:
    """Raise NotFound, Forbidden, and Invalid("too_many") where a lesson can have no further material once
    `leaving` of those it has are gone."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    its = (
        LessonFile.lesson_id == lesson.id,
        LessonFile.honour_id.is_(None),
        LessonFile.standing != Shown.KEPT,
    )
    count = (session.scalar(select(func.count()).select_from(LessonFile).where(*its)) or 0) - leaving
    if count >= MOST_MATERIALS:
        raise Invalid("too_many", field="file", most=MOST_MATERIALS, count=count + 1)


def same_material(session: Session, lesson_id: str, sha256: str) -> LessonFile | None:
    """Return the material of a lesson with these bytes, wherever it stands."""
    its = (LessonFile.lesson_id == lesson_id, LessonFile.honour_id.is_(None), LessonFile.sha256 == sha256)
    return session.scalars(select(LessonFile).where(*its)).first()


def was_taken_away(session: Session, lesson_id: str, sha256: str) -> bool:
    """Tell whether a lesson had a material with these bytes that somebody took from it since."""
    known = same_material(session, lesson_id, sha256)
    return known.standing is Shown.KEPT if known is not None else taken.was(session, lesson_id, sha256)


def add_material(
    session: Session,
    viewer: Viewer,
    lesson_id: str,
    stored: Stored,
    now: datetime,
    standing: Shown = Shown.SHOWN,
    leaving: int = 0,
) -> LessonFile:
    """Let a file belong to a lesson; raises what `check_room` raises, Conflict("material_again").

    One that is kept for old versions only is shown again: then what is returned has another id than `stored`,
    whose bytes nobody names.
    """
    check_room(session, viewer, lesson_id, leaving)
    known = same_material(session, lesson_id, stored.sha256)
    if known is not None and known.standing is not Shown.KEPT:
        raise Conflict("material_again", field="file")
    audit.note(session, Deed.MATERIAL, viewer.writer_id, thing=lesson_id, what="added")
    taken.forget(session, lesson_id, stored.sha256)
    if known is not None:
        known.standing = standing
        session.flush()
        return known
    row = _add(session, viewer, lesson_id, stored, None, now)
    row.standing = standing
    session.flush()
    return row


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
        words=stored.words,
        words_read=stored.words_read,
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


def remove_material(
    session: Session, viewer: Viewer, lesson_id: str, file_id: str, now: datetime, *, keep: bool = False
) -> None:
    """Take a material from a lesson, or `keep` it for the versions that had it; what is not kept is swept
    later. Raises NotFound, Forbidden."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    row = material(session, lesson.id, file_id)
    if keep:
        row.standing = Shown.KEPT
        session.flush()
    else:
        taken.note(session, lesson.id, row.sha256, now)
        let_go(session, row, now)
    audit.note(session, Deed.MATERIAL, viewer.writer_id, thing=lesson.id, what="removed")


def material(session: Session, lesson_id: str, file_id: str) -> LessonFile:
    """Return a material of a lesson, wherever it stands; raises NotFound."""
    row = session.get(LessonFile, file_id)
    if row is None or row.lesson_id != lesson_id or row.honour_id is not None:
        raise NotFound
    return row


def stand(session: Session, lesson_id: str, ids: Collection[str], standing: Shown) -> None:
    """Let materials of a lesson stand otherwise with viewers; those that are gone are passed over."""
    if ids:
        its = (LessonFile.id.in_(ids), LessonFile.lesson_id == lesson_id, LessonFile.honour_id.is_(None))
        for row in session.scalars(select(LessonFile).where(*its)):
            row.standing = standing
        session.flush()


def note_words(session: Session, file_id: str, words: str, read: WordsRead) -> None:
    """Note what is written in a material, and how much of that was read; the index is told."""
    row = session.get(LessonFile, file_id)
    if row is not None:
        row.words, row.words_read = words, read
        if words:
            catalog_actions.touch(session, session.get_one(Lesson, row.lesson_id))
        session.flush()


def count_download(session: Session, file_id: str) -> None:
    """Note that a viewer took a material along."""
    one = update(LessonFile).where(LessonFile.id == file_id, LessonFile.honour_id.is_(None))
    session.execute(
        one.values(downloads=LessonFile.downloads + 1).execution_options(synchronize_session=False)
    )


def give_up(session: Session, lesson_id: str, ids: Collection[str], now: datetime) -> None:
    """Let those materials go that waited and that nobody saw."""
    if ids:
        its = (LessonFile.id.in_(ids), LessonFile.lesson_id == lesson_id)
        for row in session.scalars(select(LessonFile).where(*its, LessonFile.standing == Shown.WAITS)):
            let_go(session, row, now)
