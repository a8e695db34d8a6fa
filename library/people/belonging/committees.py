"""Who is a member of a committee (班子成员), from one day to another: more hours are asked of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.people import queries
from library.people.belonging import ending, timeline
from library.people.tables import CommitteeTerm


def begin(
    session: Session, person_id: str, since: date, until: date | None, now: datetime, by: str | None
) -> bool:
    """Note that somebody is a member of a committee from `since` through the day before `until` (None: until
    ended); returns whether it was news.

    Raises Invalid("day_to_come", "ends_before"), Conflict("committee_already") where it lies over another.
    """
    queries.locked(session, person_id)
    timeline.check_day(since, local_day(now), "since")
    if until is not None:
        timeline.check_order(since, until)
    terms = session.scalars(select(CommitteeTerm).where(CommitteeTerm.person_id == person_id)).all()
    if any((one.since, one.until) == (since, until) for one in terms):
        return False
    _check_apart(session, person_id, since, until)
    session.add(
        CommitteeTerm(id=new_id(), person_id=person_id, since=since, until=until, noted_at=now, noted_by=by)
    )
    session.flush()
    audit.note(session, Deed.MEMBERSHIP, by, of=person_id, what="on_committee")
    return True


def end(session: Session, term_id: str, day: date, by: str | None) -> bool:
    """Let a term hold no more from a day on; returns whether it held longer.

    Raises NotFound, Invalid("ends_before").
    """
    return ending.end(session, session.get(CommitteeTerm, term_id), day, by, "committee_ended")


def correct_since(session: Session, term_id: str, since: date, now: datetime, by: str | None) -> bool:
    """Put right since when a term lasts; returns whether that was news.

    Raises NotFound, Invalid("day_to_come", "ends_before"), Conflict("committee_already").
    """
    row = session.get(CommitteeTerm, term_id)
    if row is None:
        raise NotFound
    queries.locked(session, row.person_id)
    session.refresh(row)
    if row.since == since:
        return False
    timeline.check_day(since, local_day(now), "since")
    if row.until is not None:
        timeline.check_order(since, row.until)
    _check_apart(session, row.person_id, since, row.until, row.id)
    row.since = since
    session.flush()
    audit.note(session, Deed.MEMBERSHIP, by, of=row.person_id, what="on_committee")
    return True


def term_on(session: Session, person_id: str, day: date) -> CommitteeTerm | None:
    """Return the term of somebody that holds on a day."""
    terms = session.scalars(select(CommitteeTerm).where(CommitteeTerm.person_id == person_id))
    return next((one for one in terms if timeline.holds_on(one, day)), None)


def _check_apart(session: Session, person_id: str, since: date, until: date | None, but: str = "") -> None:
    wanted = select(CommitteeTerm).where(CommitteeTerm.person_id == person_id, CommitteeTerm.id != but)
    try:
        timeline.check_apart(session.scalars(wanted), since, until)
    except Conflict as over:
        raise Conflict("committee_already", field="since", since=over.values["since"]) from None
