"""The chain over the ledger: on both databases nothing is changed or taken away without being found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from library.audit import actions, chain
from library.audit.chain import GRACE, Chain, forget
from library.audit.origin import Program, coming_from
from library.audit.rules import LEAST_DAYS, Deed, changes
from library.audit.tables import AuditEntry, AuditSeal
from library.audit.verifying import Verdict, What, standing, verify
from library.core.clock import local_day, midnight, utc_now
from library.core.database import Database
from library.core.ids import new_id
from tests.support.databases import KINDS, Databases

DAY = timedelta(days=1)
WANG, LI = "wang000000000000", "li00000000000000"
GUARDS = {
    "sqlite": ("DROP TRIGGER audit_entry_never_changed", "DROP TRIGGER audit_entry_kept"),
    "postgresql": ("DROP TRIGGER audit_entry_guarded ON audit_entry",),
}


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    with databases.open(request.param) as opened:
        yield opened


def put(session: Session, at: datetime, *, by: str | None = WANG, of: str | None = None) -> str:
    """An entry of another day, as a day of before brought it."""
    row = {"id": new_id(), "at": at, "deed": Deed.ROLE_GIVEN, "by_person": by, "of_person": of, "thing": ""}
    about = {"details": {"role": "staff"}, "changed": {}, "program": Program.BROWSER, "address": "10.0.0.7"}
    session.execute(insert(AuditEntry), [{**row, **about}])
    return str(row["id"])


def fill(db: Database, days: int, each: int = 3, until: datetime | None = None) -> list[str]:
    """Some entries a day up to now, linked."""
    last = until or utc_now()
    with db.write() as session:
        ids = [
            put(session, last - n * DAY - (each - k) * timedelta(milliseconds=1), of=LI)
            for n in reversed(range(days))
            for k in range(each)
        ]
    linked(db)
    return ids


def linked(db: Database) -> None:
    """Everything has its place, also when this runs right after midnight."""
    Chain(db, lambda: utc_now() + GRACE).run()


def unguarded(db: Database, statement: object) -> None:
    """What somebody does who may do anything with the database."""
    with db.write() as session:
        for drop in GUARDS[session.get_bind().dialect.name]:
            session.execute(text(drop))
        session.execute(statement)  # type: ignore[call-overload]


def verified(db: Database, asked: str = "") -> Verdict:
    with db.read() as session:
        return verify(session, utc_now(), asked)


def test_days_are_sealed_and_all_fits(db: Database) -> None:
    fill(db, days=4)
    found = verified(db)
    assert (found.entries, found.from_n, found.through, found.pending, found.fault) == (12, 1, 12, 0, None)
    assert found.seals == 3, "today is not over"
    with db.read() as session:
        days = session.scalars(select(AuditSeal.day).order_by(AuditSeal.day)).all()
        assert days == [local_day(utc_now()) - n * DAY for n in (3, 2, 1)]
        links = session.scalars(select(AuditEntry.link).order_by(AuditEntry.n)).all()
        assert standing(session, utc_now()).fault is None
    assert verified(db, str(links[4])[:20]).link_at == 5
    assert verified(db, "0" * 20).link_at is None


def test_a_minute_after_midnight_was_called_a_clock_that_ran_ahead(db: Database) -> None:
    """The new day is open and waits: nothing of it lies ahead."""
    begins = midnight(local_day(utc_now()))
    with db.write() as session:
        put(session, begins - timedelta(minutes=1))
        put(session, begins + timedelta(minutes=1))
    now = begins + timedelta(seconds=90)
    Chain(db, lambda: now).run()
    with db.read() as session:
        found = verify(session, now)
        assert (found.entries, found.pending, found.ahead, found.fault) == (1, 1, 0, None)
        assert verify(session, begins).ahead == 1


def test_the_database_refuses_to_change_and_to_take_away(db: Database) -> None:
    (first, *_), one = fill(db, days=2), AuditEntry.id
    with db.write() as session:
        fresh = put(session, utc_now())
    for its_id in (first, fresh):
        for values in (
            {"deed": Deed.SIGN_IN},
            {"at": utc_now() + DAY},
            {"details": {"role": "admin"}},
            {"by_person": LI},
            {"by_person": None},
            {"address": ""},
            {"address": "10.0.0.8"},
            {"program": Program.COMMAND},
            {"changed": {"role": ["a", "b"]}},
        ):
            with pytest.raises(DBAPIError), db.write() as session:
                session.execute(update(AuditEntry).where(one == its_id).values(values))
        with pytest.raises(DBAPIError), db.write() as session:
            session.execute(delete(AuditEntry).where(one == its_id))
    for statement in (delete(AuditSeal), update(AuditSeal).values(link="0" * 64)):
        with pytest.raises(DBAPIError), db.write() as session:
            session.execute(statement)
    with pytest.raises(DBAPIError), db.write() as session:  # a place is given once
        session.execute(update(AuditEntry).where(one == first).values(n=900))
    assert verified(db).fault is None


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (What.CHANGED, {"deed": Deed.SIGN_IN}),
        (What.CHANGED, {"details": {"role": "admin"}}),
        (What.CHANGED, {"of_mark": "0" * 81}),
        (What.PERSON, {"by_person": "zhao000000000000"}),
        (What.PERSON, {"of_person": None}),
        (What.PERSON, {"address": "10.0.0.8"}),
        (What.MISSING, None),
    ],
)
def test_the_first_entry_that_does_not_fit_is_told(
    db: Database, what: What, values: dict[str, object] | None
) -> None:
    ids = fill(db, days=3)
    fifth = AuditEntry.id == ids[4]
    unguarded(
        db,
        delete(AuditEntry).where(fifth) if values is None else update(AuditEntry).where(fifth).values(values),
    )
    fault = verified(db).fault
    assert fault is not None
    assert (fault.what, fault.n, fault.id) == (what, 5, ids[5] if values is None else ids[4])


def test_a_chain_made_anew_from_a_changed_entry_does_not_fit_its_seal(db: Database) -> None:
    """Who can do anything with the database links all of it again, and cannot change what was printed."""
    fill(db, days=3)
    with db.read() as session:
        printed = str(session.scalar(select(AuditSeal.link).order_by(AuditSeal.day)))
    unguarded(db, update(AuditEntry).values(n=None, link=None))
    with db.write() as session:
        session.execute(
            update(AuditEntry).where(AuditEntry.of_person == LI).values(details={"role": "admin"})
        )
        end = chain._End(0, chain.GENESIS, None, 0, None)
        for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)):
            chain._place(entry, end)
    fault = verified(db, printed).fault
    assert fault is not None
    assert (fault.what, fault.n) == (What.SEAL, 3)
    with db.read() as session:
        assert standing(session, utc_now()).fault is not None


@pytest.mark.parametrize("last", [True, False])
def test_an_end_or_a_beginning_that_is_cut_off_is_found(db: Database, last: bool) -> None:
    fill(db, days=4)
    unguarded(db, delete(AuditEntry).where(AuditEntry.n > 7 if last else AuditEntry.n <= 3))
    fault = verified(db).fault
    assert fault is not None
    assert (fault.what, fault.n) == ((What.END, 8) if last else (What.BEGINNING, 4))


def test_who_is_erased_leaves_the_chain_as_it_was_and_no_trace(db: Database) -> None:
    fill(db, days=2)
    with db.write() as session, coming_from(Program.BROWSER, "10.0.0.9"):
        actions.note(session, Deed.SIGN_IN_FAILED, None, of=WANG)
        actions.note(session, Deed.SIGN_IN, WANG, of=WANG)
    linked(db)
    before = verified(db)
    with db.write() as session:
        actions.note(session, Deed.SIGNED_OUT, WANG, of=WANG)  # this one is not linked yet
        session.flush()
        actions.erase(session, WANG)
    linked(db)
    after = verified(db)
    assert (after.fault, after.entries) == (None, before.entries + 1)
    with db.read() as session:
        rows = session.scalars(select(AuditEntry)).all()
        assert not any(WANG in (row.by_person, row.of_person) or row.address for row in rows)
        assert {row.of_person for row in rows} == {LI, "erased"}, "others stay"
        with_place = [row for row in rows if row.deed is not Deed.SIGNED_OUT]
        assert all((row.by_mark or "").startswith(":") for row in with_place), "no salt: nobody can try ids"
    # Erased entries are not a hole through which another name comes in.
    unguarded(db, update(AuditEntry).where(AuditEntry.by_person == "erased").values(by_person=LI))
    assert verified(db).fault is not None


def test_old_days_are_forgotten_whole_and_the_rest_still_fits(db: Database) -> None:
    kept = timedelta(days=LEAST_DAYS)
    fill(db, days=3, until=utc_now() - kept - 2 * DAY)
    fill(db, days=2)
    with db.write() as session:
        with pytest.raises(ValueError, match="180"):
            forget(session, kept - DAY, utc_now())
        assert forget(session, kept + 2 * DAY, utc_now()) == 3, "one day is old enough for that"
    assert (verified(db).fault, verified(db).from_n) == (None, 4)
    with db.write() as session:
        assert forget(session, kept, utc_now()) == 6
        assert forget(session, kept, utc_now()) == 0
    linked(db)
    found = verified(db)
    assert (found.fault, found.from_n, found.entries) == (None, 10, 6 + 2), "that it was forgotten is told"


def test_many_at_once_are_linked_one_after_the_other(db: Database) -> None:
    """Four write while two link: every entry has one place."""

    def write() -> None:
        for _ in range(15):
            with db.write() as session:
                actions.note(session, Deed.SIGN_IN, WANG, of=WANG)

    def link() -> None:
        for _ in range(10):
            linked(db)

    threads = [threading.Thread(target=one) for one in (write, write, write, write, link, link)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    linked(db)
    found = verified(db)
    assert (found.entries, found.through, found.fault) == (60, 60, None)


def test_what_became_other_is_told_where_it_is_nobodys() -> None:
    before = {"node": "余村党支部", "kind": "branch", "username": "wang", "since": None}
    after = {"node": "新余村党支部" + "村" * 200, "kind": "branch", "username": "li", "since": None}
    told = changes(before, after)
    assert set(told) == {"node", "username"}
    assert told["username"] == [], "of a name it is said that it changed"
    assert len(str(told["node"][1])) == 120
