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
from library.books.entries import StudyState, check_fits
from library.books.hours import HoursRules, read_rules
from library.books.tables import HoursTable, Study
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.evidence import actions as evidence
from library.evidence import chain
from library.evidence import queries as evidence_queries
from library.evidence.rules import Piece, Source
from library.evidence.tables import EvidenceSeal
from library.people import queries as people
from library.people.tables import Person


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


def lift(session: Session, viewer: Viewer, entry_id: str, reason: str, now: datetime) -> Piece:
    """Say again what was taken back of a member's self-study, for a reason that they read; all rows stay.

    Of self-study alone: what a gathering or a lesson says is said again by correcting it there. Raises
    NotFound (also for one's own), Invalid: empty, too_long, study_day_full where the day has filled
    meanwhile, Conflict: evidence_lifted; evidence_gone where the self-study says something else by now.
    """
    row = queries.entry_to_keep(session, viewer, entry_id)
    if row.source is not Source.SELF_STUDY:
        raise NotFound
    study = session.scalars(select(Study).where(Study.id == row.source_id).with_for_update()).first()
    if study is None or (study.state, study.done_on, study.seconds) != (
        StudyState.DONE,
        row.day,
        row.amount,
    ):
        raise Conflict("evidence_gone")
    # As whoever says that they studied is held: two never fill the same day.
    session.get_one(Person, row.person_id, with_for_update={"key_share": True})
    by = people.noted_by(session, viewer)
    said = evidence_queries.studied_on(session, row.person_id, row.day)
    piece = evidence.lift(session, row.id, reason, now, by)
    check_fits(piece.amount, said)
    kind = str(piece.kind)
    audit.note(session, Deed.EVIDENCE_LIFTED, by, of=piece.person_id, thing=row.id, kind=kind)
    return piece


def seal(session: Session, now: datetime) -> list[EvidenceSeal]:
    """Seal the days of the ledger that are over, each noted in the ledger of deeds: its chain holds what the
    day's rows were, also against whoever makes the seals anew."""
    seals = chain.seal(session, now)
    for one in seals:
        day = one.day.isoformat()
        audit.note(session, Deed.EVIDENCE_SEALED, None, thing=f"evidence:{day}", rows=one.rows, link=one.link)
    return seals
