"""The only writer of second factors: set up, used, replaced, taken off.

Callers have locked the person, so that of two codes at once one is looked at after the other. What a code is
tried against is counted before (library.access.attempts).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.access import rules
from library.access import second_factor_queries as queries
from library.access import second_factor_rules as factor_rules
from library.access.factor_tables import HalfSignIn, RecoveryCode, SecondFactor
from library.access.queries import hash_token
from library.access.sealing import Sealing
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.permits import Viewer
from library.people import actions as people
from library.people import queries as people_queries
from library.people.permits import may_erase


class Used(StrEnum):
    """What was shown as a second factor."""

    CODE = "code"
    RECOVERY = "recovery"


def begin(session: Session, sealing: Sealing, person_id: str, now: datetime) -> None:
    """Make a new secret that counts for nothing until it is confirmed; raises Conflict when one counts."""
    people_queries.locked(session, person_id)
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("second_factor_stands")
    sealed = sealing.seal(factor_rules.new_totp_secret(), now)
    if row is None:
        session.add(
            SecondFactor(person_id=person_id, sealed=sealed, made_at=now, confirmed_at=None, last_step=0)
        )
    else:
        row.sealed, row.made_at = sealed, now
    session.flush()


def confirm(session: Session, sealing: Sealing, person_id: str, code: str, now: datetime) -> Sequence[str]:
    """Let a second factor count from now on, once a code shows that a phone has it; returns recovery codes.

    Raises Invalid("second_factor_wrong"), Conflict when none was begun or one counts already.
    """
    people_queries.locked(session, person_id)
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if row is None:
        raise Conflict("second_factor_not_begun")
    if row.confirmed_at is not None:
        raise Conflict("second_factor_stands")
    step = factor_rules.step_of(queries.opened_secret(row, sealing, now), code, now, row.last_step)
    if step is None:
        raise Invalid("second_factor_wrong", field="code")
    row.confirmed_at, row.last_step = now, step
    audit.note(session, Deed.SECOND_FACTOR_SET, person_id, of=person_id)
    return _new_codes(session, person_id, now)


def use(session: Session, sealing: Sealing, person_id: str, typed: str, now: datetime) -> Used | None:
    """Use a code of the phone or a recovery code, which works for nobody again; None when it is wrong.

    Raises Conflict("second_factor_unreadable") when the library's secret is not the one it was sealed with.
    """
    row = session.get(SecondFactor, person_id, populate_existing=True)
    if row is None or row.confirmed_at is None:
        return None
    recovery = factor_rules.folded_recovery_code(typed)
    if recovery:
        return Used.RECOVERY if _use_recovery(session, person_id, recovery, now) else None
    step = factor_rules.step_of(queries.opened_secret(row, sealing, now), typed, now, row.last_step)
    if step is None:
        return None
    row.last_step = step
    session.flush()
    return Used.CODE


def _use_recovery(session: Session, person_id: str, code: str, now: datetime) -> bool:
    taken = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.id == hash_token(code),
            RecoveryCode.person_id == person_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if taken is None:
        return False
    factor = queries.factor_of(session, person_id)
    left = factor.codes_left if factor is not None else 0
    audit.note(session, Deed.SECOND_FACTOR_RECOVERED, person_id, of=person_id, left=left)
    return True


def note_failed(session: Session, person_id: str) -> None:
    """Write down that a code was wrong, as often in an hour as wrong passwords are."""
    if audit.count_lately(session, Deed.SECOND_FACTOR_FAILED) < rules.FAILED_NOTED_AN_HOUR:
        audit.note(session, Deed.SECOND_FACTOR_FAILED, None, of=person_id)


def renew_codes(session: Session, person_id: str, now: datetime) -> Sequence[str]:
    """Return ten new recovery codes; those before work no more. Raises NotFound without a second factor."""
    if not queries.has_factor(session, person_id):
        raise NotFound
    audit.note(session, Deed.SECOND_FACTOR_CODES, person_id, of=person_id)
    return _new_codes(session, person_id, now)


def _new_codes(session: Session, person_id: str, now: datetime) -> Sequence[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = factor_rules.new_recovery_codes()
    session.add_all(
        RecoveryCode(id=hash_token(code), person_id=person_id, made_at=now, used_at=None) for code in codes
    )
    session.flush()
    return codes


def take_off(session: Session, viewer: Viewer, person_id: str) -> None:
    """Take somebody's second factor off who has lost it; raises Forbidden, NotFound.

    For who administers every branch at which the person has a role: whoever may take it off and may reset the
    password can sign in as them.
    """
    row = people.changeable(session, viewer, person_id)
    if not may_erase(viewer, row.id, row.held):
        raise Forbidden
    turn_off(session, person_id, viewer.person_id)


def turn_off(session: Session, person_id: str, by: str | None) -> None:
    """Take a second factor off, `by` its person or the machine (None); raises NotFound when there is none."""
    people_queries.locked(session, person_id)
    gone = delete(SecondFactor).where(SecondFactor.person_id == person_id).returning(SecondFactor.person_id)
    if session.scalar(gone.returning(SecondFactor.person_id)) is None:
        raise NotFound("second_factor_none")
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.execute(delete(HalfSignIn).where(HalfSignIn.person_id == person_id))
    audit.note(session, Deed.SECOND_FACTOR_OFF, by, of=person_id)
