"""The only writer of sign-ins, tokens and invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.orm import Session

from library.access import queries, rules
from library.access.tables import ApiToken, Invitation, SignIn, SignInFailures
from library.core.database import Database, upsert
from library.core.errors import Forbidden, Invalid, NotFound, Throttled
from library.core.ids import new_id, new_secret
from library.core.permits import Role, Viewer
from library.core.text import NAME_MAX, clean_line, required_line, short_line
from library.organisation import queries as organisation
from library.organisation.tables import Branch
from library.people import actions as people
from library.people import passwords
from library.people import queries as people_queries
from library.people import rules as people_rules
from library.people.permits import roles_below
from library.people.tables import Person


@dataclass(frozen=True)
class FreshSignIn:
    """What the browser gets: the secret for the cookie and the moment it ends."""

    cookie: str
    expires_at: datetime


def invite(
    session: Session,
    name: str,
    role: Role,
    branch: Branch,
    by: Viewer | None,
    now: datetime,
    *,
    person_id: str | None = None,
) -> tuple[Invitation, str]:
    """Make a one-time link; returns the invitation and its secret, which is stored nowhere.

    It makes an account, or lets the person with `person_id` choose a new password. `by` None is the machine
    itself: the first start, the command line. Raises Invalid for a long name, Forbidden when `by` may not
    give the role.
    """
    if by is not None and role not in roles_below(by, branch.path):
        raise Forbidden
    secret = new_secret()
    invitation = Invitation(
        id=new_id(),
        token_hash=queries.hash_token(secret),
        name=short_line(name, "name", NAME_MAX),
        role=role,
        branch_id=branch.id,
        person_id=person_id,
        made_by=by.person_id if by else None,
        created_at=now,
        expires_at=now + timedelta(days=rules.INVITATION_DAYS),
        used_at=None,
    )
    session.add(invitation)
    session.flush()
    return invitation, secret


def invite_reset(session: Session, viewer: Viewer, person_id: str, now: datetime) -> str:
    """Make a one-time link with which a person chooses a new password; returns its secret.

    Raises Forbidden unless the viewer may give every role the person holds.
    """
    row = people.changeable(session, viewer, person_id)
    role, branch_id, _name = row.roles[0]
    branch = organisation.branch(session, branch_id)
    return invite(session, row.name, role, branch, viewer, now, person_id=person_id)[1]


def revoke_invitation(session: Session, viewer: Viewer, invitation_id: str) -> None:
    """Make an unused link worthless; raises NotFound, Forbidden."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound
    branch = organisation.branch(session, invitation.branch_id)
    if invitation.role not in roles_below(viewer, branch.path):
        raise Forbidden
    session.delete(invitation)


def first_admin_link(session: Session, now: datetime) -> str | None:
    """Return a new secret for making the first administrator, None when there is one.

    Links printed at earlier starts stop working: the newest line in the log is the one that counts.
    """
    if people_queries.has_admin(session):
        return None
    session.execute(delete(Invitation).where(Invitation.role == Role.ADMIN, Invitation.made_by.is_(None)))
    return invite(session, "", Role.ADMIN, organisation.root_branch(session), None, now)[1]


def accept_invitation(
    session: Session, token: str, username: str, name: str, password: str, now: datetime
) -> Person:
    """Use a one-time link; raises NotFound, Invalid or Conflict.

    It makes an account with its role, or, when it was made for a person, sets that person's password.
    """
    invitation = queries.invitation(session, token, now)
    # One statement decides between two people who open the same link at once.
    taken = session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now)
        .returning(Invitation.id)
    )
    if taken is None:
        raise NotFound("link_used_or_expired")
    if invitation.person_id is not None:
        person = people_queries.person(session, invitation.person_id)
        set_password(session, person, password)
        return person
    person = people.add_person(session, username, name or invitation.name, password, now)
    branch = organisation.branch(session, invitation.branch_id)
    people.grant(session, person.id, invitation.role, branch, invitation.made_by, now)
    return person


def sign_in(db: Database, username: str, password: str, now: datetime) -> str | None:
    """Return the id of the person whose name and password fit, None otherwise; raises Throttled(wait_s=...).

    The attempt counts as a failure before the password is looked at, so that many guesses at once cannot slip
    past the counter; and it takes transactions of its own, because hashing is slow on purpose and must not
    keep all other writers waiting. A name nobody has costs the same time as a wrong password, so that names
    cannot be fished for.
    """
    try:
        folded = people_rules.clean_username(username)
    except Invalid:
        return None
    with db.write() as session:
        _count_attempt(session, folded, now)
        person = people_queries.person_by_username(session, folded)
        known = (person.id, person.password_hash, person.active) if person is not None else None
    person_id, password_hash, active = known or ("", _nobodys_hash(), False)
    fits = passwords.fits(password[: people_rules.PASSWORD_MAX], password_hash)
    if not fits or not active:
        return None
    with db.write() as session:
        session.execute(delete(SignInFailures).where(SignInFailures.username == folded))
    return person_id


