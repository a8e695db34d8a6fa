"""Roles that are given for a time, kept apart from each other, and handed over from one person to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, false, or_, select, true, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day, midnight
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.core.rights import Act, role_at_node
from library.core.text import NAME_MAX, name_key
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import rules
from library.people.permits import roles_below
from library.people.tables import Membership, Person, RoleGrant

MOST_AHEAD = timedelta(days=366)
"""A hand-over is settled a year ahead at most: a congress is known by then."""


def standing(today: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a role is held on a day, begun and not ended."""
    return (
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
        RoleGrant.granted_at < midnight(today + timedelta(days=1)),
    )


def prepare(session: Session, person_id: str, role: Role, branch: Node, now: datetime) -> None:
    """Make room for a role that is given: one whose last day is over ends. Raises Conflict("two_of_three").

    Also a role that begins later counts here: nobody shall hold two of three for a day either.
    """
    mine = (RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
    over = (RoleGrant.role == role, RoleGrant.node_id == branch.id, RoleGrant.until < local_day(now))
    session.execute(update(RoleGrant).where(*mine, *over).values(ended_at=now))
    if not session.info.get(rules.KEPT_APART):
        return
    # Of two roles given to one person at once the second waits here, and then sees the first.
    session.get(Person, person_id, with_for_update=True)
    last_day = or_(RoleGrant.until.is_(None), RoleGrant.until >= local_day(now))
    held = session.scalars(select(RoleGrant.role).where(*mine, last_day)).all()
    other = rules.two_of_three(held, role)
    if other is not None:
        raise Conflict("two_of_three", field="role", held=other.value, wanted=role.value)


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role at a node; `until` is the last day, `since` when it was given."""

    person_id: str
    name: str
    username: str
    role: Role
    since: datetime
    until: date | None
    given_by: str | None


def holders(session: Session, node_id: str, today: date) -> list[Holder]:
    """Return who holds which role at this very node, or will from a day to come, by role and name."""
    rows = session.execute(_roles_at(node_id, today))
    order = {role: n for n, role in enumerate(Role)}
    found = [Holder(*row) for row in rows]
    return sorted(found, key=lambda one: (-order[one.role], one.name, one.person_id))


def _roles_at(node_id: str, today: date) -> Select[str, str, str, Role, datetime, date | None, str | None]:
    return (
        select(
            *(Person.id, Person.name, Person.username, RoleGrant.role),
            *(RoleGrant.granted_at, RoleGrant.until, RoleGrant.granted_by),
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.node_id == node_id, RoleGrant.ended_at.is_(None), Person.active)
        .where(or_(RoleGrant.until.is_(None), RoleGrant.until >= today))
        .where(RoleGrant.role != Role.MEMBER)
    )


def person_meant(session: Session, viewer: Viewer, text: str, today: date, field: str) -> Person:
    """Return the person in the viewer's scope whom they mean by an account or a name.

    Whoever is outside of it, and whoever does not exist, raises the same Invalid("person_not_here"); two of
    one name raise Invalid("persons_called_so").
    """
    typed = name_key(text)
    named = or_(Person.username == typed, Person.name == text.strip())
    found = session.scalars(select(Person).where(named, _in_scope(viewer, today)).limit(20)).all()
    exact = [one for one in found if one.username == typed] or list(found)
    if not exact:
        raise Invalid("person_not_here", field=field, text=text.strip()[:NAME_MAX])
    if len(exact) > 1:
        raise Invalid("persons_called_so", field=field, text=text.strip()[:NAME_MAX], count=len(exact))
    return exact[0]


def _in_scope(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Return the condition that somebody belongs, or holds a role, where the viewer keeps people."""
    if viewer.holds_at_root(role_at_node(Act.PEOPLE_LOOK)):
        return true()
    kept = organisation.outermost(viewer, role_at_node(Act.PEOPLE_LOOK))
    inside = organisation.inside_of(kept)
    belongs = select(Membership.person_id).where(
        Membership.node_id.in_(inside),
        Membership.since <= today,
        or_(Membership.until.is_(None), Membership.until > today),
    )
    holds = select(RoleGrant.person_id).where(RoleGrant.node_id.in_(inside), *standing(today))
    return or_(Person.id.in_(belongs), Person.id.in_(holds)) if kept else false()


@dataclass(frozen=True)
class HandOver:
    """A role at a node that passes from one person to another on `day`: the first day of the second."""

    role: Role
    node: Node
    from_id: str
    to_id: str
    day: date


def check_day(day: date, role: Role, today: date) -> None:
    """Raise Invalid("day_past") for a day that is over or too far ahead.

    An administrator hands over today: the library has one, whatever becomes of the other until then.
    """
    last = today if role is Role.ADMIN else today + MOST_AHEAD
    if not today <= day <= last:
        raise Invalid("day_past", field="day", day=day.isoformat(), last=last.isoformat())


def hand_over(session: Session, viewer: Viewer, change: HandOver, now: datetime, by: str | None) -> None:
    """End a role of one person and give it to another on a day, in one act; `by`: who does it, None for the
    machine.

    Raises Forbidden, Invalid: day_past, same_person, Conflict: role_not_held, two_of_three.
    """
    if change.role not in roles_below(viewer, change.node.path):
        raise Forbidden
    today = local_day(now)
    check_day(change.day, change.role, today)
    if change.from_id == change.to_id:
        raise Invalid("same_person", field="to")
    held = (
        RoleGrant.person_id == change.from_id,
        RoleGrant.node_id == change.node.id,
        RoleGrant.role == change.role,
    )
    ended = _end(session, held, change, now, by)
    if not ended:
        raise Conflict("role_not_held", field="from")
    node, role, day = change.node.id, change.role.value, change.day.isoformat()
    audit.note(session, Deed.ROLE_TAKEN, by, of=change.from_id, thing=node, role=role, day=day)
    _begin(session, change, now, by)
    audit.note(session, Deed.ROLE_GIVEN, by, of=change.to_id, thing=node, role=role, day=day)


def _end(
    session: Session,
    held: Sequence[ColumnElement[bool]],
    change: HandOver,
    now: datetime,
    by: str | None,
) -> bool:
    """End what is held now, at once or after the day before `change.day`; returns whether it was held."""
    today = local_day(now)
    ends = (
        {"ended_at": now, "ended_by": by}
        if change.day == today
        else {"until": change.day - timedelta(days=1)}
    )
    found = session.scalars(
        update(RoleGrant).where(*held, *standing(today)).values(**ends).returning(RoleGrant.id)
    ).all()
    return bool(found)


def _begin(session: Session, change: HandOver, now: datetime, by: str | None) -> None:
    prepare(session, change.to_id, change.role, change.node, now)
    already = (
        RoleGrant.person_id == change.to_id,
        RoleGrant.node_id == change.node.id,
        RoleGrant.role == change.role,
        RoleGrant.ended_at.is_(None),
    )
    today = local_day(now)
    kept = session.scalars(select(RoleGrant.id).where(*already)).first()
    if kept is not None:  # for some time already: from now on without an end
        session.execute(update(RoleGrant).where(RoleGrant.id == kept).values(until=None))
        return
    session.add(
        RoleGrant(
            id=new_id(),
            person_id=change.to_id,
            node_id=change.node.id,
            role=change.role,
            granted_by=by,
            granted_at=now if change.day == today else midnight(change.day),
        )
    )
    session.flush()
