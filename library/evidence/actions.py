"""The only writer of the ledger of evidence. Whoever calls it holds what the evidence comes from (a lock on
the gathering's row, say), so that two do not say of one source different things at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.evidence import queries, rules
from library.evidence.rules import RULE_VERSION, Difference, Piece, Source, is_token, token
from library.evidence.tables import Evidence, EvidenceCorrection


def say(
    session: Session,
    source: Source,
    source_id: str,
    pieces: Iterable[Piece],
    now: datetime,
    by: str | None = None,
) -> Difference:
    """Let the ledger say of a source what `pieces` say, all of them, and nothing else; returns what changed.

    What stood and is not among them is reversed; what is said again as it stands is not written again. So
    this may be called as often as one likes, after a crash as well.
    """
    standing = queries.standing(session, source, source_id)
    change = rules.difference(standing, pieces, queries.withdrawn(session, source, source_id))
    for one in change.reversed:
        session.add(_row(one.piece, -one.piece.amount, now, by, reverses=one.id))
    for piece in change.added:
        session.add(_row(piece, piece.amount, now, by))
    session.flush()
    return change


def take_back(session: Session, entry_id: str, reason: str, now: datetime, by: str | None) -> Piece:
    """Take back a piece by hand, for a reason that its person can read; returns what it said.

    It stays taken back when its source says the same again. Raises NotFound, Invalid: empty, too_long,
    Conflict("evidence_gone") for what does not stand any more.
    """
    said = rules.check_correction(reason)
    row = queries.entry(session, entry_id)
    if row.reverses_id is not None or is_token(row.person_id):
        raise NotFound
    if queries.is_reversed(session, entry_id):
        raise Conflict("evidence_gone")
    piece = queries.piece_of(row)
    session.add(_row(piece, -piece.amount, now, by, reverses=row.id))
    session.add(EvidenceCorrection(entry_id=row.id, reason=said))
    session.flush()
    return piece


def lift(session: Session, entry_id: str, reason: str, now: datetime, by: str | None) -> Piece:
    """Say again what was taken back by hand, for a reason that its person can read; returns what it says.

    Both rows and both reasons stay. Of two who lift at once one does. Raises NotFound where nothing was taken
    back by hand, Invalid: empty, too_long, Conflict("evidence_lifted").
    """
    said = rules.check_correction(reason)
    row = queries.entry(session, entry_id)
    correction = session.get(EvidenceCorrection, entry_id, with_for_update=True, populate_existing=True)
    if correction is None or is_token(row.person_id):
        raise NotFound
    if correction.again_id is not None:
        raise Conflict("evidence_lifted")
    piece = queries.piece_of(row)
    again = _row(piece, piece.amount, now, by)
    session.add(again)
    session.flush()
    correction.again_id, correction.lifted_for = again.id, said
    session.flush()
    return piece


def erase(session: Session, person_id: str) -> None:
    """Take a person out of the ledger: what stands for them stays, every sum and every seal with it, and the
    reasons for which something of theirs was taken back are deleted."""
    theirs = select(Evidence.id).where(Evidence.person_id == person_id)
    session.execute(delete(EvidenceCorrection).where(EvidenceCorrection.entry_id.in_(theirs)))
    for column in (Evidence.person_id, Evidence.recorded_by):
        session.execute(update(Evidence).where(column == person_id).values({column.key: token(person_id)}))


def _row(piece: Piece, amount: int, now: datetime, by: str | None, reverses: str | None = None) -> Evidence:
    return Evidence(
        id=new_id(),
        person_id=piece.person_id,
        node_id=piece.node_id,
        kind=piece.kind,
        form=piece.form,
        amount=amount,
        day=piece.day,
        source=piece.source,
        source_id=piece.source_id,
        lesson_id=piece.lesson_id,
        made_up=piece.made_up,
        rule_version=RULE_VERSION,
        reverses_id=reverses,
        recorded_at=now,
        recorded_by=by,
    )