def _count_attempt(session: Session, username: str, now: datetime) -> None:
    """Count an attempt as a failure; raises Throttled while the ones before it must be waited for.

    Counts that slow nobody down any more are dropped, so that guesses fill no disk.
    """
    failures = session.get(SignInFailures, username, with_for_update=True)
    if failures is not None:
        wait_s = rules.wait_s(failures.count, failures.last_at, now)
        if wait_s > 0:
            raise Throttled("sign_in_wait", wait_s=int(wait_s) + 1)
    session.execute(
        delete(SignInFailures).where(SignInFailures.last_at < now - timedelta(days=rules.FAILURE_DAYS))
    )
    row = upsert(session, SignInFailures).values(username=username, count=1, last_at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["username"], set_={"count": SignInFailures.count + 1, "last_at": now}
        )
    )


def _nobodys_hash() -> str:
    global _nobody
    if _nobody is None:
        _nobody = passwords.hashed(new_secret())
    return _nobody


_nobody: str | None = None


def open_sign_in(session: Session, person: Person, device: str, now: datetime) -> FreshSignIn:
    """Sign a browser in; the cookie's secret is returned and only its hash is kept."""
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
        )
    )
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    return FreshSignIn(cookie, expires_at)


def touch_sign_in(session: Session, sign_in_id: str, now: datetime) -> None:
    """Remember that a browser was seen, and let it stay signed in from now on."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id)
        .values(seen_at=now, expires_at=now + timedelta(days=rules.SIGN_IN_DAYS))
    )


def close_sign_in(session: Session, sign_in_id: str) -> None:
    """Sign one browser out."""
    session.execute(delete(SignIn).where(SignIn.id == sign_in_id))


def close_other_sign_ins(session: Session, person_id: str, keep: str) -> None:
    """Sign a person out everywhere but in the browser `keep`; "" keeps none."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.id != keep))


def change_password(session: Session, person_id: str, old: str, new: str, keep: str) -> None:
    """Change a password and sign out all other browsers; raises Invalid when the old one is wrong."""
    person = people_queries.person(session, person_id)
    if not passwords.fits(old[: people_rules.PASSWORD_MAX], person.password_hash):
        raise Invalid("password_wrong", field="old_password")
    people.set_password(person, new)
    close_other_sign_ins(session, person_id, keep)


def set_password(session: Session, person: Person, new: str) -> None:
    """Give a person another password, whoever knows the old one; signs all their browsers out.

    For one-time links and the command line. Raises Invalid for a bad password.
    """
    people.set_password(person, new)
    close_other_sign_ins(session, person.id, "")


def set_active(session: Session, viewer: Viewer, person_id: str, active: bool) -> None:
    """Close or open an account; a closed one is signed out everywhere. Raises Forbidden."""
    people.set_active(session, viewer, person_id, active)
    if not active:
        close_other_sign_ins(session, person_id, "")


def make_token(session: Session, person_id: str, name: str, now: datetime) -> tuple[ApiToken, str]:
    """Make an API token; returns it and its secret, shown once."""
    secret = "wk_" + new_secret()
    token = ApiToken(
        id=new_id(),
        person_id=person_id,
        name=required_line(name, "name", NAME_MAX),
        token_hash=queries.hash_token(secret),
        created_at=now,
        used_at=None,
    )
    session.add(token)
    session.flush()
    return token, secret


def touch_token(session: Session, token: str, now: datetime) -> None:
    """Remember that a program uses its token."""
    session.execute(
        update(ApiToken).where(ApiToken.token_hash == queries.hash_token(token)).values(used_at=now)
    )


def drop_token(session: Session, person_id: str, token_id: str) -> None:
    """Delete one of a person's own tokens; raises NotFound."""
    token = session.get(ApiToken, token_id)
    if token is None or token.person_id != person_id:
        raise NotFound
    session.delete(token)


def erase(session: Session, person: Person) -> None:
    """Forget what a person handed out and how they tried to sign in; links that nobody used stop working.

    Nothing leads from a link to the account that it made: all that were used lose the name of whom they were
    for, and so do those of this name from before there was the account. Their own sign-ins and tokens go with
    the account itself.
    """
    session.execute(delete(Invitation).where(Invitation.made_by == person.id, Invitation.used_at.is_(None)))
    session.execute(update(Invitation).where(Invitation.made_by == person.id).values(made_by=None))
    earlier = and_(Invitation.name == person.name, Invitation.created_at <= person.created_at)
    theirs = or_(Invitation.used_at.is_not(None), earlier)
    session.execute(update(Invitation).where(theirs).values(name=""))
    session.execute(delete(SignInFailures).where(SignInFailures.username == person.username))
