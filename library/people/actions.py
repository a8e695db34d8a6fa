"""The only writer of the people tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, delete, literal_column, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.database import insert_new
from library.core.errors import Conflict, Forbidden
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.core.text import NAME_MAX, clean_line
from library.organisation.tables import Node
from library.people import queries, roles, rules
from library.people.name_tables import SignInName
from library.people.passwords import HashedPassword
from library.people.permits import may_change, may_erase, roles_below
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person, RoleGrant


def add_person(
    session: Session, username: str, name: str, password_hash: HashedPassword, now: datetime
) -> Person:
    """Make an account; raises Invalid for a bad name, Conflict("username_taken")."""
    folded = rules.clean_username(username)
    if session.get(SignInName, folded) is not None:  # it would shadow how somebody signs in already
        raise Conflict("username_taken", field="username")
    person_id = new_id()
    values = {
        "id": person_id,
        "username": folded,
        "name": clean_line(name)[:NAME_MAX] or folded,
        "password_hash": password_hash,
        "language": None,
        "active": True,
        "created_at": now,
    }
    if not insert_new(session, Person, ["username"], values):
        raise Conflict("username_taken", field="username")
    return queries.person(session, person_id)


def grant(session: Session, person_id: str, role: Role, branch: Node, by: str | None, now: datetime) -> None:
    """Give a role at a node; giving it twice changes nothing. Raises Conflict("two_of_three").

    Whoever belongs nowhere yet belongs there: an account is made where its person is a member.
    """
    roles.prepare(session, person_id, role, branch, now)
    values = {
        "id": new_id(),
        "person_id": person_id,
        "node_id": branch.id,
        "role": role,
        "granted_by": by,
        "granted_at": now,
    }
    held = ["person_id", "node_id", "role"]
    if insert_new(session, RoleGrant, held, values, among=RoleGrant.ended_at.is_(None)):
        audit.note(session, Deed.ROLE_GIVEN, by, of=person_id, thing=branch.id, role=role.value)
    _settle(session, person_id, branch, by, now)


def _settle(session: Session, person_id: str, branch: Node, by: str | None, now: datetime) -> None:
    """Make a node the home of a person who has none."""
    # Written out: PostgreSQL knows the index no more by a parameter once it has prepared the statement, which
    # it has after a handful of people.
    is_home = literal_column("kind = 'home' AND until IS NULL", Boolean)
    values = {
        "id": new_id(),
        "person_id": person_id,
        "node_id": branch.id,
        "kind": MembershipKind.HOME,
        "since": local_day(now),
        "noted_at": now,
        "noted_by": by,
    }
    insert_new(session, Membership, ["person_id"], values, among=is_home)


def give_role(
    session: Session, viewer: Viewer, person_id: str, role: Role, branch: Node, now: datetime
) -> None:
    """Give a person a role at a branch; raises Forbidden when the viewer may not give it, NotFound."""
    if role not in roles_below(viewer, branch.path):
        raise Forbidden
    queries.person(session, person_id)
    grant(session, person_id, role, branch, viewer.person_id, now)


def take_role(
    session: Session, viewer: Viewer, person_id: str, role: Role, branch: Node, now: datetime
) -> bool:
    """End a role at a node; returns whether it was held. Raises Forbidden, Conflict("last_admin").

    Nobody takes their own role away: a library without an administrator could not be mended.
    """
    if role not in roles_below(viewer, branch.path) or person_id == viewer.person_id:
        raise Forbidden
    taken = session.scalars(
        update(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.node_id == branch.id)
        .where(RoleGrant.role == role, RoleGrant.ended_at.is_(None))
        .values(ended_at=now, ended_by=viewer.person_id)
        .returning(RoleGrant.id)
    ).all()
    if taken and role is Role.ADMIN:
        _check_admin_left(session)
    if taken:
        by = viewer.person_id
        audit.note(session, Deed.ROLE_TAKEN, by, of=person_id, thing=branch.id, role=role.value)
    return bool(taken)


def changeable(session: Session, viewer: Viewer, person_id: str) -> queries.PersonRow:
    """Return a person the viewer may change; raises Forbidden (library.people.permits.may_change)."""
    row = queries.person_row(session, person_id)
    if not may_change(viewer, row.id, row.held):
        raise Forbidden
    return row


def set_password(person: Person, new: HashedPassword) -> None:
    """Give a person another password."""
    person.password_hash = new


def set_active(session: Session, viewer: Viewer, person_id: str, active: bool) -> None:
    """Close or open an account; raises Forbidden, see `changeable`, and Conflict("last_admin")."""
    row = changeable(session, viewer, person_id)
    queries.locked(session, person_id).active = active
    session.flush()
    if not active and any(role is Role.ADMIN for role, _path in row.held):
        _check_admin_left(session)


def _check_admin_left(session: Session) -> None:
    if not queries.has_admin(session):
        raise Conflict("last_admin")


def set_language(session: Session, person_id: str, language: str) -> None:
    """Remember the language a person reads."""
    queries.person(session, person_id).language = language


def erasable(session: Session, viewer: Viewer, person_id: str) -> queries.PersonRow:
    """Return a person the viewer may erase; raises Forbidden unless they administer all their branches."""
    row = queries.person_row(session, person_id)
    if not may_erase(viewer, row.id, row.held):
        raise Forbidden
    return row


def erase(session: Session, person: Person) -> None:
    """Delete an account with all that says who it was; what they gave others stays.

    Raises Conflict("last_admin").
    """
    if queries.has_admin(session) and not queries.has_admin(session, besides=person.id):
        raise Conflict("last_admin")
    session.execute(update(RoleGrant).where(RoleGrant.granted_by == person.id).values(granted_by=None))
    session.execute(update(RoleGrant).where(RoleGrant.ended_by == person.id).values(ended_by=None))
    session.expunge(person)
    session.execute(delete(Person).where(Person.id == person.id))
