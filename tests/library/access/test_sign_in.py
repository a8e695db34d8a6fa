"""Signing in: guessers, closed accounts, new passwords, tokens of programs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from sqlalchemy import event, func, select

from library.access import actions as access
from library.access import queries as access_queries
from library.access import rules as access_rules
from library.access.tables import SignInFailures
from library.core.database import Database
from library.core.errors import Invalid, NotFound, Throttled
from library.core.permits import Role
from library.people import actions as people
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

PASSWORD = "不忘初心，牢记使命"
MINUTE = timedelta(minutes=1)


def attempt(db: Database, username: str, password: str, at: timedelta = timedelta()) -> bool:
    return access.sign_in(db, username, password, NOW + at) is not None


@pytest.mark.slow
def test_guessing_is_slowed_down_and_success_clears_it(db: Database) -> None:
    with db.write() as session:
        people.add_person(session, "wang", "王", PASSWORD, NOW)
    for _ in range(access_rules.FREE_FAILURES):
        assert not attempt(db, "wang", "wrong-password")
    with pytest.raises(Throttled) as slowed:
        attempt(db, "wang", PASSWORD)
    assert slowed.value.values["wait_s"] == 3
    assert not attempt(db, "wang", "wrong-password", at=MINUTE)
    with pytest.raises(Throttled):
        attempt(db, "wang", PASSWORD, at=MINUTE)
    assert attempt(db, "wang", PASSWORD, at=2 * MINUTE)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailures)) == 0


def test_the_first_two_failures_of_a_name_at_once_are_both_counted(db: Database) -> None:
    assert together([lambda: attempt(db, "guess", "wrong-password")] * 2) == [False, False]
    with db.read() as session:
        assert session.scalars(select(SignInFailures.count)).all() == [2]


@pytest.mark.slow
def test_many_guesses_at_once_do_not_slip_past_the_counter(db: Database) -> None:
    for _ in range(access_rules.FREE_FAILURES):
        attempt(db, "guess", "wrong-password")
    results = together([lambda: attempt(db, "guess", "wrong-password", at=MINUTE)] * 6)
    assert [type(r) for r in results].count(bool) == 1
    assert [type(r) for r in results].count(Throttled) == 5


def test_checking_a_password_keeps_no_writer_waiting(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes a tenth of a second; a guesser could have kept every beat and upload waiting."""
    with db.write() as session:
        people.add_person(session, "wang", "王", PASSWORD, NOW)
    held: list[int] = []

    def checked_out(*_: object) -> None:
        held.append(1)

    def checked_in(*_: object) -> None:
        held.pop()

    event.listen(db.engine, "checkout", checked_out)
    event.listen(db.engine, "checkin", checked_in)
    seen: list[int] = []
    verify = PasswordHash.verify

    def watched(*args: object) -> bool:
        seen.append(len(held))
        return bool(verify(*args))  # type: ignore[arg-type]

    monkeypatch.setattr(PasswordHash, "verify", watched)  # the library's, not ours: it only tells the moment
    assert attempt(db, "wang", PASSWORD)
    assert seen == [0]


def test_old_failures_are_forgotten_so_that_guesses_fill_no_disk(db: Database) -> None:
    with db.write() as session:
        for n in range(3):
            session.add(SignInFailures(username=f"guess{n}", count=9, last_at=NOW))
    attempt(db, "guess0", "wrong-password", at=timedelta(days=access_rules.FAILURE_DAYS, seconds=1))
    with db.read() as session:
        assert session.execute(select(SignInFailures.username, SignInFailures.count)).all() == [("guess0", 1)]


def test_a_closed_account_neither_signs_in_nor_stays_signed_in(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        admin = make.person(session, (Role.ADMIN, root))
        person = people.add_person(session, "wang", "王", PASSWORD, NOW)
        people.grant(session, person.id, Role.MEMBER, root, None, NOW)
        cookie = access.open_sign_in(session, person, "Firefox", NOW).cookie
        _token, secret = access.make_token(session, person.id, "统计", NOW)
        assert access_queries.signed_in(session, cookie, NOW) is not None
        assert access_queries.viewer_by_token(session, secret) is not None
        access.set_active(session, admin, person.id, False)
        assert access_queries.viewer_by_token(session, secret) is None
        access.set_active(session, admin, person.id, True)
        assert access_queries.signed_in(session, cookie, NOW) is None
    assert attempt(db, "wang", PASSWORD)


def test_a_sign_in_ends_after_a_month_without_use(db: Database) -> None:
    with db.write() as session:
        person = people.add_person(session, "wang", "王", PASSWORD, NOW)
        cookie = access.open_sign_in(session, person, "Firefox", NOW).cookie
        last = timedelta(days=access_rules.SIGN_IN_DAYS) - MINUTE
        signed = access_queries.signed_in(session, cookie, NOW + last)
        assert signed is not None
        access.touch_sign_in(session, signed.sign_in_id, NOW + last)
        assert access_queries.signed_in(session, cookie, NOW + 2 * last) is not None
        assert access_queries.signed_in(session, cookie, NOW + 2 * last + 2 * MINUTE) is None
        assert access_queries.signed_in(session, "forged", NOW) is None


def test_a_new_password_signs_out_everywhere(db: Database) -> None:
    with db.write() as session:
        person = people.add_person(session, "wang", "王", PASSWORD, NOW)
        cookie = access.open_sign_in(session, person, "Firefox", NOW).cookie
        access.set_password(session, person, PASSWORD + "！")
        assert access_queries.signed_in(session, cookie, NOW) is None
        with pytest.raises(Invalid):
            access.set_password(session, person, "short")


def test_a_token_is_its_owners_to_drop(db: Database) -> None:
    with db.write() as session:
        one, two = str(make.person(session).person_id), str(make.person(session).person_id)
        token, secret = access.make_token(session, one, "统计", NOW)
        assert secret not in token.token_hash
        with pytest.raises(NotFound):
            access.drop_token(session, two, token.id)
        access.drop_token(session, one, token.id)
        session.flush()
        assert access_queries.viewer_by_token(session, secret) is None
