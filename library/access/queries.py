"""The only reader of sign-ins, tokens and invitations."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.access.tables import ApiToken, Invitation, SignIn
from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.organisation.tables import Branch
from library.people.queries import viewer_of
from library.people.tables import Person


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


def last_seen(session: Session, person_ids: Collection[str]) -> dict[str, datetime]:
    """Return when the browsers of people were last seen; those who never signed in are left out."""
    last = select(SignIn.person_id, func.max(SignIn.seen_at)).where(SignIn.person_id.in_(person_ids))
    # .all(): a result has keys(), so dict() would take it for a mapping and ask it for each of them.
    return dict(session.execute(last.group_by(SignIn.person_id)).all())
