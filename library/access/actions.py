"""The only writer of sign-ins, and of what becomes of them when an account changes or is erased.

Nothing here hashes a password: whoever calls hands in hashes that were made before the transaction began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import and_, delete, or_, update
from sqlalchemy.orm import Session

from library.access import queries, rules
from library.access.factor_tables import HalfSignIn
from library.access.tables import ApiToken, FeedLink, Invitation, SignIn
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Invalid, NotFound, SignInNeeded
from library.core.ids import new_secret
from library.core.permits import Role, Viewer
from library.core.text import clean_line
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import HashedPassword
from library.people.tables import Person

log = structlog.get_logger()


@dataclass(frozen=True)
class FreshSignIn:
    """What the browser gets: the secret for the cookie and the moment it ends."""

    cookie: str
    expires_at: datetime


class Why(StrEnum):
    """Why everything with which somebody was signed in ended; what the log says."""

    CLOSED = "the account was closed"
    RESET = "a link for a new password was made"
    SET = "another password was set"
    CHANGED = "they changed their password"
    ROLE = "a role was taken away"
    OUT = "they were signed out everywhere"


_DEEDS = {
    Why.CLOSED: Deed.ACCOUNT_CLOSED,
    Why.SET: Deed.PASSWORD_SET,
    Why.CHANGED: Deed.PASSWORD_CHANGED,
    Why.OUT: Deed.SIGNED_OUT,
}
"""What else ends everything has a deed of its own: a link that is made, a role that is taken."""


def end_all(session: Session, person_id: str, why: Why, by: str | None, *, keep: str = "") -> None:
    """End every way in which somebody is signed in: browsers but `keep`, tokens, the link to feeds, links for
    them and by them.

    In the transaction of what it comes with: there is no moment at which the one is done and the other not.
    `by` is who does it, None for the machine itself; the log is told that, and when, but never of whom
    (library/erasing.py says why). Links that were used stay as what they are, history.
    """
    unused = Invitation.used_at.is_(None)
    theirs = or_(Invitation.person_id == person_id, Invitation.made_by == person_id)
    ended = {
        "browsers": delete(SignIn)
        .where(SignIn.person_id == person_id, SignIn.id != keep)
        .returning(SignIn.id),
        "tokens": delete(ApiToken).where(ApiToken.person_id == person_id).returning(ApiToken.id),
        "feeds": delete(FeedLink).where(FeedLink.person_id == person_id).returning(FeedLink.serial),
        "halves": delete(HalfSignIn).where(HalfSignIn.person_id == person_id).returning(HalfSignIn.id),
        "links": delete(Invitation).where(unused, theirs).returning(Invitation.id),
    }
    counts = {what: len(session.scalars(statement).all()) for what, statement in ended.items()}
    log.warning("what somebody was signed in with has ended", why=why.value, by=by or "-", **counts)
    if why in _DEEDS:
        details: dict[str, Any] = counts
        audit.note(session, _DEEDS[why], by, of=person_id, **details)


# ------------------------------------------------------------------ one-time links


# ------------------------------------------------------------------ browsers


def note_failed(session: Session, person_id: str | None) -> None:
    """Write down that a password did not fit; None for a name that nobody has.

    Both are the same work, so that names cannot be told from the time it takes. Of guesses without end only
    so many an hour are written down: the rest is the same, and counted by `attempts`.
    """
    if audit.count_lately(session, Deed.SIGN_IN_FAILED) < rules.FAILED_NOTED_AN_HOUR:
        audit.note(session, Deed.SIGN_IN_FAILED, None, of=person_id)


def open_sign_in(
    session: Session,
    person: Person,
    device: str,
    now: datetime,
    *,
    second_at: datetime | None = None,
    provider: str = "",
) -> FreshSignIn:
    """Sign a browser in; the cookie's secret is returned and only its hash is kept.

    Whether a second factor is missing is asked before (library.access.entering).
    """
    cookie = new_secret()
    expires_at = now + timedelta(days=rules.SIGN_IN_DAYS)
    session.add(
        SignIn(
            id=queries.hash_token(cookie),
            person_id=person.id,
            device=clean_line(device)[:200],
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
            second_at=second_at,
            provider=provider,
        )
    )
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    audit.note(session, Deed.SIGN_IN, person.id, of=person.id)
    return FreshSignIn(cookie, expires_at)


def touch_sign_in(session: Session, sign_in_id: str, now: datetime, network: str) -> None:
    """Remember that a browser was seen and in which network, and let it stay signed in from now on."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id)
        .values(seen_at=now, network=network, expires_at=now + timedelta(days=rules.SIGN_IN_DAYS))
    )


