"""The only reader of the people tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.permits import Grant, Role, Viewer
from library.core.text import name_key
from library.organisation.tables import Branch
from library.people.tables import Person, RoleGrant


def viewer_of(session: Session, person: Person) -> Viewer:
    """Return the viewer a person is, with all roles in the order in which they were given."""
    rows = session.execute(
        select(RoleGrant.role, Branch.id, Branch.path)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.person_id == person.id)
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    )
    grants = tuple(Grant(role, branch, path) for role, branch, path in rows)
    return Viewer(person.id, person.name, grants)


def person_by_username(session: Session, username: str) -> Person | None:
    """Return the person with a folded user name."""
    return session.scalars(select(Person).where(Person.username == username)).first()


def person(session: Session, person_id: str) -> Person:
    """Return a person; raises NotFound."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def has_admin(session: Session, besides: str | None = None) -> bool:
    """Tell whether anybody administers the library yet, `besides` the one person."""
    admins = select(RoleGrant.id).where(RoleGrant.role == Role.ADMIN)
    if besides is not None:
        admins = admins.where(RoleGrant.person_id != besides)
    return session.scalars(admins.limit(1)).first() is not None


@dataclass(frozen=True)
class PersonRow:
    """A person in a list, with (role, branch id, branch name) triples in the order of the tree."""

    id: str
    username: str
    name: str
    active: bool
    roles: tuple[tuple[Role, str, str], ...]


def people_under(session: Session, viewer: Viewer, text: str = "") -> list[PersonRow]:
    """Return the people who hold a role at a branch that the viewer staffs, by name.

    `text` keeps only those whose name contains it.
    """
    staffed = [g.path for g in viewer.grants if viewer.holds_at(Role.STAFF, g.path)]
    if not staffed:
        return []
    wanted = select(RoleGrant.person_id).join(Branch, Branch.id == RoleGrant.branch_id)
    wanted = wanted.where(or_(*(Branch.path.startswith(path, autoescape=True) for path in staffed)))
    persons = select(Person).where(Person.id.in_(wanted)).order_by(Person.username)
    if text:
        persons = persons.where(
            or_(
                Person.username.contains(name_key(text), autoescape=True),
                Person.name.contains(text, autoescape=True),
            )
        )
    return _rows(session, session.scalars(persons).all())


def person_row(session: Session, person_id: str) -> PersonRow:
    """Return one person as in a list; raises NotFound."""
    return _rows(session, [person(session, person_id)])[0]


def _rows(session: Session, persons: Sequence[Person]) -> list[PersonRow]:
    ids = [p.id for p in persons]
    roles: dict[str, list[tuple[Role, str, str]]] = {i: [] for i in ids}
    held = session.execute(
        select(RoleGrant.person_id, RoleGrant.role, Branch.id, Branch.name)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.person_id.in_(ids))
        .order_by(Branch.path)
    )
    for who, role, branch_id, name in held:
        roles[who].append((role, branch_id, name))
    return [PersonRow(p.id, p.username, p.name, p.active, tuple(roles[p.id])) for p in persons]
