"""Who belongs to a node on a day: counted and listed. Reads only.

A day's members are those whose membership began on it or before and had not ended. Everybody has one home, so
the homes of all nodes together are each person once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from library.core.paging import Page, clean_number
from library.core.permits import MemberState
from library.organisation import queries as organisation
from library.people.rules import MembershipKind
from library.people.tables import Exemption, Membership, Person

MEMBERS_A_PAGE = 50


@dataclass(frozen=True)
class MemberCounts:
    """How many belong to a node on a day: at home there, by what they are (None: nobody told it), guests, and
    how many of those at home are not counted among who is due."""

    home: int
    guests: int
    exempt: int
    states: Mapping[MemberState | None, int]


@dataclass(frozen=True)
class MemberRow:
    """Somebody who belongs to a node on a day."""

    person_id: str
    username: str
    name: str
    kind: MembershipKind
    state: MemberState | None
    since: date
    node_id: str
    exempt: bool


def on_day(day: date) -> ColumnElement[bool]:
    """Return the condition that a membership holds on a day."""
    return and_(Membership.since <= day, or_(Membership.until.is_(None), Membership.until > day))


def _exempt_on(day: date) -> ColumnElement[bool]:
    return exists().where(
        Exemption.person_id == Membership.person_id,
        Exemption.since <= day,
        or_(Exemption.until.is_(None), Exemption.until > day),
    )


def at(node_id: str, *, below: bool) -> ColumnElement[bool]:
    """Return the condition that a membership is at a node, with `below` also at any below it."""
    if below:
        return Membership.node_id.in_(organisation.inside_of([node_id]))
    return Membership.node_id == node_id


def counts_on(session: Session, node_id: str, day: date, *, below: bool = False) -> MemberCounts:
    """Count who belongs to a node on a day, with `below` also to all nodes below it."""
    where = (at(node_id, below=below), on_day(day))
    counted = (
        select(Membership.kind, Membership.state, func.count(Membership.person_id.distinct()))
        .where(*where)
        .group_by(Membership.kind, Membership.state)
    )
    states: dict[MemberState | None, int] = {}
    guests = 0
    for kind, state, count in session.execute(counted):
        if kind is MembershipKind.HOME:
            states[state] = count
        else:
            guests += count
    exempt = select(func.count()).select_from(Membership).where(*where, _exempt_on(day))
    exempt = exempt.where(Membership.kind == MembershipKind.HOME)
    return MemberCounts(sum(states.values()), guests, session.scalar(exempt) or 0, states)


def members_on(
    session: Session, node_id: str, day: date, page: int = 1, *, below: bool = False
) -> Page[MemberRow]:
    """Return a page of who belongs to a node on a day: those at home first, by name."""
    number = clean_number(page)
    where = (at(node_id, below=below), on_day(day))
    total = session.scalar(select(func.count()).select_from(Membership).where(*where)) or 0
    wanted = _rows(day).where(*where).order_by(Membership.kind.desc(), Person.name, Person.id, Membership.id)
    rows = session.execute(wanted.limit(MEMBERS_A_PAGE).offset((number - 1) * MEMBERS_A_PAGE)).all()
    return Page([_row(row) for row in rows], number, MEMBERS_A_PAGE, total)


def _row(row: Row[str, str, str, MembershipKind, MemberState | None, date, str, bool]) -> MemberRow:
    person_id, username, name, kind, state, since, node_id, exempt = row
    return MemberRow(person_id, username, name, kind, state, since, node_id, exempt)


def _rows(day: date) -> Select[str, str, str, MembershipKind, MemberState | None, date, str, bool]:
    return select(
        Person.id,
        Person.username,
        Person.name,
        Membership.kind,
        Membership.state,
        Membership.since,
        Membership.node_id,
        _exempt_on(day),
    ).join(Person, Person.id == Membership.person_id)
