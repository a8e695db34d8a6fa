"""Learning groups (学习小组): people of several branches, kept by one node; who is in them is dated."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.text import NAME_MAX, name_key, required_line
from library.organisation.tables import Node
from library.people import queries
from library.people.belonging import memberships, timeline
from library.people.tables import GroupMember, LearningGroup


def make(session: Session, node: Node, name: str, now: datetime, by: str | None) -> LearningGroup:
    """Make a group that a node keeps; raises Invalid, Conflict: node_closed, group_named_so."""
    memberships.check_open(node)
    clean = _free_name(session, node.id, name)
    made = LearningGroup(id=new_id(), node_id=node.id, name=clean, created_at=now)
    session.add(made)
    session.flush()
    audit.note(session, Deed.GROUP, by, thing=made.id, what="made")
    return made


def rename(session: Session, group_id: str, name: str, by: str | None) -> bool:
    """Give a group another name; returns whether it had another. Raises NotFound, Invalid, Conflict."""
    row = opened(session, group_id)
    clean = _free_name(session, row.node_id, name, but=row.id)
    if row.name == clean:
        return False
    row.name = clean
    session.flush()
    audit.note(session, Deed.GROUP, by, thing=row.id, what="renamed")
    return True


def close(session: Session, group_id: str, now: datetime, by: str | None) -> bool:
    """Close a group: nobody is in it from today on, who was stays known. Returns whether it was open.

    Raises NotFound.
    """
    row = group(session, group_id)
    if row.closed_at is not None:
        return False
    row.closed_at = now
    today = local_day(now)
    stays = update(GroupMember).where(GroupMember.group_id == row.id, GroupMember.until.is_(None))
    session.execute(stays.values(until=today))
    session.flush()
    audit.note(session, Deed.GROUP, by, thing=row.id, what="closed")
    return True


def join(session: Session, group_id: str, person_id: str, since: date, now: datetime, by: str | None) -> bool:
    """Take somebody into a group from a day on; returns whether they were not in it.

    Raises NotFound, Invalid("day_to_come"), Conflict: group_closed, group_since.
    """
    row = opened(session, group_id)
    queries.locked(session, person_id)
    timeline.check_day(since, local_day(now))
    stays = session.scalars(
        select(GroupMember).where(GroupMember.group_id == row.id, GroupMember.person_id == person_id)
    ).all()
    if any(one.until is None for one in stays):
        return False
    ends = [one.until for one in stays if one.until is not None]
    if ends and max(ends) > since:
        raise Conflict("group_since", field="day", since=max(ends).isoformat())
    session.add(GroupMember(id=new_id(), group_id=row.id, person_id=person_id, since=since, until=None))
    session.flush()
    audit.note(session, Deed.GROUP, by, of=person_id, thing=row.id, what="joined")
    return True


def leave(session: Session, group_id: str, person_id: str, day: date, now: datetime, by: str | None) -> bool:
    """Let somebody be in a group no more from a day on; returns whether they were.

    Raises NotFound, Invalid: day_to_come, ends_before.
    """
    row = group(session, group_id)
    queries.locked(session, person_id)
    timeline.check_day(day, local_day(now))
    stay = session.scalars(
        select(GroupMember).where(
            GroupMember.group_id == row.id, GroupMember.person_id == person_id, GroupMember.until.is_(None)
        )
    ).first()
    if stay is None:
        return False
    timeline.check_order(stay.since, day)
    stay.until = day
    session.flush()
    audit.note(session, Deed.GROUP, by, of=person_id, thing=row.id, what="left")
    return True


def group(session: Session, group_id: str) -> LearningGroup:
    """Return a group; raises NotFound."""
    found = session.get(LearningGroup, group_id)
    if found is None:
        raise NotFound
    return found


def opened(session: Session, group_id: str) -> LearningGroup:
    """Return an open group, held until the transaction ends; raises NotFound, Conflict("group_closed")."""
    found = session.get(LearningGroup, group_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.closed_at is not None:
        raise Conflict("group_closed", name=found.name)
    return found


def _free_name(session: Session, node_id: str, name: str, but: str = "") -> str:
    clean = required_line(name, "name", NAME_MAX)
    beside = select(LearningGroup).where(LearningGroup.node_id == node_id, LearningGroup.closed_at.is_(None))
    for one in session.scalars(beside):
        if one.id != but and name_key(one.name) == name_key(clean):
            raise Conflict("group_named_so", field="name", name=one.name)
    return clean
