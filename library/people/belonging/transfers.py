"""Transfers (组织关系转接): asked for by the sender, accepted or refused by the receiver.

Until it is accepted the person belongs where they are, and the sender stays responsible; on the day on which
it is accepted the old home ends and the new one begins.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import short_line
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries
from library.people.belonging import memberships
from library.people.permits import keeps
from library.people.rules import NOTE_MAX, TransferState
from library.people.tables import Transfer


def asked_of(session: Session, person_id: str) -> Transfer | None:
    """Return the transfer of a person that waits for an answer."""
    wanted = select(Transfer).where(Transfer.person_id == person_id, Transfer.state == TransferState.ASKED)
    return session.scalars(wanted).first()


def ask(
    session: Session, viewer: Viewer, person_id: str, to: Node, now: datetime, note: str = ""
) -> Transfer:
    """Ask a node to take somebody over; asked twice it is the same one.

    Raises Forbidden unless the viewer keeps the people of the home, NotFound("no_home"), Invalid("too_long"),
    Conflict: node_closed, transfer_home (they are there), transfer_asked (elsewhere, still unanswered).
    """
    queries.locked(session, person_id)
    home = memberships.home_of(session, person_id)
    if home is None:
        raise NotFound("no_home")
    if not keeps(viewer, organisation.node(session, home.node_id).path):
        raise Forbidden
    memberships.check_open(to)
    if to.id == home.node_id:
        raise Conflict("transfer_home", name=to.name)
    asked = asked_of(session, person_id)
    if asked is not None:
        if asked.to_id != to.id:
            raise Conflict("transfer_asked", name=organisation.node(session, asked.to_id).name)
        return asked
    made = Transfer(
        id=new_id(),
        person_id=person_id,
        from_id=home.node_id,
        to_id=to.id,
        state=TransferState.ASKED,
        note=short_line(note, "note", NOTE_MAX),
        asked_at=now,
        asked_by=queries.noted_by(session, viewer),
        answer="",
    )
    session.add(made)
    session.flush()
    _note(session, made, viewer, TransferState.ASKED)
    return made


def accept(session: Session, viewer: Viewer, transfer_id: str, now: datetime) -> bool:
    """Take somebody over today; returns whether it was news.

    Raises NotFound, Forbidden unless the viewer keeps the people of the receiver, Conflict: transfer_over
    (refused or withdrawn), node_closed, home_since.
    """
    row, to = _received(session, viewer, transfer_id)
    if row.state is TransferState.ACCEPTED:
        return False
    _check_asked(row)
    memberships.check_open(to)
    _answer(session, row, viewer, TransferState.ACCEPTED, now)
    by = queries.noted_by(session, viewer)
    memberships.settle(session, row.person_id, to, local_day(now), now, by)
    return True


def refuse(session: Session, viewer: Viewer, transfer_id: str, now: datetime, why: str = "") -> bool:
    """Refuse to take somebody over, with a reason; returns whether it was news.

    Raises as `accept` does, and Invalid("too_long").
    """
    row, _to = _received(session, viewer, transfer_id)
    if row.state is TransferState.REFUSED:
        return False
    _check_asked(row)
    row.answer = short_line(why, "why", NOTE_MAX)
    _answer(session, row, viewer, TransferState.REFUSED, now)
    return True


def withdraw(session: Session, viewer: Viewer, transfer_id: str, now: datetime) -> bool:
    """Take a transfer back before it was answered; returns whether it was news.

    Raises NotFound, Forbidden unless the viewer keeps the people of the sender, Conflict("transfer_over").
    """
    row = _locked(session, transfer_id)
    if not keeps(viewer, organisation.node(session, row.from_id).path):
        raise Forbidden
    if row.state is TransferState.WITHDRAWN:
        return False
    _check_asked(row)
    _answer(session, row, viewer, TransferState.WITHDRAWN, now)
    return True


def _received(session: Session, viewer: Viewer, transfer_id: str) -> tuple[Transfer, Node]:
    row = _locked(session, transfer_id)
    to = organisation.node(session, row.to_id)
    if not keeps(viewer, to.path):
        raise Forbidden
    return row, to


def _locked(session: Session, transfer_id: str) -> Transfer:
    found = session.get(Transfer, transfer_id)
    if found is None:
        raise NotFound
    queries.locked(session, found.person_id)
    session.refresh(found)
    return found


def _check_asked(row: Transfer) -> None:
    if row.state is not TransferState.ASKED:
        raise Conflict("transfer_over")


def _answer(session: Session, row: Transfer, viewer: Viewer, state: TransferState, now: datetime) -> None:
    row.state, row.answered_at = state, now
    row.answered_by = queries.noted_by(session, viewer)
    session.flush()
    _note(session, row, viewer, state)


def _note(session: Session, row: Transfer, viewer: Viewer, state: TransferState) -> None:
    audit.note(
        session,
        Deed.TRANSFER,
        queries.noted_by(session, viewer),
        of=row.person_id,
        thing=row.to_id,
        what=state.value,
        left=row.from_id,
    )
