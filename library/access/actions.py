"""The only writer of sign-ins, tokens and invitations.

Nothing here hashes a password: whoever calls hands in hashes that were made before the transaction began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import and_, delete, or_, update
from sqlalchemy.orm import Session

from library.access import queries, rules
from library.access.factor_tables import HalfSignIn
from library.access.rules import LinkPurpose, TokenScope
from library.access.tables import ApiToken, Invitation, SignIn
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Forbidden, Invalid, NotFound, SignInNeeded
from library.core.ids import new_id, new_secret
from library.core.permits import Role, Viewer
from library.core.text import NAME_MAX, clean_line, required_line, short_line
from library.organisation import queries as organisation
from library.organisation.tables import Branch
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import HashedPassword
from library.people.permits import may_start, roles_below
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
    """End every way in which somebody is signed in: browsers but `keep`, tokens, links for them and by them.

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
        "halves": delete(HalfSignIn).where(HalfSignIn.person_id == person_id).returning(HalfSignIn.id),
        "links": delete(Invitation).where(unused, theirs).returning(Invitation.id),
    }
    counts = {what: len(session.scalars(statement).all()) for what, statement in ended.items()}
    log.warning("what somebody was signed in with has ended", why=why.value, by=by or "-", **counts)
    if why in _DEEDS:
        details: dict[str, Any] = counts
        audit.note(session, _DEEDS[why], by, of=person_id, **details)


# ------------------------------------------------------------------ one-time links


def invite(
    session: Session, name: str, role: Role, branch: Branch, by: Viewer | None, now: datetime
) -> tuple[Invitation, str]:
    """Make a one-time link for a new account; returns the invitation and its secret, which is stored nowhere.

    `by` None is the machine itself: the command line. Raises Invalid for a long name, Forbidden when `by` may
    not give the role.
    """
    if by is not None and role not in roles_below(by, branch.path):
        raise Forbidden
    return _link(session, LinkPurpose.INVITE, name, role, branch, by.person_id if by else None, now)


def invite_reset(session: Session, viewer: Viewer, person_id: str, now: datetime) -> str:
    """Make a one-time link with which a person chooses a new password; returns its secret.

    They are signed out everywhere, because whoever else knows the old password may be signed in too, and
    links made before it stop working. Raises Forbidden unless the viewer may change them.
    """
    return _reset(session, people.changeable(session, viewer, person_id), viewer.person_id, now)


def reset_by_machine(session: Session, person_id: str, now: datetime) -> str:
    """Make such a link for the command line; raises NotFound."""
    return _reset(session, people_queries.person_row(session, person_id), None, now)


def _reset(session: Session, row: people_queries.PersonRow, by: str | None, now: datetime) -> str:
    people_queries.locked(session, row.id)
    end_all(session, row.id, Why.RESET, by)
    branch = organisation.branch(session, row.roles[0][1]) if row.roles else organisation.root_branch(session)
    role = row.roles[0][0] if row.roles else Role.MEMBER
    made = _link(session, LinkPurpose.RESET, row.name, role, branch, by, now, row.id)
    return made[1]


def link_by_mail(session: Session, person: Person, expires_at: datetime, now: datetime) -> str:
    """Make a link for a new password that goes to the person's own address; returns its secret.

    Whoever knows the name may ask for it, so nothing ends before it is used; those before it stop working.
    """
    row = people_queries.person_row(session, person.id)
    branch = organisation.branch(session, row.roles[0][1]) if row.roles else organisation.root_branch(session)
    role = row.roles[0][0] if row.roles else Role.MEMBER
    earlier = (Invitation.person_id == person.id, Invitation.purpose == LinkPurpose.MAIL_RESET)
    session.execute(delete(Invitation).where(*earlier, Invitation.used_at.is_(None)))
    made, secret = _link(session, LinkPurpose.MAIL_RESET, row.name, role, branch, None, now, person.id)
    made.expires_at = expires_at
    return secret


