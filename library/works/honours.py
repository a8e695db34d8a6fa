"""Honours: given to lessons by the staff, and taken back where they were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import required_line, short_line
from library.works import files
from library.works.rules import AWARD_MAX, BODY_MAX, MOST_HONOURS, HonourLevel
from library.works.tables import Honour


@dataclass(frozen=True)
class Awarded:
    """What somebody types of an honour."""

    award: str
    level: HonourLevel
    year: int
    body: str = ""


def grant(session: Session, viewer: Viewer, lesson_id: str, what: Awarded, now: datetime) -> Honour:
    """Note an honour of a lesson; the same one again is the one that is there.

    Raises NotFound, Forbidden, Invalid (too_many, and what is wrong with the words).
    """
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.HONOUR)
    award, body = required_line(what.award, "award", AWARD_MAX), short_line(what.body, "body", BODY_MAX)
    same = (Honour.lesson_id == lesson.id, Honour.award == award, Honour.year == what.year)
    known = session.scalars(select(Honour).where(*same, Honour.level == what.level)).first()
    if known is not None:
        return known
    count = session.scalar(select(func.count()).where(Honour.lesson_id == lesson.id)) or 0
    if count >= MOST_HONOURS:
        raise Invalid("too_many", field="award", most=MOST_HONOURS, count=count + 1)
    row = Honour(
        id=new_id(),
        lesson_id=lesson.id,
        award=award,
        level=what.level,
        year=what.year,
        body=body,
        granted_at=now,
        granted_by=viewer.writer_id,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.HONOUR, viewer.writer_id, thing=lesson.id, what="granted", level=str(row.level))
    return row


def take_back(session: Session, viewer: Viewer, lesson_id: str, honour_id: str, now: datetime) -> None:
    """Take an honour away with its certificate; raises NotFound, Forbidden."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.HONOUR)
    row = session.get(Honour, honour_id)
    if row is None or row.lesson_id != lesson.id:
        raise NotFound
    if row.certificate is not None:
        files.let_go(session, row.certificate, now)
    session.delete(row)
    session.flush()
    audit.note(session, Deed.HONOUR, viewer.writer_id, thing=lesson.id, what="taken_back")
