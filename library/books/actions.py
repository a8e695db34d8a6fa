"""What is said by hand: by what a node counts, and that a piece of evidence is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.books import queries
from library.books.hours import HoursRules, read_rules
from library.books.tables import HoursTable
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.permits import Viewer
from library.evidence import actions as evidence
from library.evidence import chain
from library.evidence.rules import Piece
from library.evidence.tables import EvidenceSeal
from library.people import queries as people


def put_rules(
    session: Session, viewer: Viewer, node_id: str, first: date, content: Mapping[str, Any], now: datetime
) -> HoursRules:
    """Say by what a node and those below it count, from a day on; what is said for the same day is replaced.

    The day is not before the year that is running: books of years that are over stay as people know them.
    Raises NotFound, Invalid: hours_first, hours_in_times, hours_steps, hours_value.
    """
    node = queries.node_to_arrange(session, viewer, node_id)
    rules = read_rules(content)
    holds = queries.tables(session).at(node.path)
    begins, _ends = holds.year(holds.year_of(local_day(now)))
    if first < begins:
        raise Invalid("hours_first", field="first", begins=begins.isoformat())
    wanted = select(HoursTable).where(HoursTable.node_id == node.id, HoursTable.first == first)
    row = session.scalars(wanted.with_for_update()).first()
    by = people.noted_by(session, viewer)
    if row is None:
        row = HoursTable(id=new_id(), node_id=node.id, first=first)
        session.add(row)
    row.content, row.made_by, row.made_at = rules.model_dump(mode="json"), by, now
    audit.note(session, Deed.HOURS_RULES, by, thing=node.id, what="put", first=first.isoformat())
    session.flush()
    return rules


def remove_rules(session: Session, viewer: Viewer, node_id: str, first: date, now: datetime) -> None:
    """Take back what is to hold from a day on; raises NotFound, Conflict("hours_hold") once it holds."""
    node = queries.node_to_arrange(session, viewer, node_id)
    wanted = select(HoursTable).where(HoursTable.node_id == node.id, HoursTable.first == first)
    row = session.scalars(wanted.with_for_update()).first()
    if row is None:
        return
    if first <= local_day(now):
        raise Conflict("hours_hold")
    session.delete(row)
    by = people.noted_by(session, viewer)
    audit.note(session, Deed.HOURS_RULES, by, thing=node.id, what="removed", first=first.isoformat())
    session.flush()


def take_back(session: Session, viewer: Viewer, entry_id: str, reason: str, now: datetime) -> Piece:
    """Take back a piece of a member's evidence, for a reason that they read; the ledger keeps both rows.

    Raises NotFound (also for one's own), Invalid: empty, too_long, Conflict("evidence_gone").
    """
    row = queries.entry_to_keep(session, viewer, entry_id)
    by = people.noted_by(session, viewer)
    piece = evidence.take_back(session, row.id, reason, now, by)
    kind = str(piece.kind)
    audit.note(session, Deed.EVIDENCE_TAKEN_BACK, by, of=piece.person_id, thing=row.id, kind=kind)
    return piece


def seal(session: Session, now: datetime) -> list[EvidenceSeal]:
    """Seal the days of the ledger that are over, each noted in the ledger of deeds: its chain holds what the
    day's rows were, also against whoever makes the seals anew."""
    seals = chain.seal(session, now)
    for one in seals:
        day = one.day.isoformat()
        audit.note(session, Deed.EVIDENCE_SEALED, None, thing=f"evidence:{day}", rows=one.rows, link=one.link)
    return seals
