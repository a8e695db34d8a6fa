"""The only writer of links between people here and accounts at identity providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.access import links
from library.access.identities.rules import Claimed, Known, LinkedBy, MatchBy, Outcome, decide
from library.access.identities.tables import IdentityLink
from library.access.rules import LinkPurpose
from library.access.tables import Invitation, SignIn
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import NO_PASSWORD
from library.people.rules import clean_username
from library.people.tables import Person

log = structlog.get_logger()


@dataclass(frozen=True)
class Trust:
    """What the settings let a provider do besides signing in those who are linked."""

    match_by: MatchBy = MatchBy.NONE
    may_create: bool = False


def recognise(
    session: Session, provider: str, claimed: Claimed, trust: Trust, invitation: str, now: datetime
) -> Person:
    """Return who a provider vouches for, linked from now on; `invitation` is a one-time link's secret, or "".

    Raises Forbidden("identity_unknown", "identity_closed"), Conflict("identity_taken") when an account that
    is linked already comes with a one-time link, and what taking a link or making an account raises.
    """
    linked = _linked(session, claimed)
    same_name = None if linked or invitation else _same_name(session, claimed)
    known = Known(linked, bool(invitation), same_name)
    username = _clean(claimed.username)
    outcome = decide(known, trust.match_by, may_create=trust.may_create, has_username=bool(username))
    if outcome is Outcome.UNKNOWN:
        raise Forbidden("identity_unknown", account=claimed.username or claimed.subject)
    if outcome is Outcome.CLOSED:
        raise Forbidden("identity_closed")
    if outcome is Outcome.TAKEN:
        raise Conflict("identity_taken")
    if outcome is Outcome.SIGN_IN and linked is not None:
        return _come_again(session, linked[0], claimed, now)
    if outcome is Outcome.INVITED:
        person, maker = _invited(session, invitation, claimed, now)
        return _link(session, person, provider, claimed, LinkedBy.INVITATION, maker, now)
    if outcome is Outcome.BY_USERNAME and same_name is not None:
        person = people_queries.locked(session, same_name[0])
        return _link(session, person, provider, claimed, LinkedBy.USERNAME, None, now)
    person = people.add_person(session, username, claimed.name or username, NO_PASSWORD, now)
    people.grant(session, person.id, Role.MEMBER, organisation.root_node(session), None, now)
    return _link(session, person, provider, claimed, LinkedBy.CREATED, None, now)


def _linked(session: Session, claimed: Claimed) -> tuple[str, bool] | None:
    row = session.execute(
        select(IdentityLink.person_id, Person.active)
        .join(Person, Person.id == IdentityLink.person_id)
        .where(
            IdentityLink.issuer == claimed.issuer,
            IdentityLink.subject == claimed.subject,
            IdentityLink.until.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row is not None else None


def _same_name(session: Session, claimed: Claimed) -> tuple[str, bool, bool] | None:
    username = _clean(claimed.username)
    person = people_queries.person_by_username(session, username) if username else None
    if person is None:
        return None
    others = select(IdentityLink.id).where(
        IdentityLink.person_id == person.id,
        IdentityLink.issuer == claimed.issuer,
        IdentityLink.until.is_(None),
    )
    return person.id, person.active, session.scalar(others) is not None


def _clean(username: str) -> str:
    try:
        return clean_username(username)
    except Invalid:
        return ""


def _come_again(session: Session, person_id: str, claimed: Claimed, now: datetime) -> Person:
    person = people_queries.locked(session, person_id)
    used = (
        update(IdentityLink)
        .where(
            IdentityLink.issuer == claimed.issuer,
            IdentityLink.subject == claimed.subject,
            IdentityLink.person_id == person_id,
            IdentityLink.until.is_(None),
        )
        .values(used_at=now)
    )
    # Closed, or the link ended, since it was looked up: now that the person is locked it stays as it is.
    if session.scalar(used.returning(IdentityLink.id)) is None or not person.active:
        raise Forbidden("identity_closed")
    return person


def _invited(session: Session, token: str, claimed: Claimed, now: datetime) -> tuple[Person, str | None]:
    invitation: Invitation = links.take_invitation(session, token, now)
    if invitation.purpose is LinkPurpose.FIRST_ADMIN:
        # Whoever sets the library up must get in when a provider is away.
        raise Forbidden("link_no_longer_fits")
    if invitation.person_id is None:
        username = claimed.username or claimed.subject
        person = links.join(session, invitation, username, claimed.name, NO_PASSWORD, now)
        return person, invitation.made_by
    person = people_queries.locked(session, invitation.person_id)
    if not person.active:
        raise Forbidden("identity_closed")
    links.note_link_used(session, invitation, person)
    # Who has a new link has a new account there: the one before leads here no more.
    _end(session, IdentityLink.person_id == person.id, IdentityLink.issuer == claimed.issuer, now=now)
    return person, invitation.made_by


def _link(
    session: Session,
    person: Person,
    provider: str,
    claimed: Claimed,
    by: LinkedBy,
    made_by: str | None,
    now: datetime,
) -> Person:
    link = IdentityLink(
        id=new_id(),
        person_id=person.id,
        provider=provider,
        issuer=claimed.issuer,
        subject=claimed.subject,
        how=by,
        made_by=made_by,
        since=now,
        used_at=now,
        until=None,
    )
    try:
        with session.begin_nested():
            session.add(link)
    except IntegrityError as error:  # two browsers came with the same account at once
        raise Conflict("identity_taken") from error
    log.warning("an account elsewhere was linked", provider=provider, by=by.value)
    audit.note(
        session, Deed.IDENTITY_LINKED, made_by, of=person.id, thing=link.id, provider=provider, how=by.value
    )
    return person


def end_link(session: Session, viewer: Viewer, person_id: str, link_id: str, now: datetime) -> None:
    """End the link of somebody whom the viewer may change; raises Forbidden, NotFound.

    Browsers that came in through it are signed out.
    """
    people.changeable(session, viewer, person_id)
    end_by(session, person_id, link_id, viewer.person_id, now)


def end_by(session: Session, person_id: str, link_id: str, by: str | None, now: datetime) -> None:
    """End a link, `by` somebody or the machine (None); raises NotFound."""
    people_queries.locked(session, person_id)
    ended = _end(session, IdentityLink.person_id == person_id, IdentityLink.id == link_id, now=now)
    if not ended:
        raise NotFound
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.provider.in_(ended)))
    audit.note(session, Deed.IDENTITY_ENDED, by, of=person_id, thing=link_id)


def _end(session: Session, *which: ColumnElement[bool], now: datetime) -> list[str]:
    ending = update(IdentityLink).where(*which, IdentityLink.until.is_(None))
    return list(session.scalars(ending.values(until=now).returning(IdentityLink.provider)))
