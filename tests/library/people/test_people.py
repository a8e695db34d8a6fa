"""Accounts, roles, one-time links, signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from library.access import actions as access_actions
from library.access import queries as access_queries
from library.access import rules as access_rules
from library.access.tables import SignInFailures
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, Throttled
from library.core.permits import Role, Viewer
from library.organisation import actions as organisation_actions
from library.organisation import queries as organisation_queries
from library.people import actions, queries
from library.people.tables import Person, RoleGrant
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

PASSWORD = "不忘初心，牢记使命"
MINUTE = timedelta(minutes=1)


def attempt(db: Database, username: str, password: str, at: timedelta = timedelta()) -> bool:
    return access_actions.sign_in(db, username, password, NOW + at) is not None


def test_an_account_signs_in_with_its_folded_name_and_only_its_password(db: Database) -> None:
    with db.write() as session:
        actions.add_person(session, " ＷangShuji ", " 王 书记 ", PASSWORD, NOW)
    assert attempt(db, "wangshuji", PASSWORD)
    assert not attempt(db, "wangshuji", PASSWORD + "。")
    assert not attempt(db, "nobody", PASSWORD)
    assert not attempt(db, "two words", PASSWORD)
    with db.read() as session:
        person = queries.person_by_username(session, "wangshuji")
        assert person is not None
        assert person.name == "王 书记"
        assert person.password_hash.startswith("$argon2id$")


def test_a_user_name_that_grows_when_folded_is_refused_and_not_a_server_error(db: Database) -> None:
    long = "\ufdfa" * 10  # PostgreSQL would not take its 180 characters
    assert not attempt(db, long, PASSWORD)
    with pytest.raises(Invalid), db.write() as session:
        actions.add_person(session, long, "", PASSWORD, NOW)


def test_a_taken_name_is_taken_also_in_the_same_moment(db: Database) -> None:
    def add() -> str:
        with db.write() as session:
            return actions.add_person(session, "wang", "王", PASSWORD, NOW).id

    results = together([add, add, add])
    assert [type(r) for r in results].count(str) == 1
    refused = [r for r in results if not isinstance(r, str)]
    assert [(type(r), getattr(r, "code", "")) for r in refused] == [(Conflict, "username_taken")] * 2


def test_guessing_is_slowed_down_and_success_clears_it(db: Database) -> None:
    with db.write() as session:
        actions.add_person(session, "wang", "王", PASSWORD, NOW)
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


def test_many_guesses_at_once_do_not_slip_past_the_counter(db: Database) -> None:
    for _ in range(access_rules.FREE_FAILURES):
        attempt(db, "guess", "wrong-password")
    results = together([lambda: attempt(db, "guess", "wrong-password", at=MINUTE)] * 6)
    assert [type(r) for r in results].count(bool) == 1
    assert [type(r) for r in results].count(Throttled) == 5


def test_checking_a_password_keeps_no_writer_waiting(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes a tenth of a second; a guesser could have kept every beat and upload waiting."""
    with db.write() as session:
        actions.add_person(session, "wang", "王", PASSWORD, NOW)
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
        person = actions.add_person(session, "wang", "王", PASSWORD, NOW)
        actions.grant(session, person.id, Role.MEMBER, root, None, NOW)
        cookie = access_actions.open_sign_in(session, person, "Firefox", NOW).cookie
        _token, secret = access_actions.make_token(session, person.id, "统计", NOW)
        assert access_queries.signed_in(session, cookie, NOW) is not None
        assert access_queries.viewer_by_token(session, secret) is not None
        access_actions.set_active(session, admin, person.id, False)
        assert access_queries.viewer_by_token(session, secret) is None
        access_actions.set_active(session, admin, person.id, True)
        assert access_queries.signed_in(session, cookie, NOW) is None
    assert attempt(db, "wang", PASSWORD)


