"""The only writer of sign-ins that are half done, and what makes whole ones of them.

Each step up is another session with another cookie: nobody who knew the one before is carried along.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import attempts, second_factor
from library.access import second_factor_queries as queries
from library.access.actions import FreshSignIn
from library.access.attempts import Attempt
from library.access.factor_tables import HalfSignIn
from library.access.queries import hash_token
from library.access.sealing import Sealing
from library.access.second_factor_queries import Half
from library.access.second_factor_rules import (
    HALF_MIN,
    Missing,
    SecondFactorPolicy,
    missing_after_first,
)
from library.access.tables import SignIn
from library.core.clock import local_day
from library.core.errors import SignInNeeded
from library.core.ids import new_secret
from library.people import queries as people_queries
from library.people.tables import Person


@dataclass(frozen=True)
class FreshHalf:
    """What a browser gets whose person has shown a first proof: a cookie that opens the second step alone."""

    cookie: str
    missing: Missing


Entered = FreshSignIn | FreshHalf


def after_password(
    session: Session,
    attempt: Attempt,
    device: str,
    now: datetime,
    policy: SecondFactorPolicy = SecondFactorPolicy.OFF,
) -> Entered | None:
    """Sign a browser in after its password fitted, or half; None when meanwhile the account was closed or has
    another password: hashing takes its time, and what was ended then must not begin again.

    Where a code is still to come the attempt stays counted: who knows the password must not clear with it
    what their wrong codes cost.
    """
    if attempt.person_id is None:
        return None
    person = people_queries.locked(session, attempt.person_id)
    if not person.active or person.password_hash != attempt.password_hash:
        return None
    entered = after_first(session, person, device, now, policy)
    if not (isinstance(entered, FreshHalf) and entered.missing is Missing.CODE):
        attempts.take_back(session, attempt.marks)
    return entered


def after_first(
    session: Session,
    person: Person,
    device: str,
    now: datetime,
    policy: SecondFactorPolicy,
    *,
    provider: str = "",
    proved_elsewhere: bool = False,
) -> Entered:
    """Sign a browser in whose person has shown a first proof, or half when more is needed.

    `provider` is who gave it, "" for a password or a one-time link. Without a policy nothing more is asked,
    not even the database.
    """
    missing = None
    if policy is not SecondFactorPolicy.OFF:
        missing = missing_after_first(
            policy,
            people_queries.viewer_of(session, person, local_day(now)),
            has_factor=queries.has_factor(session, person.id),
            proved_elsewhere=proved_elsewhere,
        )
    if missing is None:
        second_at = now if proved_elsewhere else None
        return access.open_sign_in(session, person, device, now, second_at=second_at, provider=provider)
    cookie = new_secret()
    session.execute(delete(HalfSignIn).where(HalfSignIn.expires_at <= now))
    session.add(
        HalfSignIn(
            id=hash_token(cookie),
            person_id=person.id,
            missing=missing,
            provider=provider,
            expires_at=now + timedelta(minutes=HALF_MIN),
        )
    )
    session.flush()
    return FreshHalf(cookie, missing)


def enter_with_code(
    session: Session,
    sealing: Sealing,
    half: Half,
    attempt: Attempt,
    typed: str,
    device: str,
    now: datetime,
) -> FreshSignIn | None:
    """Make a half sign-in whole by a code that was counted as `attempt`; None when it is wrong.

    Raises SignInNeeded("half_over") when it is over, Conflict when the second factor cannot be read.
    """
    person = _still_half(session, half, Missing.CODE)
    if second_factor.use(session, sealing, person.id, typed, now) is None:
        second_factor.note_failed(session, person.id)
        return None
    # A right code takes back its own count, and that of the password before it.
    attempts.take_back(session, attempt.marks, times=1 if half.provider else 2)
    return _whole(session, half, person, device, now)


def enter_with_set_up(
    session: Session, sealing: Sealing, half: Half, code: str, device: str, now: datetime
) -> tuple[FreshSignIn, tuple[str, ...]]:
    """Confirm the second factor that was missing, and make the sign-in whole; returns recovery codes too.

    Raises SignInNeeded("half_over"), and what `second_factor.confirm` raises.
    """
    person = _still_half(session, half, Missing.SET_UP)
    codes = second_factor.confirm(session, sealing, person.id, code, now)
    return _whole(session, half, person, device, now), tuple(codes)


def confirm_here(
    session: Session, sealing: Sealing, person_id: str, here: str, code: str, device: str, now: datetime
) -> tuple[FreshSignIn, tuple[str, ...]]:
    """Confirm a second factor in the browser `here`, which gets another session; all that there were end.

    Raises SignInNeeded when it was signed out meanwhile, and what `second_factor.confirm` raises.
    """
    person = people_queries.locked(session, person_id)
    access.check_signed_in(session, person, here)
    codes = second_factor.confirm(session, sealing, person_id, code, now)
    provider = session.get_one(SignIn, here).provider
    access.close_other_sign_ins(session, person_id, keep="")
    return (
        access.open_sign_in(session, person, device, now, second_at=now, provider=provider),
        tuple(codes),
    )


def _still_half(session: Session, half: Half, missing: Missing) -> Person:
    person = people_queries.locked(session, half.person_id)
    row = session.get(HalfSignIn, half.id, populate_existing=True)
    if row is None or row.missing is not missing or not person.active:
        raise SignInNeeded("half_over")
    return person


def _whole(session: Session, half: Half, person: Person, device: str, now: datetime) -> FreshSignIn:
    session.execute(delete(HalfSignIn).where(HalfSignIn.id == half.id))
    return access.open_sign_in(session, person, device, now, second_at=now, provider=half.provider)
