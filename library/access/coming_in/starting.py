"""The only writer of first links and reset codes of people whom the library knows: a sheet for a branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from library.access import queries
from library.access.actions import Why, end_all
from library.access.coming_in import codes
from library.access.coming_in import queries as start_queries
from library.access.coming_in.queries import Comer
from library.access.links import check_still_fits
from library.access.rules import LinkPurpose
from library.access.tables import Invitation
from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Forbidden, NotFound
from library.core.ids import new_id, new_secret
from library.core.permits import Role, Viewer
from library.organisation.tables import Node
from library.people.name_rules import NameKind
from library.people.sign_in_names import set_aliases
from library.people.tables import Person

MOST_ON_SHEET = 500
"""People of one sheet: sixty-three printed pages."""
RESET_CODE_H = 24
"""Hours for which a code works with which somebody chooses a new password: they stand beside."""


@dataclass(frozen=True)
class Card:
    """What one person gets: `secret` of the link and `code`, both told this once."""

    person_id: str
    name: str
    username: str
    node: str
    secret: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Sheet:
    """The cards of a branch. `voided` earlier links stopped working; `left_out` people hold more than the
    viewer may let in, and are for whoever stands higher."""

    cards: tuple[Card, ...]
    voided: int
    left_out: int


def make_sheet(
    session: Session,
    viewer: Viewer,
    node: Node,
    days: int,
    now: datetime,
    *,
    by: str | None,
    new_only: bool = False,
) -> Sheet:
    """Make a first link and a code for everybody of a node and below it who has no password yet.

    Those who have an open one get another, and the one before stops working; `new_only` leaves them out. `by`
    is who makes them, None for the command line. Raises Conflict: sheet_too_large, sheet_nobody.
    """
    found = start_queries.comers(
        *(session, viewer, node, now, MOST_ON_SHEET + 1), waiting_only=True, without_open_link=new_only
    )
    if len(found) > MOST_ON_SHEET or start_queries.is_too_wide(session, node):
        raise Conflict("sheet_too_large", most=MOST_ON_SHEET)
    invited = [one for one in found if one.may_start]
    if not invited:
        raise Conflict("sheet_nobody")
    ids = [one.id for one in invited]
    # People before links, and in one order, as everything that ends has it.
    session.scalars(select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()).all()
    voided = _void(session, ids)
    expires_at = now + timedelta(days=days)
    cards = tuple(_card(session, one, LinkPurpose.START, by, now, expires_at) for one in invited)
    return Sheet(cards, voided, len(found) - len(invited))


def _void(session: Session, person_ids: Sequence[str]) -> int:
    unused = delete(Invitation).where(
        Invitation.person_id.in_(person_ids),
        Invitation.purpose == LinkPurpose.START,
        Invitation.used_at.is_(None),
    )
    return len(session.scalars(unused.returning(Invitation.id)).all())


def _card(
    session: Session, person: Comer, purpose: LinkPurpose, by: str | None, now: datetime, expires_at: datetime
) -> Card:
    secret, code = new_secret(), codes.new_code()
    role = next((role for role, node_id, _path in person.held if node_id == person.node_id), Role.MEMBER)
    made = Invitation(
        id=new_id(),
        token_hash=queries.hash_token(secret),
        purpose=purpose,
        made_for=queries.key_of_roles((role, node_id) for role, node_id, _path in person.held),
        name=person.name,
        role=role,
        node_id=person.node_id,
        person_id=person.id,
        made_by=by,
        created_at=now,
        expires_at=expires_at,
        used_at=None,
        code_hash=queries.hash_token(code),
    )
    session.add(made)
    said = purpose.value
    audit.note(session, Deed.LINK_MADE, by, of=person.id, thing=made.id, purpose=said, role=role.value)
    return Card(person.id, person.name, person.username, person.node, secret, code, expires_at)


def void(session: Session, viewer: Viewer, node: Node, now: datetime) -> int:
    """Make the open first links of a node worthless; returns how many there were."""
    found = start_queries.comers(session, viewer, node, now, 100_000, waiting_only=True)
    ids = [one.id for one in found if one.may_start]
    voided = _void(session, ids)
    if voided:
        audit.note(session, Deed.LINK_ENDED, viewer.person_id, thing=node.id, count=voided)
    return voided


def reset_code(session: Session, viewer: Viewer, person_id: str, now: datetime) -> Card:
    """Make a code with which somebody chooses a new password in person; their browsers, tokens and links end.

    Raises NotFound for whom the viewer does not keep, Forbidden for whoever holds more than the viewer.
    """
    person = start_queries.comer(session, viewer, person_id)
    if not person.may_start:
        raise Forbidden("reset_holds_more")
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).all()
    end_all(session, person_id, Why.RESET, viewer.person_id)
    purpose = LinkPurpose.RESET if person.has_password else LinkPurpose.START
    ends_at = now + timedelta(hours=RESET_CODE_H)
    return _card(session, person, purpose, viewer.person_id, now, ends_at)


def sign_out(session: Session, viewer: Viewer, person_id: str) -> None:
    """End everything with which somebody is signed in; raises as `reset_code` does."""
    if not start_queries.comer(session, viewer, person_id).may_start:
        raise Forbidden("reset_holds_more")
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).all()
    end_all(session, person_id, Why.OUT, viewer.person_id)


def rename(
    session: Session, viewer: Viewer, person_id: str, names: Mapping[NameKind, str], now: datetime
) -> None:
    """Let somebody whom the viewer keeps sign in under other numbers; raises as `reset_code` does, and what
    `set_aliases` raises."""
    if not start_queries.comer(session, viewer, person_id).may_start:
        raise Forbidden("reset_holds_more")
    set_aliases(session, person_id, names, viewer.person_id, now)


def open_by_code(session: Session, code: str, now: datetime) -> str:
    """Return the secret of a new link for whoever typed a code; the link on paper goes on working, one that
    somebody else was given for the same code does not. Raises NotFound("code_unknown"), Forbidden.

    The code itself is used up with the link. Whoever calls counts (attempts.of_network).
    """
    if not code:
        raise NotFound("code_unknown")
    found = session.scalars(
        select(Invitation).where(
            Invitation.code_hash == queries.hash_token(code),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
    ).first()
    if found is None:
        raise NotFound("code_unknown")
    check_still_fits(session, found, now)
    secret = new_secret()
    session.execute(
        update(Invitation)
        .where(Invitation.id == found.id, Invitation.used_at.is_(None))
        .values(ticket_hash=queries.hash_token(secret))
    )
    return secret


def has_open_reset(session: Session, person_id: str) -> bool:
    """Tell whether somebody let a person choose a new password who has signed in with the old one instead."""
    wanted = select(Invitation.id).where(
        Invitation.person_id == person_id,
        Invitation.purpose == LinkPurpose.RESET,
        Invitation.used_at.is_(None),
    )
    return session.scalars(wanted.limit(1)).first() is not None


@dataclass(frozen=True)
class Reset:
    """That somebody was let choose a new password: when it was made, when used, by whom ("" the machine)."""

    made_at: datetime
    used_at: datetime | None
    by: str


def resets_of(session: Session, person_id: str, since: datetime) -> list[Reset]:
    """Return the links for a new password that others made for a person, the newest first."""
    wanted = (
        select(Invitation, Person.name)
        .outerjoin(Person, Person.id == Invitation.made_by)
        .where(Invitation.person_id == person_id, Invitation.purpose == LinkPurpose.RESET)
        .where(Invitation.created_at >= since)
        .where(or_(Invitation.made_by.is_(None), Invitation.made_by != person_id))
        .order_by(Invitation.created_at.desc())
        .limit(10)
    )
    return [Reset(row.created_at, row.used_at, name or "") for row, name in session.execute(wanted)]
