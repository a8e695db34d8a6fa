"""What the ledger of evidence says. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from library.core.errors import NotFound
from library.evidence.rules import EvidenceKind, Piece, Source, Standing
from library.evidence.tables import Evidence, EvidenceCorrection

_AT_ONCE = 500
"""Ids that one statement asks for: SQLite takes some 32,000 values, PostgreSQL plans long lists slowly."""


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


def withdrawn(session: Session, source: Source, source_id: str) -> list[Piece]:
    """Return what was taken back by hand of what a source said, and is so still."""
    rows = session.scalars(
        select(Evidence)
        .join(EvidenceCorrection, EvidenceCorrection.entry_id == Evidence.id)
        .where(Evidence.source == source, Evidence.source_id == source_id)
        .where(EvidenceCorrection.again_id.is_(None))
    )
    return [piece_of(row) for row in rows]


def correction(session: Session, source: Source, source_id: str) -> str | None:
    """Return for which reason what a source said was taken back by hand, the last one; None where it was not,
    or where something of it stands."""
    if standing(session, source, source_id):
        return None
    return session.scalars(
        select(EvidenceCorrection.reason)
        .join(Evidence, Evidence.id == EvidenceCorrection.entry_id)
        .where(Evidence.source == source, Evidence.source_id == source_id)
        .order_by(Evidence.recorded_at.desc(), Evidence.id.desc())
    ).first()


def studied_on(session: Session, person_id: str, day: date) -> int:
    """Return how many seconds somebody says that they studied by themselves on a day."""
    found = pieces_of(session, day, day, person_ids=[person_id], kinds=[EvidenceKind.STUDIED])
    return sum(piece.amount for piece in found)


def entry(session: Session, entry_id: str) -> Evidence:
    """Return a row; raises NotFound."""
    row = session.get(Evidence, entry_id)
    if row is None:
        raise NotFound
    return row


def is_reversed(session: Session, entry_id: str) -> bool:
    """Tell whether a piece does not stand any more."""
    return session.scalar(select(Evidence.id).where(Evidence.reverses_id == entry_id)) is not None


def corrections(session: Session, entry_ids: Collection[str]) -> dict[str, EvidenceCorrection]:
    """Return of pieces that were taken back by hand why, and whether that was lifted, by their ids."""
    if not entry_ids:
        return {}
    wanted = select(EvidenceCorrection).where(EvidenceCorrection.entry_id.in_(list(entry_ids)))
    return {row.entry_id: row for row in session.scalars(wanted)}


def of_person(session: Session, person_id: str, first: date, last: date) -> Sequence[Evidence]:
    """Return a person's rows of some days, reversals among them, by day."""
    return session.scalars(
        select(Evidence)
        .where(Evidence.person_id == person_id, Evidence.day.between(first, last))
        .order_by(Evidence.day, Evidence.recorded_at, Evidence.id)
    ).all()


def pieces_of(
    session: Session,
    first: date,
    last: date,
    *,
    person_ids: Collection[str] | None = None,
    node_ids: Collection[str] | None = None,
    kinds: Collection[EvidenceKind] | None = None,
) -> Iterator[Piece]:
    """Give what stands of the days from `first` through `last`: pieces, without what was reversed and without
    reversals, of a person together and by day. The bulk reader for books and grades: rows are not made into
    objects of the session; 400,000 pieces take seconds.

    Of some people (`person_ids`), or of whoever had one of some nodes as home on the day (`node_ids`; those
    below them are not asked for: give all ids), or of both; None: of all. Who was erased is among them, under
    what stands for them (rules.is_token), so that the figures of a branch stay; they are nobody's books.

    Rows of a moved person carry the home of the day: with `person_ids` each piece comes once wherever it was
    earned, with `node_ids` once for all nodes together.
    """
    where: list[ColumnElement[bool]] = [Evidence.day.between(first, last)]
    if kinds is not None:
        where.append(Evidence.kind.in_(list(kinds)))
    column, ids = (Evidence.person_id, person_ids) if person_ids is not None else (Evidence.node_id, node_ids)
    if person_ids is not None and node_ids is not None:
        where.append(Evidence.node_id.in_(list(node_ids)))
    if ids is None:
        yield from _pieces(session, where)
        return
    for some in _batches(sorted(set(ids))):
        yield from _pieces(session, [*where, column.in_(some)])


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def _pieces(session: Session, where: Sequence[ColumnElement[bool]]) -> Iterator[Piece]:
    later = aliased(Evidence)
    columns: tuple[Any, ...] = (
        Evidence.person_id,
        Evidence.node_id,
        Evidence.kind,
        Evidence.form,
        Evidence.amount,
        Evidence.day,
        Evidence.source,
        Evidence.source_id,
        Evidence.lesson_id,
        Evidence.made_up,
    )
    rows = session.execute(
        select(*columns)
        .where(*where, Evidence.reverses_id.is_(None))
        .where(~exists().where(later.reverses_id == Evidence.id))
        .order_by(Evidence.person_id, Evidence.day, Evidence.id),
        execution_options={"yield_per": 10_000},
    )
    for row in rows:
        yield Piece(*row)


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
