"""The ledger is searched along indexes, however long it is; readings are gathered and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from library.audit import queries
from library.audit.origin import Program, coming_from
from library.audit.queries import Wanted
from library.audit.readings import WINDOW, Readings
from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.database import Database
from tests.support.databases import KINDS, Databases

ASKED = (
    (Wanted(), "ix_audit_entry_at_id"),
    (Wanted(first=date(2026, 3, 5), last=date(2026, 3, 5)), "ix_audit_entry_at_id"),
    (Wanted(person_id="wang000000000000"), "ix_audit_entry_by_person_at_id"),
    (Wanted(deed=Deed.ROLE_GIVEN), "ix_audit_entry_deed_at_id"),
    (Wanted(thing="lesson0000000000"), "ix_audit_entry_thing_at_id"),
    (Wanted(address="10.0.0.7"), "ix_audit_entry_address_at_id"),
)


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    with databases.open(request.param) as opened:
        yield opened


def plans(db: Database, wanted: Wanted) -> str:
    """How the database goes about all that a page of the ledger asks."""
    said: list[str] = []
    asked: list[tuple[str, Any]] = []

    def hear(_c: Any, _u: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", hear)
    with db.read() as session:
        queries.entries(session, wanted)
    event.remove(db.engine, "before_cursor_execute", hear)
    explain = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
    with db.engine.connect() as connection:
        if not db.is_sqlite:  # a table of a hundred rows is read whole, and rightly
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
            connection.exec_driver_sql("SET enable_sort = off")
        for statement, parameters in asked:
            if "audit_entry" in statement:
                rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
                said += [" ".join(map(str, row)) for row in rows]
    assert said
    return "\n".join(said)


@pytest.mark.parametrize(("wanted", "index"), ASKED, ids=[index for _, index in ASKED])
def test_every_way_of_asking_goes_along_an_index(db: Database, wanted: Wanted, index: str) -> None:
    plan = plans(db, wanted)
    assert index in plan
    assert "SCAN audit_entry\n" not in plan + "\n", "read whole"
    assert "Seq Scan on audit_entry" not in plan
    if wanted.person_id is None:
        assert "TEMP B-TREE" not in plan, "sorted, and not read in order"


def test_what_was_read_is_one_entry_and_how_often_a_second(db: Database) -> None:
    now = [datetime(2026, 3, 5, 2, 0, tzinfo=UTC)]
    readings = Readings(db, lambda: now[0], most=3)

    def told() -> list[tuple[str, dict[str, Any], str]]:
        with db.read() as session:
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
            return [(row.deed.value, row.details, row.address) for row in rows]

    with coming_from(Program.BROWSER, "10.0.0.7"):
        for _ in range(40):
            readings.note("wang", "people")
    readings.write()
    readings.write()
    assert told() == [("read", {"what": "people"}, "10.0.0.7")]
    now[0] += WINDOW
    readings.write()
    assert told()[1:] == [("read", {"what": "people", "more": 39}, "10.0.0.7")]
    with coming_from(Program.BROWSER, "10.0.0.8"):
        for n in range(5):  # more than fit
            readings.note("wang", "person", of=f"person-{n}")
    readings.write(last=True)
    fresh = told()[2:]
    assert [one[1] for one in fresh if one[0] == "read"] == [{"what": "person"}] * 3
    assert [one[1] for one in fresh if one[0] == "readings_lost"] == [{"count": 2}]


def test_what_could_not_be_written_is_written_the_next_time(databases: Databases) -> None:
    with databases.open("sqlite") as db:
        readings = Readings(db)
        readings.note("wang", "people")
        with db.engine.connect() as connection:
            connection.execute(text("ALTER TABLE audit_entry RENAME TO away"))
            connection.commit()
            with pytest.raises(OperationalError):
                readings.write()
            connection.execute(text("ALTER TABLE away RENAME TO audit_entry"))
            connection.commit()
        assert readings.write() == 1
        assert readings.write(last=True) == 0


def test_pages_of_a_person_hold_what_they_did_and_what_was_done_to_them(db: Database) -> None:
    began = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    with db.write() as session:
        for n in range(12):
            by, of = (("wang", "li"), ("li", "wang"), ("wang", "wang"), ("li", "li"))[n % 4]
            moment = began + timedelta(minutes=n)
            entry = AuditEntry(
                id=f"{n:016}",
                at=moment,
                deed=Deed.SIGN_IN,
                by_person=by,
                of_person=of,
                program=Program.BROWSER,
            )
            session.add(entry)
    with db.read() as session:
        wanted = Wanted(person_id="wang")
        shown = [queries.entries(session, wanted, n, size=4) for n in (1, 2, 3)]
        ids = [int(row.id) for page in shown for row in page.items]
        assert (ids, shown[0].total) == ([10, 9, 8, 6, 5, 4, 2, 1, 0], 9)
        assert [int(row.id) for row in queries.latest(session, wanted, 5)] == [10, 9, 8, 6, 5]