def _link(
    session: Session,
    purpose: LinkPurpose,
    name: str,
    role: Role,
    branch: Branch,
    by: str | None,
    now: datetime,
    person_id: str | None = None,
) -> tuple[Invitation, str]:
    secret = new_secret()
    invitation = Invitation(
        id=new_id(),
        token_hash=queries.hash_token(secret),
        purpose=purpose,
        made_for=queries.roles_key(session, person_id) if person_id is not None else "",
        name=short_line(name, "name", NAME_MAX),
        role=role,
        branch_id=branch.id,
        person_id=person_id,
        made_by=by,
        created_at=now,
        expires_at=now + timedelta(days=rules.INVITATION_DAYS),
        used_at=None,
    )
    session.add(invitation)
    session.flush()
    said = purpose.value
    audit.note(session, Deed.LINK_MADE, by, of=person_id, thing=invitation.id, purpose=said, role=role.value)
    return invitation, secret


def revoke_invitation(session: Session, viewer: Viewer, invitation_id: str) -> None:
    """Make an unused link worthless; raises NotFound, Forbidden."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound
    branch = organisation.branch(session, invitation.branch_id)
    if invitation.role not in roles_below(viewer, branch.path):
        raise Forbidden
    of = invitation.person_id
    audit.note(session, Deed.LINK_ENDED, viewer.person_id, of=of, thing=invitation.id)
    session.delete(invitation)


def first_admin_link(session: Session, now: datetime) -> str | None:
    """Return a new secret for making the first administrator, None when there is one.

    Links printed at earlier starts stop working: the newest line in the log is the one that counts.
    """
    if people_queries.has_admin(session):
        return None
    session.execute(delete(Invitation).where(Invitation.purpose == LinkPurpose.FIRST_ADMIN))
    root = organisation.root_branch(session)
    return _link(session, LinkPurpose.FIRST_ADMIN, "", Role.ADMIN, root, None, now)[1]


def accept_invitation(
    session: Session, token: str, username: str, name: str, password: HashedPassword, now: datetime
) -> Person:
    """Use a one-time link; raises NotFound, Forbidden("link_no_longer_fits"), Invalid or Conflict.

    It makes an account with its role, or, when it was made for a person, sets that person's password. It does
    only what it was made for: see `_check_still_fits`.
    """
    invitation = take_invitation(session, token, now)
    if invitation.person_id is not None:
        person = people_queries.person(session, invitation.person_id)
        note_link_used(session, invitation, person)
        set_password(session, person, password, by=person.id)
        return person
    return join(session, invitation, username, name, password, now)


def take_invitation(session: Session, token: str, now: datetime) -> Invitation:
    """Take a one-time link, which works for nobody else from then on; raises NotFound, Forbidden."""
    invitation = queries.invitation(session, token, now)
    # People before links, as everything that ends has it: nobody waits crosswise, and nothing of theirs
    # changes while it is looked at.
    for person_id in sorted({invitation.person_id, invitation.made_by} - {None}, key=str):
        people_queries.locked(session, str(person_id))
    # One statement decides between two people who open the same link at once.
    taken = session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now)
        .returning(Invitation.id)
    )
    if taken is None:
        raise NotFound("link_used_or_expired")
    check_still_fits(session, invitation, now)
    return invitation


def join(
    session: Session,
    invitation: Invitation,
    username: str,
    name: str,
    password: HashedPassword,
    now: datetime,
) -> Person:
    """Make the account for which a link was taken, with its role; raises Invalid, Conflict."""
    person = people.add_person(session, username, name or invitation.name, password, now)
    note_link_used(session, invitation, person)
    branch = organisation.branch(session, invitation.branch_id)
    people.grant(session, person.id, invitation.role, branch, invitation.made_by, now)
    return person


def note_link_used(session: Session, invitation: Invitation, person: Person) -> None:
    """Write down that somebody used a one-time link."""
    purpose = invitation.purpose.value
    audit.note(session, Deed.LINK_USED, person.id, of=person.id, thing=invitation.id, purpose=purpose)


def check_still_fits(session: Session, invitation: Invitation, now: datetime) -> None:
    """Raise Forbidden("link_no_longer_fits") when a link would open more than it was made for.

    A link for a new password, when the person's roles are others than when it was made; any link, when who
    made it could not make it now (a secretary who handed over yesterday); that for the first administrator,
    once there is one.
    """
    if not _still_fits(session, invitation, local_day(now)):
        raise Forbidden("link_no_longer_fits")


def _still_fits(session: Session, invitation: Invitation, today: date) -> bool:
    if invitation.purpose is LinkPurpose.FIRST_ADMIN:
        return not people_queries.has_admin(session)
    held: tuple[tuple[Role, str], ...] = ()
    if invitation.person_id is not None:
        if queries.roles_key(session, invitation.person_id) != invitation.made_for:
            return False
        held = people_queries.person_row(session, invitation.person_id).held
    if invitation.made_by is None:
        return True
    maker = people_queries.person(session, invitation.made_by)
    if not maker.active:
        return False
    viewer = people_queries.viewer_of(session, maker, today)
    if invitation.person_id is not None:
        home = people_queries.home_path(session, invitation.person_id)
        return may_start(viewer, invitation.person_id, held, home)
    return invitation.role in roles_below(viewer, organisation.branch(session, invitation.branch_id).path)


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
    session: Session, viewer: Viewer, person_id: str, role: Role, branch: Branch, now: datetime
) -> None:
    """Take a role away and sign the person out everywhere; raises Forbidden, Conflict("last_admin")."""
    if people.take_role(session, viewer, person_id, role, branch, now):
        end_all(session, person_id, Why.ROLE, viewer.person_id)


# ------------------------------------------------------------------ tokens


def make_token(
    session: Session,
    person_id: str,
    sign_in_id: str,
    name: str,
    scope: TokenScope,
    days: int,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make an API token in the browser `sign_in_id`; returns it and its secret, shown once.

    Raises Invalid, SignInNeeded when that browser was signed out meanwhile: a token must not be what stays.
    """
    if days not in rules.TOKEN_DAYS:
        raise Invalid("unknown_choice", field="days")
    label = required_line(name, "name", NAME_MAX)
    check_signed_in(session, people_queries.locked(session, person_id), sign_in_id)
    secret = "wk_" + new_secret()
    token = ApiToken(
        id=new_id(),
        person_id=person_id,
        name=label,
        token_hash=queries.hash_token(secret),
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=days),
        used_at=None,
    )
    session.add(token)
    session.flush()
    session.execute(
        delete(ApiToken).where(ApiToken.expires_at <= now - timedelta(days=rules.TOKEN_KEPT_DAYS))
    )
    log.warning("a token was made", token=token.id, scope=scope.value, days=days)
    audit.note(
        session, Deed.TOKEN_MADE, person_id, of=person_id, thing=token.id, scope=scope.value, days=days
    )
    return token, secret


def check_signed_in(session: Session, person: Person, sign_in_id: str) -> None:
    """Raise SignInNeeded when a browser was signed out, or the account closed, while something was done."""
    row = session.get(SignIn, sign_in_id, populate_existing=True)
    if row is None or row.person_id != person.id or not person.active:
        raise SignInNeeded


def touch_token(session: Session, token: str, now: datetime) -> None:
    """Remember that a program uses its token."""
    session.execute(
        update(ApiToken).where(ApiToken.token_hash == queries.hash_token(token)).values(used_at=now)
    )


def drop_token(session: Session, person_id: str, token_id: str, by: str | None) -> None:
    """Delete one of a person's tokens; raises NotFound."""
    theirs = delete(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == person_id)
    if session.scalar(theirs.returning(ApiToken.id)) is None:
        raise NotFound
    log.warning("a token was revoked", token=token_id, by=by or "-")
    audit.note(session, Deed.TOKEN_ENDED, by, of=person_id, thing=token_id)


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
