"""Who of a node is not counted among those who are due on a day, and why. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from library.core.paging import Page, clean_number
from library.people.belonging.members import at, on_day
from library.people.rules import ExemptionReason, MembershipKind
from library.people.tables import Exemption, Membership, Person

EXEMPT_A_PAGE = 50


@dataclass(frozen=True)
class ExemptRow:
    """Somebody who is left out, why, and through the day before `until` (None: until it is ended)."""

    id: str
    person_id: str
    username: str
    name: str
    reason: ExemptionReason
    since: date
    until: date | None


def exempt_on(
    session: Session, node_id: str, day: date, page: int = 1, *, below: bool = False
) -> Page[ExemptRow]:
    """Return a page of who is at home in a node and not due on a day, by name; with `below` also in all
    nodes below it."""
    number = clean_number(page)
    where = (
        Membership.kind == MembershipKind.HOME,
        at(node_id, below=below),
        on_day(day),
        Exemption.since <= day,
        or_(Exemption.until.is_(None), Exemption.until > day),
    )
    pairs = Membership.person_id == Exemption.person_id
    counted = select(func.count()).select_from(Exemption).join(Membership, pairs).where(*where)
    wanted = (
        select(
            Exemption.id,
            Person.id,
            Person.username,
            Person.name,
            Exemption.reason,
            Exemption.since,
            Exemption.until,
        )
        .join(Membership, pairs)
        .join(Person, Person.id == Exemption.person_id)
        .where(*where)
        .order_by(Person.name, Person.id, Exemption.id)
    )
    rows = session.execute(wanted.limit(EXEMPT_A_PAGE).offset((number - 1) * EXEMPT_A_PAGE)).all()
    return Page([_row(row) for row in rows], number, EXEMPT_A_PAGE, session.scalar(counted) or 0)


def _row(row: tuple[str, str, str, str, ExemptionReason, date, date | None]) -> ExemptRow:
    return ExemptRow(*row)
