"""The only reader of the people tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from library.core.clock import midnight
from library.core.errors import NotFound
from library.core.permits import Belonging, Grant, Role, Viewer
from library.organisation.tables import Node
from library.people.name_rules import sign_in_keys
from library.people.name_tables import SignInName
from library.people.rules import KEPT_APART, MembershipKind
from library.people.tables import Exemption, GroupMember, Membership, Person, RoleGrant


def viewer_of(session: Session, person: Person, today: date) -> Viewer:
    """Return the viewer a person is on a day: with all roles in the order in which they were given, where
    they belong, and their groups."""
    roles = (
        select(RoleGrant.role, Node.id, Node.path)
        .join(Node, Node.id == RoleGrant.node_id)
        .where(
            RoleGrant.person_id == person.id,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.until.is_(None), RoleGrant.until >= today),
            RoleGrant.granted_at < midnight(today + timedelta(days=1)),  # handed over on a day to come
        )
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    )
    places = (
        select(Node.id, Node.path, Membership.kind, Membership.state)
        .join(Node, Node.id == Membership.node_id)
        .where(Membership.person_id == person.id, _on(Membership, today))
        .order_by(Membership.kind.desc(), Membership.since, Membership.id)
    )
    apart = bool(session.info.get(KEPT_APART))
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person.id, _on(GroupMember, today))
    return Viewer(
        person.id,
        person.name,
        tuple(Grant(role, node, path, apart) for role, node, path in session.execute(roles)),
        tuple(
            Belonging(node, path, kind is MembershipKind.HOME, state)
            for node, path, kind, state in session.execute(places)
        ),
        tuple(session.scalars(groups.order_by(GroupMember.group_id))),
    )


def _on(table: type[Membership | GroupMember | Exemption], day: date) -> ColumnElement[bool]:
    """Return the condition that a dated row holds on a day."""
    return and_(table.since <= day, or_(table.until.is_(None), table.until > day))


def names_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return what people are called, by their ids; those who are gone are left out."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return dict(rows.all())


def person_by_username(session: Session, username: str) -> Person | None:
    """Return the person with a folded user name."""
    return session.scalars(select(Person).where(Person.username == username)).first()


def person_by_sign_in_name(session: Session, text: str) -> Person | None:
    """Return whom a name typed at the door means: by user name before further names, so that nobody's further
    name ever stands for another's user name."""
    keys = sign_in_keys(text)
    if not keys:
        return None
    aliased_ids = select(SignInName.person_id).where(SignInName.key.in_(keys))
    found = session.scalars(select(Person).where(or_(Person.username.in_(keys), Person.id.in_(aliased_ids))))
    order = {key: rank for rank, key in enumerate(reversed(keys))}
    return min(found, key=lambda one: order.get(one.username, len(keys)), default=None)


def home_path(session: Session, person_id: str) -> str | None:
    """Return the path of the node that is a person's home now, None without one."""
    wanted = select(Node.path).join(Membership, Membership.node_id == Node.id)
    is_home = (Membership.kind == MembershipKind.HOME, Membership.until.is_(None))
    return session.scalars(wanted.where(Membership.person_id == person_id, *is_home)).first()


def persons_called(session: Session, name: str, most: int = 5) -> Sequence[Person]:
    """Return the first persons of this very name."""
    return session.scalars(
        select(Person).where(Person.name == name).order_by(Person.username).limit(most)
    ).all()


def person(session: Session, person_id: str) -> Person:
    """Return a person; raises NotFound."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return what people are called, by their ids; those who are gone are left out."""
    if not ids:
        return {}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())


def locked(session: Session, person_id: str) -> Person:
    """Return a person as they are now, and keep others from changing them or their roles until the end of
    this transaction; raises NotFound."""
    found = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def noted_by(session: Session, viewer: Viewer) -> str | None:
    """Return who is to be named for what the viewer does, None for the machine, which is nobody."""
    known = viewer.person_id is not None and session.get(Person, viewer.person_id) is not None
    return viewer.person_id if known else None


def has_admin(session: Session, besides: str | None = None) -> bool:
    """Tell whether anybody whose account is open administers the library, `besides` the one person."""
    admins = select(RoleGrant.id).join(Person, Person.id == RoleGrant.person_id)
    admins = admins.where(RoleGrant.role == Role.ADMIN, RoleGrant.ended_at.is_(None), Person.active)
    if besides is not None:
        admins = admins.where(RoleGrant.person_id != besides)
    return session.scalars(admins.limit(1)).first() is not None


@dataclass(frozen=True)
class PersonRow:
    """A person in a list, with (role, branch id, branch name) triples in the order of the tree.

    `held` are the same roles with the paths of their branches.
    """

    id: str
    username: str
    name: str
    active: bool
    roles: tuple[tuple[Role, str, str], ...]
    held: tuple[tuple[Role, str], ...]


def person_row(session: Session, person_id: str) -> PersonRow:
    """Return one person as in a list; raises NotFound."""
    return rows_of(session, [person(session, person_id)])[0]


def rows_of(session: Session, persons: Sequence[Person]) -> list[PersonRow]:
    """Return persons as in a list, in their order."""
    ids = [p.id for p in persons]
    roles: dict[str, list[tuple[Role, str, str, str]]] = {i: [] for i in ids}
    held = session.execute(
        select(RoleGrant.person_id, RoleGrant.role, Node.id, Node.name, Node.path)
        .join(Node, Node.id == RoleGrant.node_id)
        .where(RoleGrant.person_id.in_(ids), RoleGrant.ended_at.is_(None))
        .order_by(Node.path)
    )
    for who, role, node_id, name, path in held:
        roles[who].append((role, node_id, name, path))
    return [
        PersonRow(
            p.id,
            p.username,
            p.name,
            p.active,
            tuple((role, node_id, name) for role, node_id, name, _path in roles[p.id]),
            tuple((role, path) for role, _node_id, _name, path in roles[p.id]),
        )
        for p in persons
    ]
