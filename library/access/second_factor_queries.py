"""The only reader of second factors and of sign-ins that are half done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.access.factor_tables import HalfSignIn, RecoveryCode, SecondFactor
from library.access.queries import hash_token
from library.access.sealing import Sealing, Unsealable
from library.access.second_factor_rules import Missing
from library.core.errors import Conflict
from library.people.tables import Person


@dataclass(frozen=True)
class Factor:
    """A person's second factor: since when it counts, and how many recovery codes are left."""

    confirmed_at: datetime
    codes_left: int


def has_factor(session: Session, person_id: str) -> bool:
    """Tell whether somebody has a second factor that counts."""
    confirmed = select(SecondFactor.person_id).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
    )
    return session.scalar(confirmed) is not None


def factor_of(session: Session, person_id: str) -> Factor | None:
    """Return somebody's second factor, None when they have none that counts."""
    row = session.get(SecondFactor, person_id)
    if row is None or row.confirmed_at is None:
        return None
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return Factor(row.confirmed_at, session.scalar(left) or 0)


def pending_secret(session: Session, sealing: Sealing, person_id: str, now: datetime) -> str | None:
    """Return the secret of a set-up that was begun and not confirmed, for its person alone."""
    row = session.get(SecondFactor, person_id)
    if row is None or row.confirmed_at is not None:
        return None
    try:
        return sealing.open(row.sealed, now)
    except Unsealable:
        return None


def opened_secret(row: SecondFactor, sealing: Sealing, now: datetime) -> str:
    """Return a second factor's secret; raises Conflict("second_factor_unreadable")."""
    try:
        return sealing.open(row.sealed, now)
    except Unsealable as error:
        raise Conflict("second_factor_unreadable") from error


@dataclass(frozen=True)
class Half:
    """A sign-in that is half done: whose, what is missing, and who gave the first proof."""

    id: str
    person_id: str
    username: str
    name: str
    missing: Missing
    provider: str


def half_sign_in(session: Session, cookie: str, now: datetime) -> Half | None:
    """Return what the cookie of a half session stands for, None when it is over, or the account closed."""
    if not cookie:
        return None
    row = session.execute(
        select(HalfSignIn, Person)
        .join(Person, Person.id == HalfSignIn.person_id)
        .where(HalfSignIn.id == hash_token(cookie), HalfSignIn.expires_at > now, Person.active)
    ).first()
    if row is None:
        return None
    half, person = row
    return Half(half.id, person.id, person.username, person.name, half.missing, half.provider)


def with_factor(session: Session, person_ids: Sequence[str]) -> frozenset[str]:
    """Return who of some people has a second factor that counts."""
    confirmed = select(SecondFactor.person_id).where(
        SecondFactor.person_id.in_(person_ids), SecondFactor.confirmed_at.is_not(None)
    )
    return frozenset(session.scalars(confirmed))
