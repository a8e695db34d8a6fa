"""Who is to be on a roll on a day: the snapshot that is frozen when a gathering opens. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from library.core.clock import local_day, midnight
from library.core.permits import MemberState
from library.gatherings.kinds import Asks
from library.gatherings.rules import Due
from library.gatherings.tables import Asked, Gathering, RollEntry
from library.people.belonging.members import at, on_day
from library.people.rules import MembershipKind
from library.people.tables import Exemption, GroupMember, Membership

_MEMBERS = frozenset({MemberState.FULL, MemberState.PROBATIONARY, None})


@dataclass(frozen=True)
class Candidate:
    """Somebody who is to be on a roll; `node_id` is their home on that day."""

    person_id: str
    node_id: str | None
    due: Due


def candidates(
    session: Session, gathering: Gathering, asks: Asks, day: date, *, long_ago: bool = False
) -> list[Candidate]:
    """Return who is to be on the roll of a gathering on a day, each once.

    Whoever moved on that day and was due for their old home already is a guest here: nobody is due twice.
    `long_ago`: no roll of that day was made before the move, so nobody looks.
    """
    if gathering.group_id is not None:
        found = _of_group(session, gathering.group_id, day)
    else:
        found = _of_node(session, gathering, asks, day)
    named = session.scalars(select(Asked.person_id).where(Asked.gathering_id == gathering.id)).all()
    if asks is Asks.NAMED:
        found = {one: who for one, who in found.items() if who.due is Due.GUEST}
    due = Due.DUE if asks is Asks.NAMED else Due.GUEST
    new = [one for one in named if one not in found or asks is Asks.NAMED]
    homes = homes_on(session, new, day)
    found |= {one: Candidate(one, homes.get(one), due) for one in new}
    exempt = _exempt(session, [one for one, who in found.items() if who.due is Due.DUE], day)
    found |= {one: replace(found[one], due=Due.EXEMPT) for one in exempt}
    moved = set() if long_ago else _due_elsewhere(session, gathering.id, list(found.values()), day)
    return [replace(who, due=Due.GUEST) if one in moved else who for one, who in sorted(found.items())]


def _of_node(session: Session, gathering: Gathering, asks: Asks, day: date) -> dict[str, Candidate]:
    columns = (Membership.person_id, Membership.node_id, Membership.kind, Membership.state)
    where = (at(gathering.node_id, below=gathering.below), on_day(day))
    found: dict[str, Candidate] = {}
    guests = []
    for person_id, node_id, kind, state in session.execute(select(*columns).where(*where)):
        if kind is not MembershipKind.HOME:
            guests.append(person_id)
        elif asks is not Asks.MEMBERS or state in _MEMBERS:
            found[person_id] = Candidate(person_id, node_id, Due.DUE)
    new = [one for one in guests if one not in found]
    homes = homes_on(session, new, day)
    return found | {one: Candidate(one, homes.get(one), Due.GUEST) for one in new}


def _of_group(session: Session, group_id: str, day: date) -> dict[str, Candidate]:
    there = (
        GroupMember.group_id == group_id,
        GroupMember.since <= day,
        or_(GroupMember.until.is_(None), GroupMember.until > day),
    )
    learners = session.scalars(select(GroupMember.person_id).where(*there)).all()
    homes = homes_on(session, learners, day)
    return {one: Candidate(one, homes.get(one), Due.DUE) for one in learners}


def homes_on(session: Session, people: Collection[str], day: date) -> dict[str, str]:
    """Return the ids of the homes of some people on a day."""
    if not people:
        return {}
    homes = select(Membership.person_id, Membership.node_id).where(
        Membership.person_id.in_(people), Membership.kind == MembershipKind.HOME, on_day(day)
    )
    return dict(session.execute(homes).all())


def _exempt(session: Session, people: Sequence[str], day: date) -> set[str]:
    holds = and_(Exemption.since <= day, or_(Exemption.until.is_(None), Exemption.until > day))
    return set(
        session.scalars(select(Exemption.person_id).where(Exemption.person_id.in_(people), holds).distinct())
        if people
        else ()
    )


def _due_elsewhere(session: Session, gathering_id: str, people: Sequence[Candidate], day: date) -> set[str]:
    """Return who was on another roll of that day as due for another home than the one they have here."""
    homes = {one.person_id: one.node_id for one in people if one.due is not Due.GUEST}
    if not homes:
        return set()
    begin = midnight(day)
    rows = session.execute(
        select(RollEntry.person_id, RollEntry.node_id)
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(
            RollEntry.person_id.in_(list(homes)),
            RollEntry.due.in_([Due.DUE, Due.EXEMPT]),
            Gathering.id != gathering_id,
            Gathering.opened_at >= begin,
            Gathering.opened_at < begin + timedelta(days=1),
        )
    )
    return {one for one, node_id in rows if one is not None and node_id != homes[one]}


def day_of(gathering: Gathering) -> date:
    """Return the day of a gathering: when it opened, before that when it is planned."""
    return local_day(gathering.opened_at or gathering.starts_at)
