"""The only writer of mail addresses, and of what is asked for by mail: a link for a new password.

A letter is written with what it tells, in one transaction, and sent beside the pages (library/outbox). What
it says is handed in by whoever knows languages: `compose` gets the link's secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from library.access import mail_rules, queries
from library.access.actions import check_signed_in
from library.access.links import link_by_mail
from library.access.mail_rules import clean_address
from library.access.mail_tables import MailAddress
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, NotFound, Throttled
from library.core.ids import new_id, new_secret
from library.outbox import actions as outbox
from library.outbox import queries as letters
from library.outbox.rules import Words
from library.people import queries as people
from library.people.tables import Person

Compose = Callable[[Person, str], Words]
"""What a letter to a person says, with the secret of the link in it ("" none)."""

_CONFIRM, _RESET, _CHANGED = "confirm:", "reset:", "changed:"


def address_of(session: Session, person_id: str) -> MailAddress | None:
    """Return what is known of somebody's address."""
    return session.get(MailAddress, person_id)


def want(
    session: Session,
    person_id: str,
    fitted: str | None,
    address: str,
    sign_in_id: str,
    compose: Compose,
    now: datetime,
) -> None:
    """Write to an address that somebody gave for themselves, in the browser `sign_in_id`, with a link.

    `fitted` is the hash that their password fitted: whoever finds a browser open must not make their own
    address a way in. Raises Invalid, Throttled, Conflict("mail_address_same"), SignInNeeded.
    """
    cleaned = clean_address(address)
    person = people.locked(session, person_id)
    check_signed_in(session, person, sign_in_id)
    if fitted is None or person.password_hash != fitted:
        raise Conflict("mail_password_changed")
    row = session.get(MailAddress, person_id)
    if row is not None and row.address == cleaned:
        raise Conflict("mail_address_same", field="address")
    _check_room(session, person_id, _CONFIRM, now)
    if row is None:
        row = MailAddress(person_id=person_id, address="", confirmed_at=None)
        session.add(row)
    secret = new_secret()
    row.wanted, row.wanted_hash, row.wanted_at = cleaned, queries.hash_token(secret), now
    session.flush()
    outbox.write(session, f"{_CONFIRM}{new_id()}", person_id, cleaned, compose(person, secret), now)
    audit.note(session, Deed.MAIL_ADDRESS, person_id, of=person_id, what="wanted")


def _check_room(session: Session, person_id: str, kind: str, now: datetime) -> None:
    if letters.count_since(session, person_id, kind, now - mail_rules.APART):
        raise Throttled("mail_wait", wait_s=int(mail_rules.APART.total_seconds()))
    if letters.count_since(session, person_id, kind, now - mail_rules.WITHIN) >= mail_rules.A_DAY:
        raise Throttled("mail_many", most=mail_rules.A_DAY, wait_s=int(mail_rules.WITHIN.total_seconds()))


def wanted_of(session: Session, secret: str, now: datetime) -> tuple[Person, str]:
    """Return whose address a link confirms, and which; raises NotFound("mail_link_over")."""
    row = _wanted(session, secret, now)
    return people.person(session, row.person_id), row.wanted


def _wanted(session: Session, secret: str, now: datetime) -> MailAddress:
    found = session.query(MailAddress).filter_by(wanted_hash=queries.hash_token(secret)).one_or_none()
    since = now - timedelta(hours=mail_rules.LINK_H)
    if found is None or found.wanted_at is None or found.wanted_at <= since:
        raise NotFound("mail_link_over")
    if not people.person(session, found.person_id).active:
        raise NotFound("mail_link_over")
    return found


def confirm(session: Session, secret: str, compose_changed: Compose, now: datetime) -> None:
    """Take an address over whose reader opened its link; the one before is told. Raises NotFound."""
    row = _wanted(session, secret, now)
    person = people.locked(session, row.person_id)
    session.refresh(row, with_for_update=True)
    if row.wanted_hash != queries.hash_token(secret):
        raise NotFound("mail_link_over")
    before = row.address
    row.address, row.confirmed_at = row.wanted, now
    row.wanted, row.wanted_hash, row.wanted_at = "", None, None
    audit.note(session, Deed.MAIL_ADDRESS, person.id, of=person.id, what="confirmed")
    if before:
        told = compose_changed(person, "")
        outbox.write(session, f"{_CHANGED}{new_id()}", person.id, before, told, now)


def remove(session: Session, person_id: str, by: str | None) -> None:
    """Forget somebody's address, confirmed or wanted; nothing happens without one."""
    row = session.get(MailAddress, person_id)
    if row is not None:
        session.delete(row)
        audit.note(session, Deed.MAIL_ADDRESS, by, of=person_id, what="removed")


def set_by_machine(session: Session, person_id: str, address: str, now: datetime) -> None:
    """Set an address that the command line vouches for; raises Invalid, NotFound."""
    cleaned = clean_address(address)
    people.person(session, person_id)
    row = session.get(MailAddress, person_id)
    if row is None:
        row = MailAddress(person_id=person_id)
        session.add(row)
    row.address, row.confirmed_at = cleaned, now
    row.wanted, row.wanted_hash, row.wanted_at = "", None, None
    audit.note(session, Deed.MAIL_ADDRESS, None, of=person_id, what="set")


def ask_reset(session: Session, name: str, compose: Compose, now: datetime) -> bool:
    """Write somebody a link for a new password, by a name with which they sign in; returns whether one went.

    Whoever asks is told nothing of it: whether there is such an account, an address, or a letter shows
    nowhere. Nothing ends before the link is used: asking for another must sign nobody out.
    """
    person = people.person_by_sign_in_name(session, name)
    if person is None or not person.active:
        return False
    row = session.get(MailAddress, person.id)
    if row is None or not row.address:
        return False
    try:
        _check_room(session, person.id, _RESET, now)
    except Throttled:
        return False
    secret = link_by_mail(session, person, now + timedelta(hours=mail_rules.LINK_H), now)
    outbox.write(session, f"{_RESET}{new_id()}", person.id, row.address, compose(person, secret), now)
    return True


def drop_wanted(session: Session, now: datetime) -> None:
    """Forget addresses that nobody confirmed within the link's life."""
    old = MailAddress.wanted_at <= now - timedelta(hours=mail_rules.LINK_H)
    emptied = {"wanted": "", "wanted_hash": None, "wanted_at": None}
    session.execute(update(MailAddress).where(old).values(emptied))