def close_sign_in(session: Session, sign_in_id: str) -> str:
    """Sign one browser out; returns who had vouched for its person, "" for a password."""
    gone = delete(SignIn).where(SignIn.id == sign_in_id).returning(SignIn.person_id, SignIn.provider)
    row = session.execute(gone).first()
    if row is None:
        return ""
    _note_out(session, row.person_id, 1)
    return row.provider or ""


def _note_out(session: Session, person_id: str | None, browsers: int) -> None:
    if person_id is not None and browsers:
        audit.note(session, Deed.SIGNED_OUT, person_id, of=person_id, browsers=browsers)


def close_sign_in_of(session: Session, person_id: str, sign_in_id: str) -> None:
    """Sign one of a person's own browsers out; raises NotFound."""
    theirs = delete(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id)
    if session.scalar(theirs.returning(SignIn.id)) is None:
        raise NotFound
    _note_out(session, person_id, 1)


def close_other_sign_ins(session: Session, person_id: str, keep: str) -> None:
    """Sign a person out everywhere but in the browser `keep`; their tokens stay."""
    others = delete(SignIn).where(SignIn.person_id == person_id, SignIn.id != keep)
    _note_out(session, person_id, len(session.scalars(others.returning(SignIn.id)).all()))


# ------------------------------------------------------------------ accounts


def sign_out_everywhere(session: Session, viewer: Viewer, person_id: str) -> None:
    """End every way in which somebody is signed in: oneself, or whom the viewer may change (Forbidden)."""
    if person_id != viewer.person_id:
        people.changeable(session, viewer, person_id)
    people_queries.locked(session, person_id)
    end_all(session, person_id, Why.OUT, viewer.person_id)


def change_password(
    session: Session, person_id: str, fitted: str | None, new: HashedPassword, keep: str
) -> None:
    """Change one's password, in the browser `keep`; everything else with which one is signed in ends.

    `fitted` is the hash that the old password fitted. Raises Invalid("password_wrong") when it is another by
    now, SignInNeeded when that browser was signed out meanwhile.
    """
    person = people_queries.locked(session, person_id)
    check_signed_in(session, person, keep)
    if person.password_hash != fitted:
        raise Invalid("password_wrong", field="old_password")
    people.set_password(person, new)
    end_all(session, person_id, Why.CHANGED, person_id, keep=keep)


def set_password(session: Session, person: Person, new: HashedPassword, by: str | None) -> None:
    """Give a person another password, whoever knows the old one; ends all with which they were signed in.

    For one-time links and the command line.
    """
    people.set_password(person, new)
    end_all(session, person.id, Why.SET, by)


def set_active(session: Session, viewer: Viewer, person_id: str, active: bool) -> None:
    """Close or open an account; a closed one is signed out everywhere. Raises Forbidden, Conflict."""
    people.set_active(session, viewer, person_id, active)
    if active:
        log.warning("an account was opened again", by=viewer.person_id)
        audit.note(session, Deed.ACCOUNT_OPENED, viewer.person_id, of=person_id)
    else:
        end_all(session, person_id, Why.CLOSED, viewer.person_id)


def end_for_role(session: Session, person_id: str, by: str | None) -> None:
    """Sign somebody out everywhere because a role of theirs has ended."""
    end_all(session, person_id, Why.ROLE, by)


def take_role(
    session: Session, viewer: Viewer, person_id: str, role: Role, branch: Node, now: datetime
) -> None:
    """Take a role away and sign the person out everywhere; raises Forbidden, Conflict("last_admin")."""
    if people.take_role(session, viewer, person_id, role, branch, now):
        end_all(session, person_id, Why.ROLE, viewer.person_id)


# ------------------------------------------------------------------ tokens


def check_signed_in(session: Session, person: Person, sign_in_id: str) -> None:
    """Raise SignInNeeded when a browser was signed out, or the account closed, while something was done."""
    row = session.get(SignIn, sign_in_id, populate_existing=True)
    if row is None or row.person_id != person.id or not person.active:
        raise SignInNeeded


def erase(session: Session, person: Person) -> None:
    """Forget what a person handed out; links that nobody used stop working.

    Nothing leads from a link to the account that it made: all that were used lose the name of whom they were
    for, and so do those of this name from before there was the account. Their own sign-ins and tokens go with
    the account itself; what failed attempts are counted by leads to nobody.
    """
    session.execute(delete(Invitation).where(Invitation.made_by == person.id, Invitation.used_at.is_(None)))
    session.execute(update(Invitation).where(Invitation.made_by == person.id).values(made_by=None))
    earlier = and_(Invitation.name == person.name, Invitation.created_at <= person.created_at)
    theirs = or_(Invitation.used_at.is_not(None), earlier)
    session.execute(update(Invitation).where(theirs).values(name=""))
