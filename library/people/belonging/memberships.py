"""Where people belong: homes, guests, states, each from one day to another.

Whoever changes what is kept of a person holds the person's row until the transaction ends, so that two at
once come one after the other. The same said twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import MemberState, Role
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import actions, queries
from library.people.belonging import timeline
from library.people.rules import MembershipKind, TransferState
from library.people.tables import Membership, RoleGrant, Transfer


def homes_of(session: Session, person_id: str) -> Sequence[Membership]:
    """Return all homes somebody has and had, the oldest first."""
    wanted = select(Membership).where(
        Membership.person_id == person_id, Membership.kind == MembershipKind.HOME
    )
    return session.scalars(wanted.order_by(Membership.since, Membership.noted_at, Membership.id)).all()


def home_of(session: Session, person_id: str) -> Membership | None:
    """Return the home that somebody has now, None without one."""
    return next((one for one in homes_of(session, person_id) if one.until is None), None)


def settle(
    session: Session,
    person_id: str,
    node: Node,
    since: date,
    now: datetime,
    by: str | None,
    state: MemberState | None = None,
) -> bool:
    """Make a node somebody's home from a day on; the one they had ends on that day.

    `state` None keeps the one they had. Returns whether anything changed. Raises Invalid("day_to_come"),
    Conflict: node_closed, home_since (a home began or ended after that day).
    """
    queries.locked(session, person_id)
    check_open(node)
    timeline.check_day(since, local_day(now))
    homes = homes_of(session, person_id)
    present = next((one for one in homes if one.until is None), None)
    if present is not None and present.node_id == node.id:
        return state is not None and change_state(session, person_id, state, since, now, by)
    timeline.check_free(homes, since)
    if present is not None:
        state = state or present.state
        end_row(session, present, since)
    add_row(session, person_id, node.id, MembershipKind.HOME, state, since, now, by)
    if present is not None:
        move_member_role(session, person_id, present.node_id, node.id, now, by)
    _end_guest(session, person_id, node.id, since)
    withdraw_asked(session, person_id, now, by)
    audit.note(session, Deed.MEMBERSHIP, by, of=person_id, thing=node.id, what="home")
    return True


def change_state(
    session: Session, person_id: str, state: MemberState, day: date, now: datetime, by: str | None
) -> bool:
    """Note that somebody is something else to the party from a day on; returns whether it was news.

    Raises Invalid("day_to_come"), NotFound("no_home"), Conflict("home_since").
    """
    queries.locked(session, person_id)
    timeline.check_day(day, local_day(now))
    present = home_of(session, person_id)
    if present is None:
        raise NotFound("no_home")
    if present.state is state:
        return False
    if day < present.since:
        raise Conflict("home_since", field="day", since=present.since.isoformat())
    if day == present.since:
        present.state = state
        session.flush()
    else:
        end_row(session, present, day)
        add_row(session, person_id, present.node_id, MembershipKind.HOME, state, day, now, by)
    audit.note(
        session, Deed.MEMBERSHIP, by, of=person_id, thing=present.node_id, what="state", state=state.value
    )
    return True


def receive_guest(
    session: Session, person_id: str, node: Node, since: date, now: datetime, by: str | None
) -> bool:
    """Take somebody in as a guest (挂靠、流动) from a day on; returns whether they were none.

    Raises Invalid("day_to_come"), Conflict: node_closed, guest_at_home, guest_since.
    """
    queries.locked(session, person_id)
    check_open(node)
    timeline.check_day(since, local_day(now))
    home = home_of(session, person_id)
    if home is not None and home.node_id == node.id:
        raise Conflict("guest_at_home")
    wanted = select(Membership).where(
        Membership.person_id == person_id,
        Membership.node_id == node.id,
        Membership.kind == MembershipKind.GUEST,
    )
    stays = session.scalars(wanted).all()
    if any(one.until is None for one in stays):
        return False
    if any(one.until is not None and one.until > since for one in stays):
        last = max(one.until for one in stays if one.until is not None)
        raise Conflict("guest_since", field="day", since=last.isoformat())
    add_row(session, person_id, node.id, MembershipKind.GUEST, None, since, now, by)
    audit.note(session, Deed.MEMBERSHIP, by, of=person_id, thing=node.id, what="guest")
    return True


def end(session: Session, membership_id: str, day: date, now: datetime, by: str | None) -> bool:
    """End a membership: the day is the first on which it holds no more. Returns whether it was open.

    Roles and the account stay: taking those is said apart.
    Raises NotFound, Invalid: day_to_come, ends_before.
    """
    row = membership(session, membership_id)
    queries.locked(session, row.person_id)
    session.refresh(row)
    timeline.check_day(day, local_day(now))
    if row.until is not None:
        return False
    timeline.check_order(row.since, day)
    end_row(session, row, day)
    if row.kind is MembershipKind.HOME:
        withdraw_asked(session, row.person_id, now, by)
    audit.note(session, Deed.MEMBERSHIP, by, of=row.person_id, thing=row.node_id, what="ended")
    return True


def correct_since(session: Session, membership_id: str, day: date, now: datetime, by: str | None) -> bool:
    """Put right since when somebody has been where they are; returns whether it was another day.

    Raises NotFound, Invalid: day_to_come, ends_before; Conflict("home_overlaps") where it would lie over
    another home.
    """
    row = membership(session, membership_id)
    queries.locked(session, row.person_id)
    session.refresh(row)
    timeline.check_day(day, local_day(now))
    if row.since == day:
        return False
    if row.until is not None and row.until <= day:
        raise Invalid("ends_before", field="day", since=day.isoformat())
    if row.kind is MembershipKind.HOME:
        others = [one for one in homes_of(session, row.person_id) if one.id != row.id]
        timeline.check_apart(others, day, row.until)
    row.since = day
    session.flush()
    audit.note(session, Deed.MEMBERSHIP, by, of=row.person_id, thing=row.node_id, what="since")
    return True


def membership(session: Session, membership_id: str) -> Membership:
    """Return a membership; raises NotFound."""
    found = session.get(Membership, membership_id)
    if found is None:
        raise NotFound
    return found


def check_open(node: Node) -> None:
    """Raise Conflict("node_closed") for a node that takes nobody in any more."""
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)


def add_row(
    session: Session,
    person_id: str,
    node_id: str,
    kind: MembershipKind,
    state: MemberState | None,
    since: date,
    now: datetime,
    by: str | None,
) -> None:
    """Write a membership down; whoever calls has looked that nothing lies over it."""
    session.add(
        Membership(
            id=new_id(),
            person_id=person_id,
            node_id=node_id,
            kind=kind,
            state=state,
            since=since,
            until=None,
            noted_at=now,
            noted_by=by,
        )
    )
    session.flush()


def end_row(session: Session, row: Membership, day: date) -> None:
    """Let a membership hold no more from a day on."""
    row.until = day
    session.flush()


def _end_guest(session: Session, person_id: str, node_id: str, day: date) -> None:
    """End that somebody is a guest where they are at home now."""
    guests = update(Membership).where(
        Membership.person_id == person_id,
        Membership.node_id == node_id,
        Membership.kind == MembershipKind.GUEST,
        Membership.until.is_(None),
    )
    session.execute(guests.where(Membership.since <= day).values(until=day))
    session.execute(guests.where(Membership.since > day).values(until=Membership.since))


def withdraw_asked(session: Session, person_id: str, now: datetime, by: str | None) -> None:
    """Take back the transfer that was asked for: the person has gone elsewhere, or nowhere."""
    session.execute(
        update(Transfer)
        .where(Transfer.person_id == person_id, Transfer.state == TransferState.ASKED)
        .values(state=TransferState.WITHDRAWN, answered_at=now, answered_by=by)
    )


def move_member_role(
    session: Session, person_id: str, from_id: str, to_id: str, now: datetime, by: str | None
) -> None:
    """Let the role of a member follow the home: the staff there look after the account from now on."""
    ended = session.scalars(
        update(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.node_id == from_id)
        .where(RoleGrant.role == Role.MEMBER, RoleGrant.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
        .returning(RoleGrant.id)
    ).all()
    if ended:
        actions.grant(session, person_id, Role.MEMBER, organisation.node(session, to_id), by, now)
