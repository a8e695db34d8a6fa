"""The fingerprints of texts that were sent: kept as texts come and go, asked for texts that share some."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from library.core.database import upsert
from library.reflections.likeness.rules import COMMON_FROM, RULES, Prepared, prepare, prints
from library.reflections.rules import EDITABLE, without_marks
from library.reflections.tables import Print, Reflection

_AT_ONCE = 400
"""Rows of a statement, and fingerprints of a question: SQLite takes 500 SELECTs in one."""
_COMMON_SAYS = 0.1
_NUMBER_BITS = 62


def new_number() -> int:
    """Return a number by which a text stands among fingerprints."""
    return secrets.randbits(_NUMBER_BITS)


def keep(session: Session, number: int, prepared: Prepared) -> None:
    """Keep the fingerprints of a text; the same again changes nothing."""
    rows = [{"hash": one, "number": number} for one in prints(prepared)]
    for at in range(0, len(rows), _AT_ONCE):
        session.execute(upsert(session, Print).on_conflict_do_nothing(), rows[at : at + _AT_ONCE])


def drop(session: Session, number: int, prepared: Prepared) -> None:
    """Forget the fingerprints of a text, which must be the one that was kept. Those that other rules kept of
    it stay until `sweep`: whoever drops gives the text another number, so that they lead nowhere."""
    its = list(prints(prepared))
    for at in range(0, len(its), _AT_ONCE):
        gone = delete(Print).where(Print.hash.in_(its[at : at + _AT_ONCE]), Print.number == number)
        session.execute(gone.execution_options(synchronize_session=False))


def renew(session: Session, most: int) -> int:
    """Make anew the fingerprints of up to `most` texts that other rules made; returns how many those were.

    Each gets another number: what the older rules kept leads nowhere by that, and goes with the next sweep.
    It can be stopped after any call, and goes on where it was.
    """
    waiting = (
        select(Reflection)
        .where(Reflection.print_rules != RULES, Reflection.state.not_in(EDITABLE))
        .order_by(Reflection.number)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(waiting).all()
    for row in rows:
        row.number = new_number()
        keep(session, row.number, prepare(without_marks(row.text)))
        row.print_rules = RULES
    session.flush()
    return len(rows)


def sweep(session: Session, part: int, parts: int) -> int:
    """Forget what is nobody's in one part of `parts` of all fingerprints; returns how many.

    Such are those that `drop` did not find: they were kept by other rules of what counts.
    """
    span = 2**32 // parts
    first = part * span - 2**31
    last = 2**31 - 1 if part == parts - 1 else first + span - 1
    its = exists().where(Reflection.number == Print.number, Reflection.state.not_in(EDITABLE))
    gone = delete(Print).where(Print.hash >= first, Print.hash <= last, ~its).returning(Print.hash)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


@dataclass(frozen=True)
class Sharing:
    """Which texts share fingerprints: their numbers, those that share most first, and what many have."""

    numbers: Sequence[int]
    common: frozenset[int] = field(default_factory=frozenset)


def sharing(session: Session, hashes: Iterable[int], most: int) -> Sharing:
    """Return up to `most` texts that share most of some fingerprints.

    Of what COMMON_FROM texts have no more than these are read, the same of each (the lowest numbers): so
    a set phrase costs what any other words do, and a whole text that hundreds copied is found all the same.
    """
    its = list(hashes)
    scores: Counter[int] = Counter()
    common = set()
    connection = session.connection()
    for at in range(0, len(its), _AT_ONCE):
        for number, texts in _texts_with(connection, its[at : at + _AT_ONCE]).items():
            is_common = len(texts) >= COMMON_FROM
            if is_common:
                common.add(number)
            for one in texts:
                scores[one] += _COMMON_SAYS if is_common else 1  # type: ignore[assignment]
    best = sorted(scores, key=lambda one: (-scores[one], one))
    return Sharing(best[:most], frozenset(common))


def _texts_with(connection, hashes: Sequence[int]) -> dict[int, list[int]]:  # type: ignore[no-untyped-def]
    """Return the first COMMON_FROM texts of each fingerprint: one statement of as many small looks.

    Written out, because the numbers are our own and compiling four hundred SELECTs takes longer than asking.
    """
    looks = " UNION ALL ".join(
        "SELECT * FROM (SELECT hash, number FROM reflections_print"  # noqa: S608 - whole numbers
        f" WHERE hash = {int(one)} ORDER BY hash, number LIMIT {COMMON_FROM}) AS t{n}"
        for n, one in enumerate(hashes)
    )
    found: dict[int, list[int]] = {}
    for number, its in connection.execute(text(looks)) if looks else ():
        found.setdefault(number, []).append(its)
    return found
