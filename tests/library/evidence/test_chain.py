"""The ledger of evidence: nothing is changed in silence, days are sealed, people are erased."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from library.core.clock import local_day, midnight, utc_now
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import first_id, made_at, new_id
from library.evidence import actions, chain, queries
from library.evidence.chain import What
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm, is_token, token
from library.evidence.tables import Evidence, EvidenceSeal

DAY = date(2026, 11, 30)


def piece(person: str = "p1", source_id: str = "g1", amount: int = 3600) -> Piece:
    return Piece(
        person, "n1", EvidenceKind.ATTENDED, StudyForm.GATHERED, amount, DAY, Source.GATHERING, source_id
    )


def unguarded(db: Database, statement: str, **values: str) -> None:
    """Change the ledger as somebody who holds the database does, with its triggers put aside."""
    with db.engine.begin() as connection:
        if db.is_sqlite:
            triggers = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'evidence%'")
            ).all()
            for name, _sql in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(statement), values)
            for _name, sql in triggers:
                connection.execute(text(sql))
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement), values)
            connection.execute(text("SET session_replication_role = origin"))


def test_ids_tell_when_they_were_made() -> None:
    now = utc_now()
    made = new_id()
    assert abs((made_at(made) - now).total_seconds()) < 5
    assert first_id(now - timedelta(seconds=5)) < made < first_id(now + timedelta(seconds=5))


def test_a_row_is_never_changed_nor_deleted_and_a_person_is_erased_from_it(db: Database) -> None:
    with db.write() as session:
        actions.say(session, Source.GATHERING, "g1", [piece(), piece("p2")], utc_now(), "p2")
    refused = (
        update(Evidence).values(amount=9),
        update(Evidence).values(person_id="p3"),
        update(Evidence).values(recorded_by=None),
        delete(Evidence),
    )
    for statement in refused:
        with pytest.raises(DBAPIError, match="ledger of evidence"), db.write() as session:
            session.execute(statement)
    with db.write() as session:
        seals = chain.seal(session, utc_now() + timedelta(days=1, hours=2))
        assert [one.rows for one in seals][:1] == [2]
        actions.erase(session, "p2")
    with db.read() as session:
        rows = {row.person_id: row for row in session.scalars(select(Evidence))}
        assert set(rows) == {"p1", token("p2")}
        assert rows["p1"].recorded_by == token("p2")
        assert is_token(token("p2"))
        assert session.scalar(select(func.sum(Evidence.amount))) == 7200
        assert chain.verify(session).fault is None
    with db.write() as session:  # the gathering says it again, and knows nothing of who was erased
        assert actions.say(session, Source.GATHERING, "g1", [piece()], utc_now()).nothing


def test_what_is_changed_taken_away_or_slipped_in_is_found(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        actions.say(session, Source.GATHERING, "g1", [piece(), piece("p2")], now)
        assert not chain.is_due(session, now)
        # From midnight on: two hours after now is another day when it is late in the evening.
        later = midnight(local_day(now)) + timedelta(days=3, hours=2)
        assert chain.is_due(session, later)
        seals = chain.seal(session, later)
        assert [one.rows for one in seals] == [2, 0, 0]
        assert chain.seal(session, later) == []
        verdict = chain.verify(session)
        assert (verdict.days, verdict.rows, verdict.fault, verdict.link) == (3, 2, None, seals[-1].link)
        row_id = session.scalars(select(Evidence.id).where(Evidence.person_id == "p1")).one()
    with pytest.raises(DBAPIError, match="ledger of evidence"), db.write() as session:
        session.execute(update(EvidenceSeal).values(rows=1))

    def found() -> What | None:
        with db.read() as session:
            fault = chain.verify(session).fault
            return fault.what if fault is not None else None

    unguarded(db, "UPDATE evidence_entry SET amount = 9999 WHERE id = :id", id=row_id)
    assert found() is What.CHANGED
    unguarded(db, "UPDATE evidence_entry SET amount = 3600 WHERE id = :id", id=row_id)
    assert found() is None
    with db.write() as session:  # said on a sealed day
        actions.say(session, Source.GATHERING, "g2", [piece("p3", "g2")], now)
    assert found() is What.ADDED
    unguarded(db, "DELETE FROM evidence_entry WHERE source_id = 'g2'")
    assert found() is None
    unguarded(db, "DELETE FROM evidence_entry WHERE id = :id", id=row_id)
    assert found() is What.MISSING
    unguarded(db, "DELETE FROM evidence_seal WHERE rows = 2")
    assert found() is What.BEFORE


def test_what_is_taken_back_by_hand_stays_so_until_its_source_says_something_else(db: Database) -> None:
    with db.write() as session:
        actions.say(session, Source.GATHERING, "g1", [piece(), piece("p2")], utc_now())
        row = session.scalars(select(Evidence).where(Evidence.person_id == "p1")).one()
        with pytest.raises(Invalid, match="empty"):
            actions.take_back(session, row.id, " ", utc_now(), "s")
        actions.take_back(session, row.id, "那天在外地", utc_now(), "s")
        with pytest.raises(Conflict, match="evidence_gone"):
            actions.take_back(session, row.id, "再一次", utc_now(), "s")
        with pytest.raises(NotFound):
            actions.take_back(session, new_id(), "没有", utc_now(), "s")
        assert list(queries.pieces_of(session, DAY, DAY)) == [piece("p2")]
        assert queries.corrections(session, [row.id])[row.id].reason == "那天在外地"
        assert actions.say(session, Source.GATHERING, "g1", [piece(), piece("p2")], utc_now()).nothing
        change = actions.say(session, Source.GATHERING, "g1", [piece(amount=60), piece("p2")], utc_now())
        assert change.added == (piece(amount=60),)
        some = queries.pieces_of(session, DAY, DAY, person_ids=["p1"], kinds=[EvidenceKind.ATTENDED])
        assert [one.amount for one in some] == [60]
        assert [one.person_id for one in queries.pieces_of(session, DAY, DAY, node_ids=["n1"])] == [
            "p1",
            "p2",
        ]
        assert not list(queries.pieces_of(session, DAY, DAY, node_ids=["n2"]))