def test_a_sign_in_ends_after_a_month_without_use(db: Database) -> None:
    with db.write() as session:
        person = actions.add_person(session, "wang", "王", PASSWORD, NOW)
        cookie = access_actions.open_sign_in(session, person, "Firefox", NOW).cookie
        last = timedelta(days=access_rules.SIGN_IN_DAYS) - MINUTE
        signed = access_queries.signed_in(session, cookie, NOW + last)
        assert signed is not None
        access_actions.touch_sign_in(session, signed.sign_in_id, NOW + last)
        assert access_queries.signed_in(session, cookie, NOW + 2 * last) is not None
        assert access_queries.signed_in(session, cookie, NOW + 2 * last + 2 * MINUTE) is None
        assert access_queries.signed_in(session, "forged", NOW) is None


def test_a_new_password_signs_out_everywhere(db: Database) -> None:
    with db.write() as session:
        person = actions.add_person(session, "wang", "王", PASSWORD, NOW)
        cookie = access_actions.open_sign_in(session, person, "Firefox", NOW).cookie
        access_actions.set_password(session, person, PASSWORD + "！")
        assert access_queries.signed_in(session, cookie, NOW) is None
        with pytest.raises(Invalid):
            access_actions.set_password(session, person, "short")


# ---------------------------------------------------------------------- roles


def test_the_same_role_given_twice_or_at_once_is_held_once(db: Database) -> None:
    with db.write() as session:
        person = str(make.person(session).person_id)

    def give() -> None:
        with db.write() as session:
            actions.grant(session, person, Role.STAFF, make.root(session), None, NOW)

    assert together([give, give, give]) == [None] * 3
    give()
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(RoleGrant)) == 1


def cast(session: Session) -> tuple[Viewer, Viewer, Viewer]:
    """An admin at the root, a staff member and a lecturer in the north."""
    root = make.root(session)
    north = organisation_actions.add_branch(session, root, "北", NOW)
    return (
        make.person(session, (Role.ADMIN, root), name="管理员"),
        make.person(session, (Role.STAFF, north), name="北方工作人员"),
        make.person(session, (Role.LECTURER, north), name="北方讲师"),
    )


