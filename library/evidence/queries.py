"""What the ledger of evidence says. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from library.evidence.rules import Piece, Source, Standing
from library.evidence.tables import Evidence


def standing(session: Session, source: Source, source_id: str) -> list[Standing]:
    """Return what stands from a source, oldest first."""
    later = aliased(Evidence)
    rows = session.scalars(
        select(Evidence)
        .where(Evidence.source == source, Evidence.source_id == source_id, Evidence.reverses_id.is_(None))
        .where(~exists().where(later.reverses_id == Evidence.id))
        .order_by(Evidence.recorded_at, Evidence.id)
    )
    return [Standing(row.id, piece_of(row)) for row in rows]


def of_person(session: Session, person_id: str, first: date, last: date) -> Sequence[Evidence]:
    """Return a person's rows of some days, reversals among them, by day."""
    return session.scalars(
        select(Evidence)
        .where(Evidence.person_id == person_id, Evidence.day.between(first, last))
        .order_by(Evidence.day, Evidence.recorded_at, Evidence.id)
    ).all()


def piece_of(row: Evidence) -> Piece:
    """Return what a row says."""
    return Piece(
        row.person_id,
        row.node_id,
        row.kind,
        row.form,
        row.amount,
        row.day,
        row.source,
        row.source_id,
        row.lesson_id,
        row.made_up,
    )
