"""The only writer of the ledger of evidence. Whoever calls it holds what the evidence comes from (a lock on
the gathering's row, say), so that two do not say of one source different things at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from library.core.ids import new_id
from library.evidence import queries, rules
from library.evidence.rules import RULE_VERSION, Difference, Piece, Source
from library.evidence.tables import Evidence


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
    change = rules.difference(queries.standing(session, source, source_id), pieces)
    for one in change.reversed:
        session.add(_row(one.piece, -one.piece.amount, now, by, reverses=one.id))
    for piece in change.added:
        session.add(_row(piece, piece.amount, now, by))
    session.flush()
    return change


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