def test_roles_are_given_and_taken_only_below_and_never_ones_own(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = cast(session)
        root = make.root(session)
        north = organisation_queries.branch(session, staff.grants[0].branch_id)
        member = make.person(session)
        who = str(member.person_id)
        actions.give_role(session, staff, who, Role.LECTURER, north, NOW)
        for viewer, role, branch in [
            (staff, Role.STAFF, north),
            (staff, Role.LECTURER, root),
            (lecturer, Role.MEMBER, north),
            (member, Role.MEMBER, north),
        ]:
            with pytest.raises(Forbidden):
                actions.give_role(session, viewer, who, role, branch, NOW)
        with pytest.raises(Forbidden):
            actions.take_role(session, admin, str(admin.person_id), Role.ADMIN, root)
        actions.take_role(session, staff, who, Role.LECTURER, north)
        assert queries.viewer_of(session, queries.person(session, who)).grants == ()


def test_staff_see_and_change_the_people_below_them_only(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = cast(session)
        assert {p.name for p in queries.people_under(session, admin)} == {
            "管理员",
            "北方工作人员",
            "北方讲师",
        }
        assert {p.name for p in queries.people_under(session, staff)} == {"北方工作人员", "北方讲师"}
        assert [p.name for p in queries.people_under(session, admin, "讲师")] == ["北方讲师"]
        assert queries.people_under(session, admin, "%") == []
        assert queries.people_under(session, lecturer) == []
        actions.changeable(session, staff, str(lecturer.person_id))
        for other in (admin, staff):
            with pytest.raises(Forbidden):
                actions.changeable(session, staff, str(other.person_id))
        assert [b.name for b in organisation_queries.branches_under(session, staff, Role.STAFF)] == ["北"]


# ---------------------------------------------------------------------- one-time links


def test_a_link_makes_one_account_also_when_two_open_it_at_once(db: Database) -> None:
    with db.write() as session:
        admin, *_ = cast(session)
        _invitation, token = access_actions.invite(
            session, "新同志", Role.LECTURER, make.root(session), admin, NOW
        )

    def accept(name: str) -> str:
        with db.write() as session:
            return access_actions.accept_invitation(session, token, name, "", PASSWORD, NOW).id

    results = together([lambda: accept("one"), lambda: accept("two")])
    [made] = [r for r in results if isinstance(r, str)]
    [refused] = [r for r in results if not isinstance(r, str)]
    assert isinstance(refused, NotFound)
    with db.read() as session:
        assert queries.person(session, made).name == "新同志"
        assert [r[0] for r in queries.person_row(session, made).roles] == [Role.LECTURER]
        assert session.scalar(select(func.count()).select_from(Person)) == 4


def test_a_link_survives_a_refused_password_and_ends_in_time(db: Database) -> None:
    with db.write() as session:
        admin, *_ = cast(session)
        _i, token = access_actions.invite(session, "", Role.MEMBER, make.root(session), admin, NOW)
    with pytest.raises(Invalid), db.write() as session:
        access_actions.accept_invitation(session, token, "wang", "", "short", NOW)
    with db.read() as session:
        access_queries.invitation(session, token, NOW + timedelta(days=access_rules.INVITATION_DAYS) - MINUTE)
        with pytest.raises(NotFound):
            access_queries.invitation(session, token, NOW + timedelta(days=access_rules.INVITATION_DAYS))
        with pytest.raises(NotFound):
            access_queries.invitation(session, "guessed", NOW)


def test_a_reset_link_changes_the_password_of_its_person_and_nothing_else(db: Database) -> None:
    with db.write() as session:
        _admin, staff, lecturer = cast(session)
        token = access_actions.invite_reset(session, staff, str(lecturer.person_id), NOW)
        person = access_actions.accept_invitation(session, token, "ignored", "ignored", PASSWORD, NOW)
        assert person.id == lecturer.person_id
        assert person.name == "北方讲师"
        name = person.username
        with pytest.raises(Forbidden):
            access_actions.invite_reset(session, lecturer, str(staff.person_id), NOW)
    assert attempt(db, name, PASSWORD)


def test_only_the_newest_first_link_works_and_none_once_there_is_an_administrator(db: Database) -> None:
    with db.write() as session:
        old, new = (
            access_actions.first_admin_link(session, NOW),
            access_actions.first_admin_link(session, NOW),
        )
        assert old is not None
        assert new is not None
        with pytest.raises(NotFound):
            access_queries.invitation(session, old, NOW)
        access_actions.accept_invitation(session, new, "admin", "", PASSWORD, NOW)
        assert access_actions.first_admin_link(session, NOW) is None
        assert queries.has_admin(session)


def test_a_withdrawn_link_is_worthless(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = cast(session)
        invitation, token = access_actions.invite(session, "", Role.STAFF, make.root(session), admin, NOW)
        assert [i.id for i, _b in access_queries.open_invitations(session, admin, NOW)] == [invitation.id]
        assert access_queries.open_invitations(session, staff, NOW) == []
        for viewer in (staff, lecturer):
            with pytest.raises(Forbidden):
                access_actions.revoke_invitation(session, viewer, invitation.id)
        access_actions.revoke_invitation(session, admin, invitation.id)
        with pytest.raises(NotFound):
            access_queries.invitation(session, token, NOW)
        with pytest.raises(Forbidden):
            access_actions.invite(session, "", Role.STAFF, make.root(session), staff, NOW)


def test_a_token_is_its_owners_to_drop(db: Database) -> None:
    with db.write() as session:
        one, two = str(make.person(session).person_id), str(make.person(session).person_id)
        token, secret = access_actions.make_token(session, one, "统计", NOW)
        assert secret not in token.token_hash
        with pytest.raises(NotFound):
            access_actions.drop_token(session, two, token.id)
        access_actions.drop_token(session, one, token.id)
        session.flush()
        assert access_queries.viewer_by_token(session, secret) is None
