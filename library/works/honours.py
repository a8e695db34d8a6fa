"""Honours: given to lessons by the staff, and taken back where they were wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from library.works import files, taken
from library.works.rules import AWARD_MAX, BODY_MAX, MOST_HONOURS, HonourLevel, Shown, digest_of
from library.works.tables import Honour


@dataclass(frozen=True)
class Awarded:
    """What somebody types of an honour."""

    award: str
    level: HonourLevel
    year: int
    body: str = ""


def grant(
    session: Session,
    viewer: Viewer,
    lesson_id: str,
    what: Awarded,
    now: datetime,
    standing: Shown = Shown.SHOWN,
    *,
    certified: bool = False,
) -> Honour:
    """Note an honour of a lesson; the same one again is the one that is there, wherever it stands, but that
    one which viewers are to see at once is shown again.

    One that waits and is `certified` gets a row of its own where viewers have seen it without a certificate:
    it brings that along when it is shown (`stand`). Raises NotFound, Forbidden, Invalid (too_many, and what
    is wrong with the words).
    """
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.HONOUR)
    award, body = required_line(what.award, "award", AWARD_MAX), short_line(what.body, "body", BODY_MAX)
    there = same(session, lesson.id, Awarded(award, what.level, what.year))
    known = there[0] if there else None
    if certified and standing is Shown.WAITS and known is not None and known.certificate is None:
        known = next((one for one in there if one.standing is Shown.WAITS), None)
    taken.forget(session, lesson.id, digest_of(award, what.level, what.year))
    if known is not None:
        if standing is Shown.SHOWN:
            known.standing = standing
            session.flush()
        return known
    its = (Honour.lesson_id == lesson.id, Honour.standing != Shown.KEPT)
    count = session.scalar(select(func.count()).where(*its)) or 0
    if count >= MOST_HONOURS and not there:
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
        standing=standing,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.HONOUR, viewer.writer_id, thing=lesson.id, what="granted", level=str(row.level))
    return row


_FIRST = (Shown.SHOWN, Shown.WAITS, Shown.KEPT)


def same(session: Session, lesson_id: str, what: Awarded) -> Sequence[Honour]:
    """Return the rows of an honour: what viewers see first, then what waits, then what is kept."""
    its = (Honour.lesson_id == lesson_id, Honour.award == what.award, Honour.year == what.year)
    rows = session.scalars(select(Honour).where(*its, Honour.level == what.level)).unique()
    return sorted(rows, key=lambda row: (_FIRST.index(row.standing), row.id))


def was_taken_away(session: Session, lesson_id: str, what: Awarded) -> bool:
    """Tell whether a lesson had an honour that somebody took from it since."""
    rows = same(session, lesson_id, what)
    if rows:
        return rows[0].standing is Shown.KEPT
    return taken.was(session, lesson_id, digest_of(what.award, what.level, what.year))


def take_back(
    session: Session, viewer: Viewer, lesson_id: str, honour_id: str, now: datetime, *, keep: bool = False
) -> None:
    """Take an honour away with its certificate, or `keep` it for the versions that had it; raises NotFound,
    Forbidden."""
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.HONOUR)
    row = honour(session, lesson.id, honour_id)
    if keep:
        row.standing = Shown.KEPT
        session.flush()
    else:
        taken.note(session, lesson.id, digest_of(row.award, row.level, row.year), now)
        _let_go(session, row, now)
    audit.note(session, Deed.HONOUR, viewer.writer_id, thing=lesson.id, what="taken_back")


def honour(session: Session, lesson_id: str, honour_id: str) -> Honour:
    """Return an honour of a lesson, wherever it stands; raises NotFound."""
    row = session.get(Honour, honour_id)
    if row is None or row.lesson_id != lesson_id:
        raise NotFound
    return row


def _let_go(session: Session, row: Honour, now: datetime) -> None:
    if row.certificate is not None:
        files.let_go(session, row.certificate, now)
    session.delete(row)
    session.flush()


def stand(session: Session, lesson_id: str, ids: Collection[str], standing: Shown) -> None:
    """Let honours of a lesson stand otherwise with viewers; those that are gone are passed over. One that
    viewers see already gets the certificate of the one that waited."""
    if ids:
        its = (Honour.id.in_(ids), Honour.lesson_id == lesson_id)
        for row in session.scalars(select(Honour).where(*its)).unique().all():
            if standing is Shown.SHOWN and row.standing is Shown.WAITS and _brought(session, row):
                continue
            row.standing = standing
        session.flush()


def _brought(session: Session, row: Honour) -> bool:
    """Let the same honour that viewers see have the certificate of a row that waited; False for none."""
    seen = same(session, row.lesson_id, Awarded(row.award, row.level, row.year))[0]
    if seen.standing is not Shown.SHOWN:
        return False
    if row.certificate is not None and seen.certificate is None:
        row.certificate.honour_id = seen.id
        session.flush()
    session.expire(seen)
    session.delete(row)
    session.flush()
    return True


def give_up(session: Session, lesson_id: str, ids: Collection[str], now: datetime) -> None:
    """Let those honours go that waited and that nobody saw."""
    if ids:
        its = (Honour.id.in_(ids), Honour.lesson_id == lesson_id, Honour.standing == Shown.WAITS)
        for row in session.scalars(select(Honour).where(*its)).unique().all():
            _let_go(session, row, now)
