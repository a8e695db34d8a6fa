"""The only reader of the people tables."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from library.core.errors import NotFound
from library.core.permits import Grant, Role, Viewer
from library.core.text import fold
from library.people.tables import ApiToken, Branch, Invitation, Person, RoleGrant, SignIn


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token; tokens are random, so no salt or slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Signed:
    """A signed-in browser: the viewer and the person's language."""

    viewer: Viewer
    language: str | None
    sign_in_id: str
    seen_at: datetime


def viewer_of(session: Session, person: Person) -> Viewer:
    """Return the viewer a person is, with all roles."""
    rows = session.execute(
        select(RoleGrant.role, Branch.id, Branch.path)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.person_id == person.id)
        .order_by(func.length(Branch.path), RoleGrant.granted_at)
    )
    grants = tuple(Grant(Role(role), branch, path) for role, branch, path in rows)
    return Viewer(person.id, person.name, grants)


def home_branch(session: Session, viewer: Viewer) -> str | None:
    """Return the id of the branch a person belongs to: that of their first role; None without any."""
    first = (
        select(RoleGrant.branch_id)
        .where(RoleGrant.person_id == viewer.person_id)
        .order_by(RoleGrant.granted_at, RoleGrant.id)
        .limit(1)
    )
    return session.scalar(first) if viewer.person_id else None


def signed_in(session: Session, cookie: str, now: datetime) -> Signed | None:
    """Return who holds the session cookie, or None when it is unknown, expired, or the account is closed."""
    row = session.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.id == hash_token(cookie), SignIn.expires_at > now, Person.active)
    ).first()
    if row is None:
        return None
    sign_in, person = row
    return Signed(viewer_of(session, person), person.language, sign_in.id, sign_in.seen_at)


def viewer_by_token(session: Session, token: str) -> Viewer | None:
    """Return the viewer an API token stands for, None when it is unknown or the account is closed."""
    person = session.scalars(
        select(Person)
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(ApiToken.token_hash == hash_token(token), Person.active)
    ).first()
    return viewer_of(session, person) if person else None


def token_used_at(session: Session, token: str) -> datetime | None:
    """Return when an API token was last seen in use, None when it never was."""
    return session.scalar(select(ApiToken.used_at).where(ApiToken.token_hash == hash_token(token)))


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


def root_branch(session: Session) -> Branch:
    """Return the root of the organisation tree; it is made at the first start."""
    root = session.scalars(select(Branch).where(Branch.parent_id.is_(None)).order_by(Branch.id)).first()
    if root is None:
        raise NotFound("no_root")
    return root


def branch(session: Session, branch_id: str) -> Branch:
    """Return a branch; raises NotFound."""
    found = session.get(Branch, branch_id)
    if found is None:
        raise NotFound
    return found


def branches_named(session: Session, text: str, most: int = 200) -> list[str]:
    """Return the ids of the branches whose name holds `text`, and of all below them."""
    named, below = aliased(Branch), aliased(Branch)
    wanted = (
        select(below.id)
        .join(named, below.path.startswith(named.path))
        .where(named.name.contains(text, autoescape=True))
        .group_by(below.id, below.path)
        .order_by(below.path)
        .limit(most)
    )
    return list(session.scalars(wanted)) if text else []


def branch_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return what branches are called, by their ids; those that are gone are left out."""
    rows = session.execute(select(Branch.id, Branch.name).where(Branch.id.in_(ids)))
    return dict(rows.all())


def branches_under(session: Session, viewer: Viewer, role: Role) -> Sequence[Branch]:
    """Return the branches at which the viewer holds `role`, in the order of the tree."""
    every = session.scalars(select(Branch).order_by(Branch.path)).all()
    return [b for b in every if viewer.holds_at(role, b.path)]


@dataclass(frozen=True)
class PersonRow:
    """A person in a list, with (role, branch id, branch name) triples in the order of the tree."""

    id: str
    username: str
    name: str
    active: bool
    seen_at: datetime | None
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
                Person.username.contains(fold(text), autoescape=True),
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
        roles[who].append((Role(role), branch_id, name))
    last = select(SignIn.person_id, func.max(SignIn.seen_at)).where(SignIn.person_id.in_(ids))
    # .all(): a result has keys(), so dict() would take it for a mapping and ask it for each of them.
    seen = dict(session.execute(last.group_by(SignIn.person_id)).all())
    return [
        PersonRow(p.id, p.username, p.name, p.active, seen.get(p.id), tuple(roles[p.id])) for p in persons
    ]


def open_invitations(session: Session, viewer: Viewer, now: datetime) -> list[tuple[Invitation, Branch]]:
    """Return the unused links for branches that the viewer staffs, newest first."""
    rows = session.execute(
        select(Invitation, Branch)
        .join(Branch, Branch.id == Invitation.branch_id)
        .where(Invitation.used_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.created_at.desc())
    )
    return [(i, b) for i, b in rows if viewer.holds_at(Role.STAFF, b.path)]


def invitation(session: Session, token: str, now: datetime) -> Invitation:
    """Return the open invitation behind a one-time link; raises NotFound("link_used_or_expired")."""
    found = session.scalars(select(Invitation).where(Invitation.token_hash == hash_token(token))).first()
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise NotFound("link_used_or_expired")
    return found


def tokens_of(session: Session, person_id: str) -> Sequence[ApiToken]:
    """Return a person's API tokens, newest first."""
    return session.scalars(
        select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.created_at.desc())
    ).all()


def sign_ins_of(session: Session, person_id: str, now: datetime) -> Sequence[SignIn]:
    """Return the browsers a person is signed in with, last seen first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.expires_at > now)
        .order_by(SignIn.seen_at.desc())
    ).all()
