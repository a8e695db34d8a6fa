"""实践: a member says what they did, where and when; the secretary confirms it, or says why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.books import entries, queries
from library.books.entries import PracticeState
from library.books.tables import Practice
from library.core.clock import local_day
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import required_line, short_line
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.people import queries as people


@dataclass(frozen=True)
class Told:
    """What somebody says that they did."""

    title: str
    place: str
    day: date
    account: str


def say(session: Session, viewer: Viewer, told: Told, now: datetime) -> Practice:
    """Say what one did; it waits for the secretary of the home on that day.

    Raises Invalid: empty, too_long, day_coming, study_day_far, Conflict: practice_no_home, practices_many.
    """
    title = required_line(told.title, "title", entries.TITLE_MAX)
    place = short_line(told.place, "place", entries.PLACE_MAX)
    account = entries.account_of(told.account)
    day = entries.check_done_on(told.day, local_day(now))
    person = viewer.writer_id
    home = queries.home_on(session, person, day) if person else None
    if person is None or home is None:
        raise Conflict("practice_no_home", field="day")
    waits = select(func.count()).where(Practice.person_id == person, Practice.state == PracticeState.WAITING)
    if (session.scalar(waits) or 0) >= entries.MOST_OPEN:
        raise Conflict("practices_many", field="title", most=entries.MOST_OPEN)
    row = Practice(
        id=new_id(),
        person_id=person,
        node_id=home,
        title=title,
        place=place,
        day=day,
        account=account,
        state=PracticeState.WAITING,
        answer="",
        said_at=now,
    )
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, viewer: Viewer, practice_id: str) -> None:
    """Take back what one said while it waits; raises NotFound, Conflict("practice_answered")."""
    row = queries.own_practice(session, viewer, practice_id)
    session.refresh(row, with_for_update=True)
    entries.check_waiting(row.state)
    session.delete(row)
    session.flush()


def confirm(session: Session, viewer: Viewer, practice_id: str, now: datetime) -> Practice:
    """Confirm what a member did: once, in the ledger; raises NotFound (also for one's own),
    Conflict("practice_answered")."""
    row = _waiting(session, viewer, practice_id)
    _answer(session, viewer, row, PracticeState.CONFIRMED, "", now)
    piece = Piece(
        person_id=row.person_id,
        node_id=row.node_id,
        kind=EvidenceKind.DID,
        form=StudyForm.PRACTICE,
        amount=1,
        day=row.day,
        source=Source.PRACTICE,
        source_id=row.id,
    )
    evidence.say(session, Source.PRACTICE, row.id, [piece], now, row.answered_by)
    return row


def refuse(session: Session, viewer: Viewer, practice_id: str, why: str, now: datetime) -> Practice:
    """Say why it is not confirmed, which its member reads; raises NotFound, Invalid: empty, too_long,
    Conflict("practice_answered")."""
    reason = required_line(why, "answer", entries.REFUSAL_MAX)
    row = _waiting(session, viewer, practice_id)
    _answer(session, viewer, row, PracticeState.REFUSED, reason, now)
    return row


def _waiting(session: Session, viewer: Viewer, practice_id: str) -> Practice:
    row = session.scalars(select(Practice).where(Practice.id == practice_id).with_for_update()).first()
    if row is None:
        raise NotFound
    queries.practice_to_answer(session, viewer, practice_id)
    entries.check_waiting(row.state)
    return row


def _answer(
    session: Session, viewer: Viewer, row: Practice, state: PracticeState, answer: str, now: datetime
) -> None:
    by = people.noted_by(session, viewer)
    row.state, row.answer, row.answered_by, row.answered_at = state, answer, by, now
    audit.note(session, Deed.PRACTICE, by, of=row.person_id, thing=row.id, what=str(state))
    session.flush()
