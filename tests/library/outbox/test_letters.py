"""Letters: written with what they tell, taken once, tried again, given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from library.access import actions as access
from library.access import links, mail
from library.access import queries as access_queries
from library.access.mail_rules import A_DAY, APART, LINK_H, clean_address
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, Throttled
from library.core.permits import Role
from library.outbox import actions, queries, rules
from library.outbox.rules import LetterState, Words
from library.outbox.tables import Letter
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import HashedPassword
from library.people.tables import Person
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

HASH = HashedPassword("-")
WORDS = Words("一行", "话")
SECOND = timedelta(seconds=1)


def letters(db: Database) -> Sequence[Letter]:
    with db.read() as session:
        return session.scalars(select(Letter).order_by(Letter.written_at)).all()


def somebody(db: Database, address: str = "wang@example.cn") -> str:
    with db.write() as session:
        make.north(session)
        made = people.add_person(session, "wang", "王芳", HASH, NOW)
        people.grant(session, made.id, Role.MEMBER, make.root(session), None, NOW)
        if address:
            mail.set_by_machine(session, made.id, address, NOW)
        return made.id


def secret_to(kept: list[str]) -> mail.Compose:
    """A letter whose secret is kept."""

    def compose(person: Person, secret: str) -> Words:
        kept.append(secret)
        return Words(f"给 {person.name}", secret)

    return compose


def test_a_letter_is_written_once_taken_once_and_its_words_end_with_it(db: Database) -> None:
    person_id = somebody(db)
    for _again in range(2):
        with db.write() as session:
            actions.write(session, "told:1", person_id, "wang@example.cn", WORDS, NOW)

    def take() -> str | None:
        with db.write() as session:
            taken = actions.take(session, NOW)
            return taken.id if taken else None

    found = [one for one in together([take, take, take]) if isinstance(one, str)]
    assert len(found) == 1
    with db.write() as session:
        assert actions.take(session, NOW + rules.HELD - SECOND) is None
        actions.note_sent(session, found[0], NOW)
    [letter] = letters(db)
    assert (letter.state, letter.subject, letter.text, letter.tries) == (LetterState.SENT, "", "", 1)


def test_a_letter_of_a_killed_process_goes_to_another_one(db: Database) -> None:
    person_id = somebody(db)
    with db.write() as session:
        actions.write(session, "told:1", person_id, "wang@example.cn", WORDS, NOW)
        first = actions.take(session, NOW)
    with db.write() as session:
        again = actions.take(session, NOW + rules.HELD)
    assert first is not None
    assert again is not None
    assert first.id == again.id


def test_a_letter_that_nobody_takes_is_given_up_after_about_a_day(db: Database) -> None:
    person_id = somebody(db)
    with db.write() as session:
        actions.write(session, "told:1", person_id, "wang@example.cn", WORDS, NOW)
    at, tries = NOW, 0
    while True:
        with db.write() as session:
            taken = actions.take(session, at)
            assert taken is not None
            tries += 1
            if not actions.note_failed(session, taken.id, "451 稍后再试", at, for_good=False):
                break
        at = letters(db)[0].due_at
    assert timedelta(hours=20) < at - NOW < timedelta(hours=LINK_H)
    [letter] = letters(db)
    assert (letter.state, letter.text, letter.problem) == (LetterState.GIVEN_UP, "", "451 稍后再试")
    assert letter.tries == tries
    with db.read() as session:
        assert queries.standing(session) == queries.Standing(0, 1, None, "451 稍后再试")
    with db.write() as session:
        assert actions.forget(session, at + rules.KEPT) == 0
        assert actions.forget(session, at + rules.KEPT + SECOND) == 1


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Wang.Fang@Example.CN", "Wang.Fang@example.cn"),
        (" wang＠example．cn ", "wang@example.cn"),
        ("wang+dang@mail.example.cn", "wang+dang@mail.example.cn"),
    ],
)
def test_an_address_is_read_as_it_is_typed_on_a_phone(typed: str, clean: str) -> None:
    assert clean_address(typed) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "wang",
        "wang@localhost",
        "王芳@example.cn",
        "a@b.cn\r\nBcc: everybody@example.cn",
        "a@b.cn, c@d.cn",
        "<a@b.cn>",
        "a" * 65 + "@example.cn",
        "a@" + "b" * 300 + ".cn",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_address(typed)


def reset(db: Database, name: str, kept: list[str], now: datetime) -> bool:
    with db.write() as session:
        return mail.ask_reset(session, name, secret_to(kept), now)


def test_a_new_password_by_mail_ends_nothing_before_it_is_chosen(db: Database) -> None:
    person_id, kept = somebody(db), list[str]()
    with db.write() as session:
        fresh = access.open_sign_in(session, people_queries.person(session, person_id), "", NOW)
    assert reset(db, "WANG", kept, NOW)
    with db.read() as session:
        assert access_queries.sign_ins_of(session, person_id, NOW)
    assert fresh.cookie
    with db.write() as session:
        links.accept_invitation(session, kept[0], "", "", HASH, NOW)
    with db.read() as session:
        assert not access_queries.sign_ins_of(session, person_id, NOW)
        with pytest.raises(NotFound):
            access_queries.invitation(session, kept[0], NOW)


def test_the_link_of_a_letter_ends_after_a_day_with_a_role_and_with_the_next_letter(db: Database) -> None:
    person_id, kept = somebody(db), list[str]()
    assert reset(db, "wang", kept, NOW)
    with db.read() as session, pytest.raises(NotFound):
        access_queries.invitation(session, kept[0], NOW + timedelta(hours=LINK_H))
    later = NOW + APART
    assert reset(db, "wang", kept, later)
    with db.read() as session, pytest.raises(NotFound):
        access_queries.invitation(session, kept[0], later)
    with db.write() as session:
        people.grant(session, person_id, Role.STAFF, make.root(session), None, later)
    with db.read() as session:
        found = access_queries.invitation(session, kept[1], later)
        with pytest.raises(Forbidden):
            links.check_still_fits(session, found, later)


@pytest.mark.slow
def test_nobody_is_buried_in_letters(db: Database) -> None:
    somebody(db)
    kept: list[str] = []
    sent = [reset(db, "wang", kept, NOW + n * APART / 2) for n in range(40)]
    assert sum(sent) == len(kept) == len(letters(db)) == A_DAY


def test_who_has_no_address_or_a_closed_account_gets_no_letter(db: Database) -> None:
    person_id = somebody(db, address="")
    kept: list[str] = []
    assert not reset(db, "wang", kept, NOW)
    assert not reset(db, "nobody", kept, NOW)
    with db.write() as session:
        mail.set_by_machine(session, person_id, "wang@example.cn", NOW)
        people_queries.person(session, person_id).active = False
    assert not reset(db, "wang", kept, NOW)
    assert letters(db) == []


def test_an_address_counts_once_its_reader_said_so_and_the_one_before_is_told(db: Database) -> None:
    person_id = somebody(db, address="old@example.cn")
    kept: list[str] = []
    with db.write() as session:
        person = people_queries.person(session, person_id)
        here = access_queries.hash_token(access.open_sign_in(session, person, "", NOW).cookie)
        fitted = person.password_hash

    def want(address: str, at: datetime, known: str | None = fitted) -> None:
        with db.write() as session:
            mail.want(session, person_id, known, address, here, secret_to(kept), at)

    with pytest.raises(Conflict):
        want("old@example.cn", NOW)
    with pytest.raises(Conflict):
        want("new@example.cn", NOW, "another hash")
    want("new@example.cn", NOW)
    with pytest.raises(Throttled):
        want("other@example.cn", NOW + SECOND)
    with db.read() as session:
        row = mail.address_of(session, person_id)
        assert row is not None
        assert (row.address, row.wanted) == ("old@example.cn", "new@example.cn")
        with pytest.raises(NotFound):
            mail.wanted_of(session, kept[0], NOW + timedelta(hours=LINK_H))
    with db.write() as session:
        mail.confirm(session, kept[0], lambda person, secret: WORDS, NOW)
    with db.write() as session, pytest.raises(NotFound):
        mail.confirm(session, kept[0], lambda person, secret: WORDS, NOW)
    with db.read() as session:
        row = mail.address_of(session, person_id)
        assert row is not None
        assert (row.address, row.wanted) == ("new@example.cn", "")
    assert [one.address for one in letters(db)] == ["new@example.cn", "old@example.cn"]
