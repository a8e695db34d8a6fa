"""How a branch comes in: sheets, codes on paper, resets in person, the branch's code and its secretary."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.access import actions as access
from library.access import attempts, links
from library.access.coming_in import codes, joining, queries, starting
from library.access.coming_in.starting import Card
from library.access.coming_in.tables import JoinState
from library.access.rules import BUDGETS, Counted, after_failure, wait_s
from library.access.tables import Invitation, SignIn
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, Throttled, WeikeError
from library.core.permits import Role, Viewer
from library.organisation import actions as organisation
from library.organisation import queries as organisation_queries
from library.organisation.tables import Node
from library.people import actions as people
from library.people import passwords
from library.people import queries as people_queries
from library.people.name_rules import NameKind
from library.people.passwords import HashedPassword
from library.people.sign_in_names import rows_of, set_aliases
from library.people.tables import Person, RoleGrant
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.signing import SECRET, origin, sign_in
from tests.support.together import together

pytestmark = pytest.mark.slow

HASH = HashedPassword("-")
DAY = timedelta(days=1)


@pytest.fixture
def yucun(db: Database) -> dict[str, str]:
    """A branch with a secretary and three members without passwords, of whom one is a lecturer too."""
    with db.write() as session:
        node = organisation.add_named(session, make.root(session), "余村党支部", NOW)
        member = (Role.MEMBER, node)
        ids = {
            "node": node.id,
            "wang": make.person(session, member, name="王芳").person_id,
            "li": make.person(session, member, name="李强").person_id,
            "chen": make.person(session, member, (Role.LECTURER, node), name="陈讲师").person_id,
            "secretary": make.person(session, (Role.SECRETARY, node), name="张书记").person_id,
        }
        people_queries.person(session, str(ids["secretary"])).password_hash = "x"
        return {name: str(value) for name, value in ids.items()}


def viewer(session: Session, ids: dict[str, str], who: str = "secretary") -> Viewer:
    return people_queries.viewer_of(session, people_queries.person(session, ids[who]), local_day(NOW))


def node(session: Session, ids: dict[str, str]) -> Node:
    return organisation_queries.node(session, ids["node"])


def sheet(session: Session, ids: dict[str, str], **more: bool) -> starting.Sheet:
    by = ids["secretary"]
    return starting.make_sheet(session, viewer(session, ids), node(session, ids), 14, NOW, by=by, **more)


def cards(db: Database, ids: dict[str, str]) -> dict[str, Card]:
    with db.write() as session:
        return {card.person_id: card for card in sheet(session, ids).cards}


def accept(db: Database, secret: str, at: timedelta = timedelta()) -> str:
    with db.write() as session:
        return links.accept_invitation(session, secret, "", "", HASH, NOW + at).id


def open_code(db: Database, code: str, at: timedelta = timedelta()) -> str:
    with db.write() as session:
        return starting.open_by_code(session, code, NOW + at)


def test_a_sheet_lets_in_by_link_or_by_code_once(db: Database, yucun: dict[str, str]) -> None:
    made = cards(db, yucun)
    assert set(made) == {yucun["wang"], yucun["li"]}, "a lecturer is for staff, who may give that role"
    wang, li = made[yucun["wang"]], made[yucun["li"]]
    assert accept(db, wang.secret) == yucun["wang"]
    with pytest.raises(NotFound):
        open_code(db, wang.code)
    first, second = open_code(db, codes.read(f" {codes.shown(li.code).lower()} ")), open_code(db, li.code)
    with pytest.raises(NotFound):
        accept(db, first)
    assert accept(db, second) == yucun["li"]
    with pytest.raises(NotFound):
        accept(db, li.secret)
    with db.read() as session:
        kept = session.scalars(select(Invitation)).all()
        written = " ".join(f"{row.token_hash} {row.code_hash} {row.ticket_hash}" for row in kept)
        assert not any(part in written for part in (wang.secret, wang.code, li.code, second))


def test_a_sheet_made_anew_voids_the_one_before_and_one_may_leave_it(
    db: Database, yucun: dict[str, str]
) -> None:
    old = cards(db, yucun)
    with db.write() as session:
        with pytest.raises(Conflict) as nobody:
            sheet(session, yucun, new_only=True)
        assert nobody.value.code == "sheet_nobody"
    with db.write() as session:
        again = sheet(session, yucun)
        assert (again.voided, again.left_out) == (2, 1)
    with pytest.raises(NotFound):
        accept(db, old[yucun["wang"]].secret)
    new = next(card for card in again.cards if card.person_id == yucun["wang"])
    with pytest.raises(NotFound):
        accept(db, new.secret, 14 * DAY)
    with db.write() as session:
        assert starting.void(session, viewer(session, yucun), node(session, yucun), NOW) == 2
    with pytest.raises(NotFound):
        accept(db, new.secret)


def test_two_with_one_code_at_once_become_one(db: Database, yucun: dict[str, str]) -> None:
    card = cards(db, yucun)[yucun["wang"]]
    tickets = [open_code(db, card.code), card.secret]
    results = together([lambda ticket=ticket: accept(db, ticket) for ticket in tickets])
    assert sorted(type(result).__name__ for result in results) == ["NotFound", "str"]


def test_what_a_secretary_handed_out_ends_with_the_office(db: Database, yucun: dict[str, str]) -> None:
    """Also where the office had an end that came by itself: it was still believed."""
    card = cards(db, yucun)[yucun["wang"]]
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
        office = select(RoleGrant).where(RoleGrant.person_id == yucun["secretary"])
        session.scalars(office).one().until = local_day(NOW)
    with pytest.raises(Forbidden) as late:
        accept(db, card.secret, DAY)
    assert late.value.code == "link_no_longer_fits"
    with pytest.raises(Forbidden):
        open_code(db, card.code, DAY)
    with db.write() as session:
        access.take_role(session, admin, yucun["secretary"], Role.SECRETARY, node(session, yucun), NOW)
    with pytest.raises(NotFound):
        accept(db, card.secret)


def test_a_secretary_resets_a_member_and_nobody_who_holds_more(db: Database, yucun: dict[str, str]) -> None:
    with db.write() as session:
        wang = people_queries.person(session, yucun["wang"])
        wang.password_hash = "old"
        access.open_sign_in(session, wang, "", NOW)
    with db.write() as session:
        who = viewer(session, yucun)
        card = starting.reset_code(session, who, yucun["wang"], NOW)
        assert session.scalars(select(SignIn)).all() == []
        with pytest.raises(Forbidden):
            starting.reset_code(session, who, yucun["chen"], NOW)
        with pytest.raises(Forbidden):
            starting.reset_code(session, who, yucun["secretary"], NOW)
        stranger = make.person(session, (Role.MEMBER, make.root(session)))
        with pytest.raises(NotFound):
            starting.reset_code(session, who, str(stranger.person_id), NOW)
        with pytest.raises(NotFound):
            starting.reset_code(session, viewer(session, yucun, "li"), yucun["wang"], NOW)
    with pytest.raises(NotFound):
        open_code(db, card.code, DAY)
    assert accept(db, open_code(db, card.code)) == yucun["wang"]
    with db.read() as session:
        [told] = starting.resets_of(session, yucun["wang"], NOW - DAY)
        assert (told.by, told.used_at) == ("张书记", NOW)


def test_wrong_codes_are_slowed_down_and_hold_up_nobody_elsewhere(
    db: Database, yucun: dict[str, str]
) -> None:
    right = cards(db, yucun)[yucun["wang"]].code
    here, there = (attempts.of_network(SECRET, Counted.CODE, f"192.0.2.{n}") for n in (1, 2))
    free = BUDGETS[Counted.CODE].free
    refused = []
    with db.write() as session:
        for _guess in range(free + 5):
            try:
                attempts.count(session, here, NOW)
            except Throttled as error:
                refused.append(error.code)
                continue
            with pytest.raises(NotFound):
                starting.open_by_code(session, codes.new_code(), NOW)
        assert refused == ["code_wait"] * 5
        attempts.count(session, there, NOW)
        starting.open_by_code(session, right, NOW)
        attempts.take_back(session, there)
        attempts.begin(session, "wang", origin("192.0.2.1"), NOW)  # passwords have budgets of their own


def test_forty_people_of_one_address_who_mistype_once_wait_for_nobody(db: Database) -> None:
    for n in range(40):
        with db.write() as session:
            begun = attempts.begin(session, f"person{n}", origin("192.0.2.1"), NOW)
            attempts.count(session, begun.marks, NOW)
    for n in range(40):
        with db.write() as session:
            begun = attempts.begin(session, f"person{n}", origin("192.0.2.1"), NOW)
            attempts.count(session, begun.marks, NOW)
            attempts.take_back(session, begun.marks)


def test_ten_thousand_guesses_as_fast_as_allowed_take_a_day_and_find_nothing() -> None:
    budget, counted, now = BUDGETS[Counted.CODE], None, NOW
    for _guess in range(10_000):
        now += timedelta(seconds=wait_s(budget, counted, now))
        counted = after_failure(budget, counted, now)
    assert now - NOW > 27 * timedelta(hours=1)
    assert len(codes.ALPHABET) ** codes.LENGTH > 2**49
    assert {codes.read(codes.shown(code)) == code for code in (codes.new_code() for _ in range(50))} == {True}
    assert [codes.read(text) for text in ("", "K7QF2", "O" * 10, "<b>K7QF2M9XTB</b>", "９" * 10)] == [
        ""
    ] * 4 + ["9" * 10]


# ------------------------------------------------------------------ the branch's code


def new_code(db: Database, ids: dict[str, str]) -> str:
    with db.write() as session:
        who, at = viewer(session, ids), node(session, ids)
        return joining.make_code(session, who, at, local_day(NOW + 7 * DAY), NOW).code


def ask(db: Database, code: str, name: str, username: str, at: timedelta = timedelta()) -> str:
    with db.write() as session:
        return joining.ask(session, code, name, username, HASH, NOW + at)


def approve(
    db: Database,
    ids: dict[str, str],
    request: str,
    known: str = "",
    username: str = "",
    who: str = "secretary",
) -> str:
    with db.write() as session:
        return joining.approve(session, viewer(session, ids, who), request, known, username, NOW).id


def waiting(db: Database, ids: dict[str, str]) -> list[queries.Waiting]:
    with db.read() as session:
        return queries.waiting_at(session, viewer(session, ids), node(session, ids), NOW)


def test_who_asks_is_linked_to_whom_the_branch_knows(db: Database, yucun: dict[str, str]) -> None:
    code = new_code(db, yucun)
    receipt = ask(db, code, "王 芳", "fang")
    ask(db, code, "<b>陌生人</b>", "stranger")
    first, second = waiting(db, yucun)
    assert [one.id for one in first.candidates][-1] == yucun["li"]
    assert {one.id for one in second.candidates} == {yucun["wang"], yucun["li"]}
    assert approve(db, yucun, first.request.id, yucun["wang"]) == yucun["wang"]
    made = approve(db, yucun, second.request.id)
    with db.read() as session:
        known, new = (people_queries.person(session, one) for one in (yucun["wang"], made))
        assert known.password_hash == HASH
        assert (new.name, new.username) == ("<b>陌生人</b>", "stranger")
        assert people_queries.home_path(session, made) == node(session, yucun).path
        assert people_queries.person_by_sign_in_name(session, "FANG") is known
        told = queries.request_of(session, receipt)
        assert (told.state, told.person_id, told.password_hash) == (JoinState.APPROVED, known.id, "")
    with pytest.raises(Conflict) as again:
        approve(db, yucun, first.request.id)
    assert again.value.code == "join_answered"


def test_who_signs_in_already_is_handed_to_nobody_of_the_same_name(
    db: Database, yucun: dict[str, str]
) -> None:
    code = new_code(db, yucun)
    ask(db, code, "张书记", "person-of-another")
    [one] = waiting(db, yucun)
    assert one.namesakes_inside == 1
    for known in (yucun["secretary"], yucun["chen"]):
        with pytest.raises(NotFound):
            approve(db, yucun, one.request.id, known)
    with db.write() as session:
        people_queries.person(session, yucun["wang"]).password_hash = "chosen"
    with pytest.raises(Conflict) as refused:
        approve(db, yucun, one.request.id, yucun["wang"])
    assert refused.value.code == "join_signs_in_already"
    for stranger in ("li", "chen"):
        with pytest.raises(NotFound):
            approve(db, yucun, one.request.id, who=stranger)


def test_that_a_name_is_taken_is_told_to_the_secretary_alone(db: Database, yucun: dict[str, str]) -> None:
    code = new_code(db, yucun)
    with db.read() as session:
        taken = people_queries.person(session, yucun["li"]).username
    ask(db, code, "赵新", taken)
    [one] = waiting(db, yucun)
    with pytest.raises(Conflict) as refused:
        approve(db, yucun, one.request.id)
    assert refused.value.code == "username_taken"
    made = approve(db, yucun, one.request.id, username="zhaoxin")
    with db.read() as session:
        assert people_queries.person(session, made).username == "zhaoxin"


def test_a_code_ends_by_its_day_by_hand_by_another_and_with_its_branch(
    db: Database, yucun: dict[str, str]
) -> None:
    old, code = new_code(db, yucun), new_code(db, yucun)
    ended: list[tuple[str, timedelta]] = [(old, timedelta()), (code, 8 * DAY), ("NONSENSE", timedelta())]
    for one, at in ended:
        with pytest.raises(NotFound):
            ask(db, one, "王芳", "fang", at)
    ask(db, code, "王芳", "fang")
    with db.write() as session:
        other = organisation.add_named(session, make.root(session), "天荒坪党支部", NOW)
        organisation.merge(session, node(session, yucun), other, NOW, None)
        other_id = other.id
    with pytest.raises(NotFound):
        ask(db, code, "李强", "qiang")
    [one] = waiting(db, yucun)
    made = approve(db, yucun, one.request.id)
    with db.read() as session:
        path = organisation_queries.node(session, other_id).path
        assert people_queries.home_path(session, made) == path
    with db.write() as session:
        who = viewer(session, yucun)
        with pytest.raises(Conflict):
            joining.make_code(session, who, node(session, yucun), local_day(NOW), NOW)
        joining.revoke_code(session, who, node(session, yucun), NOW)
        for days in (-1, joining.CODE_DAYS_MOST + 1):
            there = organisation_queries.node(session, other_id)
            with pytest.raises(Invalid):
                joining.make_code(session, who, there, local_day(NOW + days * DAY), NOW)


# ------------------------------------------------------------------ further names


def test_a_number_signs_in_however_it_is_written_and_is_nobody_elses(
    db: Database, yucun: dict[str, str]
) -> None:
    with db.write() as session:
        names = {NameKind.PHONE: "+86 138-1234-5678", NameKind.STAFF_NUMBER: "２０１５ 003"}
        assert set_aliases(session, yucun["wang"], names, None, NOW)
        assert not set_aliases(session, yucun["wang"], names, None, NOW)
    with db.read() as session:
        for typed in ("13812345678", "138 1234 5678", "0086 13812345678", "2015003", "2015 003"):
            found = people_queries.person_by_sign_in_name(session, typed)
            assert found is not None
            assert found.id == yucun["wang"], typed
    taken: list[WeikeError] = []
    with db.write() as session:
        people.add_person(session, "13900000000", "先来", HASH, NOW)
    for kind, text in (
        (NameKind.PHONE, "8613812345678"),
        (NameKind.STAFF_NUMBER, "2015003"),
        (NameKind.PHONE, "139 0000 0000"),
        (NameKind.PHONE, "12345"),
        (NameKind.STAFF_NUMBER, "330523198001011234"),
    ):
        with pytest.raises((Conflict, Invalid)) as refused, db.write() as session:
            set_aliases(session, yucun["li"], {kind: text}, None, NOW)
        taken.append(refused.value)
    assert [error.code for error in taken] == [
        *("sign_in_name_taken", "sign_in_name_taken", "sign_in_name_taken"),
        *("phone_unreadable", "name_is_id_number"),
    ]
    with pytest.raises(Conflict), db.write() as session:
        people.add_person(session, "2015003", "后到", HASH, NOW)
    with db.write() as session:
        assert rows_of(session, [yucun["li"]]) == []
        set_aliases(session, yucun["wang"], {NameKind.PHONE: ""}, None, NOW)
        assert [row.key for row in rows_of(session, [yucun["wang"]])] == ["2015003"]


def test_guesses_at_a_number_are_counted_however_it_is_written(db: Database) -> None:
    """Each way to write it would have had guesses of its own."""
    with db.read() as session:
        ways = [
            attempts.begin(session, typed, origin(), NOW).marks
            for typed in ("13812345678", "+86 138 1234 5678")
        ]
    assert ways[0] == ways[1]


def test_somebody_without_a_password_is_opened_by_none(db: Database, yucun: dict[str, str]) -> None:
    with db.read() as session:
        name = session.get_one(Person, yucun["wang"]).username
    assert sign_in(db, name, "", NOW) is None
    assert not passwords.fits("", passwords.NO_PASSWORD)
