"""The only writer of the people tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.core.database import insert_new
from library.core.errors import Conflict, Forbidden
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.core.text import NAME_MAX, clean_line
from library.organisation import queries as organisation
from library.organisation.tables import Branch
from library.people import passwords, queries, rules
from library.people.permits import roles_below
from library.people.tables import Person, RoleGrant


def add_person(session: Session, username: str, name: str, password: str, now: datetime) -> Person:
    """Make an account; raises Invalid for a bad name or password, Conflict("username_taken")."""
    folded = rules.clean_username(username)
    rules.check_password(password, folded)
    if queries.person_by_username(session, folded) is not None:
        raise Conflict("username_taken", field="username")  # before the hash, which is slow on purpose
    person_id = new_id()
    values = {
        "id": person_id,
        "username": folded,
        "name": clean_line(name)[:NAME_MAX] or folded,
        "password_hash": passwords.hashed(password),
        "language": None,
        "active": True,
        "created_at": now,
    }
    if not insert_new(session, Person, ["username"], values):
        raise Conflict("username_taken", field="username")
    return queries.person(session, person_id)


def grant(
    session: Session, person_id: str, role: Role, branch: Branch, by: str | None, now: datetime
) -> None:
    """Give a role at a branch; giving it twice changes nothing."""
    values = {
        "id": new_id(),
        "person_id": person_id,
        "branch_id": branch.id,
        "role": role,
        "granted_by": by,
        "granted_at": now,
    }
    insert_new(session, RoleGrant, ["person_id", "branch_id", "role"], values)


def give_role(
    session: Session, viewer: Viewer, person_id: str, role: Role, branch: Branch, now: datetime
) -> None:
    """Give a person a role at a branch; raises Forbidden when the viewer may not give it, NotFound."""
    if role not in roles_below(viewer, branch.path):
        raise Forbidden
    queries.person(session, person_id)
    grant(session, person_id, role, branch, viewer.person_id, now)


def take_role(session: Session, viewer: Viewer, person_id: str, role: Role, branch: Branch) -> None:
    """Take a role at a branch away; raises Forbidden.

    Nobody takes their own role away: a library without an administrator could not be mended.
    """
    if role not in roles_below(viewer, branch.path) or person_id == viewer.person_id:
        raise Forbidden
    session.execute(
        delete(RoleGrant).where(
            RoleGrant.person_id == person_id, RoleGrant.branch_id == branch.id, RoleGrant.role == role
        )
    )


def changeable(session: Session, viewer: Viewer, person_id: str) -> queries.PersonRow:
    """Return a person the viewer may change; raises Forbidden unless they may give all the person's roles."""
    row = queries.person_row(session, person_id)
    if person_id == viewer.person_id or not row.roles:
        raise Forbidden
    for role, branch_id, _name in row.roles:
        if role not in roles_below(viewer, organisation.branch(session, branch_id).path):
            raise Forbidden
    return row


def set_password(person: Person, new: str) -> None:
    """Give a person another password; raises Invalid for a bad one."""
    rules.check_password(new, person.username)
    person.password_hash = passwords.hashed(new)


def set_active(session: Session, viewer: Viewer, person_id: str, active: bool) -> None:
    """Close or open an account; raises Forbidden, see `changeable`."""
    changeable(session, viewer, person_id)
    queries.person(session, person_id).active = active


def set_language(session: Session, person_id: str, language: str) -> None:
    """Remember the language a person reads."""
    queries.person(session, person_id).language = language


def erasable(session: Session, viewer: Viewer, person_id: str) -> queries.PersonRow:
    """Return a person the viewer may erase; raises Forbidden unless they administer all their branches."""
    row = changeable(session, viewer, person_id)
    paths = [organisation.branch(session, branch_id).path for _role, branch_id, _name in row.roles]
    if not all(viewer.holds_at(Role.ADMIN, path) for path in paths):
        raise Forbidden
    return row


def erase(session: Session, person: Person) -> None:
    """Delete an account with all that says who it was; what they gave others stays.

    Raises Conflict("last_admin").
    """
    if queries.has_admin(session) and not queries.has_admin(session, besides=person.id):
        raise Conflict("last_admin")
    session.execute(update(RoleGrant).where(RoleGrant.granted_by == person.id).values(granted_by=None))
    session.expunge(person)
    session.execute(delete(Person).where(Person.id == person.id))
