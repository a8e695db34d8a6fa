"""The only reader of sign-ins, tokens and invitations."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from library.access.rules import LinkPurpose, TokenScope
from library.access.second_factor_rules import SecondFactorPolicy, is_required
from library.access.tables import ApiToken, Invitation, SignIn
from library.core.clock import local_day
from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.organisation.tables import Node
from library.people.queries import viewer_of
from library.people.tables import Person, RoleGrant


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
    network: str


def signed_in(
    session: Session, cookie: str, now: datetime, policy: SecondFactorPolicy = SecondFactorPolicy.OFF
) -> Signed | None:
    """Return who holds the session cookie, or None when it is unknown, expired, or the account is closed.

    So it is for one that was opened by a password alone, when `policy` asks more of the roles that its person
    holds by now.
    """
    row = session.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.id == hash_token(cookie), SignIn.expires_at > now, Person.active)
    ).first()
    if row is None:
        return None
    sign_in, person = row
    viewer = viewer_of(session, person, local_day(now))
    if sign_in.second_at is None and is_required(policy, viewer):
        return None
    return Signed(viewer, person.language, sign_in.id, sign_in.seen_at, sign_in.network)


@dataclass(frozen=True)
class Program:
    """A program with a token: for whom it asks, and what it may do in their name."""

    viewer: Viewer
    scope: TokenScope
    token_id: str
    used_at: datetime | None


def program(session: Session, token: str, now: datetime) -> Program | None:
    """Return the program an API token stands for, None when it is unknown or over, or the account closed."""
    row = session.execute(
        select(ApiToken, Person)
        .join(Person, Person.id == ApiToken.person_id)
        .where(ApiToken.token_hash == hash_token(token), ApiToken.expires_at > now, Person.active)
    ).first()
    if row is None:
        return None
    its, person = row
    return Program(viewer_of(session, person, local_day(now)), its.scope, its.id, its.used_at)


def roles_key(session: Session, person_id: str) -> str:
    """Return a digest of the roles somebody holds: another one as soon as they hold others."""
    held = session.execute(
        select(RoleGrant.role, RoleGrant.node_id).where(
            RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None)
        )
    )
    return key_of_roles((role, node_id) for role, node_id in held)


def key_of_roles(held: Iterable[tuple[Role, str]]) -> str:
    """Return the same of roles that are known, each with the id of its node."""
    said = sorted(f"{role.value}@{node_id}" for role, node_id in held)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def open_invitations(session: Session, viewer: Viewer, now: datetime) -> list[tuple[Invitation, Node]]:
    """Return the unused links for branches that the viewer staffs, newest first."""
    rows = session.execute(
        select(Invitation, Node)
        .join(Node, Node.id == Invitation.node_id)
        .where(
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            # Printed where the machine was started, for whoever did that.
            # Those of a whole branch stand on their own page (start_queries).
            Invitation.purpose.not_in((LinkPurpose.FIRST_ADMIN, LinkPurpose.START, LinkPurpose.MAIL_RESET)),
        )
        .order_by(Invitation.created_at.desc())
    )
    return [(i, b) for i, b in rows if viewer.holds_at(Role.STAFF, b.path)]


def invitation(session: Session, token: str, now: datetime) -> Invitation:
    """Return the open invitation behind a one-time link; raises NotFound("link_used_or_expired")."""
    hashed = hash_token(token)
    is_its = or_(Invitation.token_hash == hashed, Invitation.ticket_hash == hashed)
    found = session.scalars(select(Invitation).where(is_its)).first()
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


def last_seen(session: Session, person_ids: Collection[str]) -> dict[str, datetime]:
    """Return when the browsers of people were last seen; those who never signed in are left out."""
    last = select(SignIn.person_id, func.max(SignIn.seen_at)).where(SignIn.person_id.in_(person_ids))
    # .all(): a result has keys(), so dict() would take it for a mapping and ask it for each of them.
    return dict(session.execute(last.group_by(SignIn.person_id)).all())
