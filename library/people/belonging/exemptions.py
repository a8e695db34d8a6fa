"""Who is not counted among those who are due (不计入应到), and why, from one day to another."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict
from library.core.ids import new_id
from library.people import queries
from library.people.belonging import ending, timeline
from library.people.rules import ExemptionReason
from library.people.tables import Exemption


def exempt(
    session: Session,
    person_id: str,
    reason: ExemptionReason,
    since: date,
    until: date | None,
    now: datetime,
    by: str | None,
) -> bool:
    """Leave somebody out of who is due from `since` through the day before `until` (None: until ended).

    Both may lie ahead: a leave is known beforehand. Returns whether it was news.
    Raises Invalid("ends_before"), Conflict("exempt_already") where it lies over another.
    """
    queries.locked(session, person_id)
    if until is not None:
        timeline.check_order(since, until)
    stays = session.scalars(select(Exemption).where(Exemption.person_id == person_id)).all()
    if any((one.reason, one.since, one.until) == (reason, since, until) for one in stays):
        return False
    try:
        timeline.check_apart(stays, since, until)
    except Conflict as over:
        raise Conflict("exempt_already", field="day", since=over.values["since"]) from None
    session.add(
        Exemption(
            id=new_id(),
            person_id=person_id,
            reason=reason,
            since=since,
            until=until,
            noted_at=now,
            noted_by=by,
        )
    )
    session.flush()
    audit.note(session, Deed.MEMBERSHIP, by, of=person_id, what="exempt", reason=reason.value)
    return True


def end(session: Session, exemption_id: str, day: date, by: str | None) -> bool:
    """Let an exemption hold no more from a day on; returns whether it held longer.

    Raises NotFound, Invalid("ends_before").
    """
    return ending.end(session, session.get(Exemption, exemption_id), day, by, "exempt_ended")
