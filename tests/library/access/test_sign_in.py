"""Signing in: guessers, owners whom guessers would keep out, closed accounts, new passwords, tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from library.access import actions as access
from library.access import attempts, entering, tokens
from library.access import queries as access_queries
from library.access import rules as access_rules
from library.access.known_browsers import KEPT_DAYS, MOST_PEOPLE, KnownBrowser
from library.access.rules import TokenScope
from library.access.tables import SignInAttempts
from library.core.database import Database
from library.core.errors import Invalid, NotFound, SignInNeeded, Throttled
from library.core.permits import Role
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import HashedPassword, hashed
from tests.support import factories as make
from tests.support import signing
from tests.support.databases import NOW
from tests.support.signing import SECRET, origin
from tests.support.together import together

PASSWORD = "不忘初心，牢记使命"
HASH = HashedPassword("-")
MINUTE = timedelta(minutes=1)


def attempt(db: Database, username: str, password: str, at: timedelta = timedelta(), **where: str) -> bool:
    return signing.sign_in(db, username, password, NOW + at, origin(**where)) is not None


def fail(db: Database, username: str, at: timedelta = timedelta(), **where: str) -> None:
    """An attempt that has failed, without the time that hashing takes; raises Throttled."""
    with db.read() as session:
        begun = attempts.begin(session, username, origin(**where), NOW + at)
    with db.write() as session:
        attempts.count(session, begun.marks, NOW + at)


def wang(db: Database, password: HashedPassword = HASH) -> str:
    with db.write() as session:
        return people.add_person(session, "wang", "王", password, NOW).id


@pytest.mark.slow
def test_guessing_is_slowed_down_and_success_clears_it(db: Database) -> None:
    wang(db, hashed(PASSWORD))
    for _ in range(access_rules.FREE_FAILURES):
        fail(db, "wang")
    with pytest.raises(Throttled) as slowed:
        attempt(db, "wang", PASSWORD)
    assert slowed.value.values["wait_s"] == 3
    assert not attempt(db, "wang", "wrong-password", at=MINUTE)
    with pytest.raises(Throttled):
        attempt(db, "wang", PASSWORD, at=MINUTE)
    assert attempt(db, "wang", PASSWORD, at=2 * MINUTE)
    fail(db, "wang", at=2 * MINUTE)


@pytest.mark.slow
def test_an_account_of_ones_own_clears_no_address(db: Database) -> None:
    """A right password now and then would have given a guesser a fresh start each time."""
    with db.write() as session:
        mine = people.add_person(session, "mine", "我", HASH, NOW)
        mine_id = mine.id
    free = access_rules.BUDGETS[access_rules.Counted.ADDRESS].free
    for n in range(free - 1):
        fail(db, f"other{n}")
    with db.read() as session:
        begun = attempts.begin(session, "mine", origin(), NOW)
    with db.write() as session:
        attempts.count(session, begun.marks, NOW)
        assert entering.after_password(session, begun, "", NOW) is not None
        assert begun.person_id == mine_id
    fail(db, "another")
    with pytest.raises(Throttled) as slowed:
        fail(db, "one-more")
    assert slowed.value.code == "sign_in_wait_address"
    fail(db, "one-more", address="198.51.100.1")


@pytest.mark.slow
def test_wrong_passwords_locked_the_owner_out_of_a_browser_they_had_used_before(db: Database) -> None:
    person_id = wang(db, hashed(PASSWORD))
    cookie = KnownBrowser.read(SECRET, "").after_sign_in(person_id, NOW)
    for n in range(20):
        fail(db, "wang", address=f"203.0.113.{n}")
    with pytest.raises(Throttled) as slowed:
        attempt(db, "wang", PASSWORD, address="198.51.100.1")
    assert slowed.value.code == "sign_in_wait_name", "from many addresses it is slowed all the same"
    assert attempt(db, "wang", PASSWORD, cookie=cookie)
    for _ in range(access_rules.BUDGETS[access_rules.Counted.BROWSER].free):
        fail(db, "wang", cookie=cookie)
    with pytest.raises(Throttled):
        attempt(db, "wang", PASSWORD, cookie=cookie)


def test_a_known_browser_is_known_for_its_people_only_and_not_for_ever() -> None:
    cookie = KnownBrowser.read(SECRET, "").after_sign_in("wang", NOW)
    browser = KnownBrowser.read(SECRET, cookie)
    assert browser.knows("wang", NOW)
    assert not browser.knows("li", NOW)
    assert not KnownBrowser.read("another secret", cookie).knows("wang", NOW)
    number, _, proof = cookie.partition(".")
    for forged in ("", "x", number, f"{'a' * 43}.{proof}", f"{number}.99999-{proof.partition('-')[2]}"):
        assert not KnownBrowser.read(SECRET, forged).knows("wang", NOW), forged
    assert not browser.knows("wang", NOW + timedelta(days=KEPT_DAYS + 1))
    assert not browser.knows("wang", NOW - timedelta(days=2))
    for n in range(MOST_PEOPLE):
        assert browser.knows("wang", NOW) == (n < MOST_PEOPLE)
        cookie = KnownBrowser.read(SECRET, cookie).after_sign_in(f"person{n}", NOW)
    crowded = KnownBrowser.read(SECRET, cookie)
    assert not crowded.knows("wang", NOW)
    assert crowded.knows("person0", NOW)
    assert KnownBrowser.read(SECRET, crowded.after_sign_in("person0", NOW)).knows("person1", NOW)


def test_the_first_two_failures_of_a_name_at_once_are_both_counted(db: Database) -> None:
    assert together([lambda: fail(db, "guess")] * 2) == [None, None]
    with db.read() as session:
        assert session.scalars(select(SignInAttempts.weight)).all() == [2.0] * 3


def test_many_guesses_at_once_do_not_slip_past_the_counter(db: Database) -> None:
    for _ in range(access_rules.FREE_FAILURES):
        fail(db, "guess")
    results = together([lambda: fail(db, "guess", at=MINUTE)] * 6)
    assert [type(r) for r in results].count(type(None)) == 1
    assert [type(r) for r in results].count(Throttled) == 5


def test_old_failures_are_forgotten_so_that_guesses_fill_no_disk(db: Database) -> None:
    for n in range(3):
        fail(db, f"guess{n}", address=f"192.0.2.{n}")
    fail(db, "guess0", at=timedelta(days=access_rules.FAILURE_DAYS, seconds=1))
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempts)) == 3
        assert set(session.scalars(select(SignInAttempts.weight))) == {1.0}


def test_a_closed_account_neither_signs_in_nor_stays_signed_in(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        admin = make.person(session, (Role.ADMIN, root))
        person = people.add_person(session, "wang", "王", HASH, NOW)
        people.grant(session, person.id, Role.MEMBER, root, None, NOW)
        cookie = access.open_sign_in(session, person, "Firefox", NOW).cookie
        _token, secret = signing.token(session, person.id, "统计", NOW)
        assert access_queries.signed_in(session, cookie, NOW) is not None
        assert access_queries.program(session, secret, NOW) is not None
        access.set_active(session, admin, person.id, False)
        access.set_active(session, admin, person.id, True)
        assert access_queries.program(session, secret, NOW) is None
        assert access_queries.signed_in(session, cookie, NOW) is None


@pytest.mark.parametrize("ended", ["closed", "another password"])
def test_a_sign_in_under_way_was_opened_after_the_account_had_ended(db: Database, ended: str) -> None:
    """Between the look at the password's hash and the session lies the time of the hash."""
    person_id = wang(db)
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
    with db.read() as session:
        begun = attempts.begin(session, "wang", origin(), NOW)
    with db.write() as session:
        if ended == "closed":
            access.set_active(session, admin, person_id, False)
        else:
            person = people_queries.person(session, person_id)
            access.set_password(session, person, HashedPassword("other"), None)
    with db.write() as session:
        assert entering.after_password(session, begun, "", NOW) is None
        assert access_queries.sign_ins_of(session, person_id, NOW) == []


