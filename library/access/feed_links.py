"""Private links to feeds: what programs that know no sign-in (a calendar, a podcast player) read as a person.

A link is signed and not kept: from the table alone nobody makes one, and whoever has it may be shown it
again. It opens feeds and what they name, never a page, and changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library.access.actions import check_signed_in
from library.access.tables import FeedLink
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.database import upsert
from library.core.ids import ID_LENGTH, new_id
from library.core.permits import Viewer
from library.people import queries as people_queries
from library.people.tables import Person

_SEAL = 40
"""Hexadecimal digits of a seal: 160 bits."""


@dataclass(frozen=True)
class Reader:
    """Whom a link stands for, and the language they chose, None for none."""

    viewer: Viewer
    language: str | None


def make(session: Session, person_id: str, sign_in_id: str, now: datetime) -> FeedLink:
    """Give a person a link, another one where they have one, which then opens nothing.

    Raises SignInNeeded when the browser `sign_in_id` was signed out meanwhile.
    """
    check_signed_in(session, people_queries.locked(session, person_id), sign_in_id)
    values = {"serial": new_id(), "made_at": now}
    row = upsert(session, FeedLink).values(person_id=person_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))
    audit.note(session, Deed.TOKEN_MADE, person_id, of=person_id, what="feeds")
    made = of(session, person_id)
    assert made is not None  # noqa: S101 - it was written just now
    return made


def drop(session: Session, person_id: str) -> None:
    """End a person's link; nothing happens where they have none."""
    ended = delete(FeedLink).where(FeedLink.person_id == person_id).returning(FeedLink.serial)
    if session.scalar(ended.execution_options(synchronize_session=False)) is not None:
        audit.note(session, Deed.TOKEN_ENDED, person_id, of=person_id, what="feeds")


def of(session: Session, person_id: str) -> FeedLink | None:
    """Return a person's link, None where they have none."""
    wanted = select(FeedLink).where(FeedLink.person_id == person_id)
    return session.scalar(wanted.execution_options(populate_existing=True))


def key_of(link: FeedLink, secret: str) -> str:
    """Return what stands in the addresses of a link, signed with the site's secret."""
    return link.serial + _seal(link.serial, secret)


def reader(session: Session, key: str, secrets: Sequence[str], now: datetime) -> Reader | None:
    """Return whom a key stands for; None for a forged or ended one, and when the account was closed."""
    serial, seal = key[:ID_LENGTH], key[ID_LENGTH:]
    if not key.isascii() or not any(hmac.compare_digest(seal, _seal(serial, one)) for one in secrets):
        return None
    wanted = select(Person).join(FeedLink, FeedLink.person_id == Person.id)
    person = session.scalar(wanted.where(FeedLink.serial == serial, Person.active))
    if person is None:
        return None
    return Reader(people_queries.viewer_of(session, person, local_day(now)), person.language)


def _seal(serial: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"feeds:{serial}".encode(), hashlib.sha256).hexdigest()[:_SEAL]
