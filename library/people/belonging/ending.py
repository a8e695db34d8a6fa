"""The end of what is dated of a person: a term on a committee, an exemption."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import NotFound
from library.people import queries
from library.people.belonging import timeline
from library.people.tables import CommitteeTerm, Exemption


def end(
    session: Session, row: CommitteeTerm | Exemption | None, day: date, by: str | None, what: str
) -> bool:
    """Let it hold no more from a day on; returns whether it held longer. `what` names the deed.

    Raises NotFound for a row that is not there, Invalid("ends_before").
    """
    if row is None:
        raise NotFound
    queries.locked(session, row.person_id)
    session.refresh(row)
    if row.until is not None and row.until <= day:
        return False
    timeline.check_order(row.since, day)
    row.until = day
    session.flush()
    audit.note(session, Deed.MEMBERSHIP, by, of=row.person_id, what=what)
    return True