def test_a_token_and_a_password_were_made_in_a_browser_that_had_been_signed_out(db: Database) -> None:
    person_id = wang(db)
    with db.write() as session:
        person = people_queries.person(session, person_id)
        access.open_sign_in(session, person, "", NOW)
        session.flush()
        [browser] = access_queries.sign_ins_of(session, person_id, NOW)
        here = browser.id
        access.set_password(session, person, HashedPassword("other"), None)
    with pytest.raises(SignInNeeded), db.write() as session:
        tokens.make_token(session, person_id, here, "程序", TokenScope.READ, 30, NOW)
    with pytest.raises(SignInNeeded), db.write() as session:
        access.change_password(session, person_id, "other", HashedPassword("mine"), here)
    with db.read() as session:
        assert people_queries.person(session, person_id).password_hash == "other"


def test_a_sign_in_ends_after_a_month_without_use(db: Database) -> None:
    with db.write() as session:
        person = people.add_person(session, "wang", "王", HASH, NOW)
        cookie = access.open_sign_in(session, person, "Firefox", NOW).cookie
        last = timedelta(days=access_rules.SIGN_IN_DAYS) - MINUTE
        signed = access_queries.signed_in(session, cookie, NOW + last)
        assert signed is not None
        access.touch_sign_in(session, signed.sign_in_id, NOW + last, "192.0.2.0")
        assert access_queries.signed_in(session, cookie, NOW + 2 * last) is not None
        assert access_queries.signed_in(session, cookie, NOW + 2 * last + 2 * MINUTE) is None
        assert access_queries.signed_in(session, "forged", NOW) is None


def test_a_token_is_its_owners_to_drop_and_ends_by_itself(db: Database) -> None:
    with db.write() as session:
        one, two = str(make.person(session).person_id), str(make.person(session).person_id)
        token, secret = signing.token(session, one, "统计", NOW, TokenScope.READ)
        assert secret not in token.token_hash
        found = access_queries.program(session, secret, token.expires_at - MINUTE)
        assert found is not None
        assert (found.scope, found.viewer.person_id) == (TokenScope.READ, one)
        assert access_queries.program(session, secret, token.expires_at) is None
        with pytest.raises(NotFound):
            tokens.drop_token(session, two, token.id, two)
        tokens.drop_token(session, one, token.id, one)
        assert access_queries.program(session, secret, NOW) is None
        [browser] = access_queries.sign_ins_of(session, one, NOW)
        with pytest.raises(Invalid):
            tokens.make_token(session, one, browser.id, "程序", TokenScope.READ, 3650, NOW)
