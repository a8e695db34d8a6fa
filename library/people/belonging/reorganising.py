"""What becomes of the people when nodes are merged or closed: done in the transaction that does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from library.core.clock import local_day
from library.core.errors import Conflict
from library.core.ids import new_id
from library.core.permits import Role
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people.rules import MembershipKind, TransferState
from library.people.tables import LearningGroup, Membership, RoleGrant, Transfer

_AT_ONCE, _IDS_AT_ONCE = 5_000, 500


def merge(session: Session, node: Node, into: Node, now: datetime, by: str | None) -> None:
    """Let one node take over another with its people: from today on they belong to `into`.

    Homes and guests go on there with the same state, what was asked of the node is asked of `into`, its
    learning groups are kept there, and who was a member at the node is one at `into`. Other roles stay where
    they are: a secretary does not become one of more people by that.

    Raises as organisation.actions.merge does.
    """
    organisation.merge(session, node, into, now, by)
    today = local_day(now)
    _move_members(session, node.id, into.id, today, now, by)
    _move_transfers(session, node.id, into.id, now)
    session.execute(
        update(LearningGroup)
        .where(LearningGroup.node_id == node.id, LearningGroup.closed_at.is_(None))
        .values(node_id=into.id)
    )
    _move_member_roles(session, node.id, into.id, now, by)
    session.expire_all()


def close(session: Session, node: Node, now: datetime, by: str | None) -> None:
    """Close a node that is nobody's home any more; who is a guest there is one through yesterday.

    Raises Conflict("node_has_members"), and as organisation.actions.close does.
    """
    organisation.close(session, node, now, by)
    homes = select(func.count()).where(
        Membership.node_id == node.id, Membership.kind == MembershipKind.HOME, Membership.until.is_(None)
    )
    count = session.scalar(homes) or 0
    if count:
        raise Conflict("node_has_members", count=count)
    _end_at(session, node.id, local_day(now))
    session.execute(
        update(Transfer)
        .where(Transfer.to_id == node.id, Transfer.state == TransferState.ASKED)
        .values(state=TransferState.REFUSED, answered_at=now, answered_by=by)
    )
    session.expire_all()


def _move_members(
    session: Session, node_id: str, into_id: str, today: date, now: datetime, by: str | None
) -> None:
    open_ones = session.execute(
        select(Membership.person_id, Membership.kind, Membership.state)
        .where(Membership.node_id == node_id, Membership.until.is_(None))
        .order_by(Membership.id)
    ).all()
    there = set(
        session.scalars(
            select(Membership.person_id).where(Membership.node_id == into_id, Membership.until.is_(None))
        )
    )
    _end_at(session, node_id, today)
    # Whoever comes home is no guest there any more.
    homes = {one.person_id for one in open_ones if one.kind is MembershipKind.HOME}
    _end_guests(session, into_id, sorted(homes & there), today)
    rows = [
        {
            "id": new_id(),
            "person_id": one.person_id,
            "node_id": into_id,
            "kind": one.kind,
            "state": one.state,
            "since": today,
            "until": None,
            "noted_at": now,
            "noted_by": by,
        }
        for one in open_ones
        if one.kind is MembershipKind.HOME or one.person_id not in there | homes
    ]
    for at in range(0, len(rows), _AT_ONCE):
        session.execute(insert(Membership), rows[at : at + _AT_ONCE])


def _end_at(session: Session, node_id: str, today: date) -> None:
    """End what is open at a node today; `since` lies never after it, so nothing ends before it begins."""
    rows = update(Membership).where(Membership.node_id == node_id, Membership.until.is_(None))
    session.execute(rows.values(until=today).execution_options(synchronize_session=False))


def _end_guests(session: Session, node_id: str, people: Sequence[str], today: date) -> None:
    rows = update(Membership).where(
        Membership.node_id == node_id,
        Membership.until.is_(None),
        Membership.kind == MembershipKind.GUEST,
    )
    for at in range(0, len(people), _IDS_AT_ONCE):
        some = rows.where(Membership.person_id.in_(people[at : at + _IDS_AT_ONCE]))
        session.execute(some.values(until=today).execution_options(synchronize_session=False))


def _move_transfers(session: Session, node_id: str, into_id: str, now: datetime) -> None:
    asked = update(Transfer).where(Transfer.state == TransferState.ASKED)
    session.execute(asked.where(Transfer.from_id == node_id).values(from_id=into_id))
    session.execute(asked.where(Transfer.to_id == node_id).values(to_id=into_id))
    # Both ends have become one: there is nothing left to ask.
    session.execute(
        asked.where(Transfer.from_id == Transfer.to_id).values(state=TransferState.WITHDRAWN, answered_at=now)
    )


def _move_member_roles(session: Session, node_id: str, into_id: str, now: datetime, by: str | None) -> None:
    held = (RoleGrant.role == Role.MEMBER, RoleGrant.ended_at.is_(None))
    other = aliased(RoleGrant)
    twice = exists().where(
        other.person_id == RoleGrant.person_id,
        other.node_id == into_id,
        other.role == Role.MEMBER,
        other.ended_at.is_(None),
    )
    people = session.scalars(
        select(RoleGrant.person_id).where(RoleGrant.node_id == node_id, *held, ~twice)
    ).all()
    session.execute(
        update(RoleGrant)
        .where(RoleGrant.node_id == node_id, *held)
        .values(ended_at=now, ended_by=by)
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "node_id": into_id,
            "role": Role.MEMBER,
            "granted_by": by,
            "granted_at": now,
        }
        for person_id in people
    ]
    for at in range(0, len(rows), _AT_ONCE):
        session.execute(insert(RoleGrant), rows[at : at + _AT_ONCE])
