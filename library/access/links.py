"""The only writer of one-time links: made, taken back, and used.

Nothing here hashes a password: whoever calls hands in hashes that were made before the transaction began.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from library.access import queries, rules
from library.access.actions import Why, end_all, set_password
from library.access.rules import LinkPurpose
from library.access.tables import Invitation
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Forbidden, NotFound
from library.core.ids import new_id, new_secret
from library.core.permits import Role, Viewer
from library.core.text import NAME_MAX, short_line
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import HashedPassword
from library.people.permits import may_start, roles_below
from library.people.tables import Person


def invite(
    session: Session, name: str, role: Role, branch: Node, by: Viewer | None, now: datetime
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
    branch = organisation.node(session, row.roles[0][1]) if row.roles else organisation.root_node(session)
    role = row.roles[0][0] if row.roles else Role.MEMBER
    made = _link(session, LinkPurpose.RESET, row.name, role, branch, by, now, row.id)
    return made[1]


def link_by_mail(session: Session, person: Person, expires_at: datetime, now: datetime) -> str:
    """Make a link for a new password that goes to the person's own address; returns its secret.

    Whoever knows the name may ask for it, so nothing ends before it is used; those before it stop working.
    """
    row = people_queries.person_row(session, person.id)
    branch = organisation.node(session, row.roles[0][1]) if row.roles else organisation.root_node(session)
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
    branch: Node,
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
        node_id=branch.id,
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
    branch = organisation.node(session, invitation.node_id)
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
    root = organisation.root_node(session)
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
    branch = organisation.node(session, invitation.node_id)
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
    return invitation.role in roles_below(viewer, organisation.node(session, invitation.node_id).path)
