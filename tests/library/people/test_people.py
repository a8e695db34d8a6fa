"""Accounts, and the roles that people hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.permits import Role
from library.organisation import actions as organisation
from library.organisation import queries as organisation_queries
from library.people import actions, directory, queries
from library.people.belonging import memberships
from library.people.passwords import HashedPassword, hashed
from library.people.rules import home_node, teaches_for
from library.people.tables import RoleGrant
from tests.support import factories as make
from tests.support import signing
from tests.support.databases import NOW
from tests.support.together import together

pytestmark = pytest.mark.dear(10)

PASSWORD = "不忘初心，牢记使命"
HASH = HashedPassword("-")
HOUR = timedelta(hours=1)


def sign_in(db: Database, username: str, password: str) -> bool:
    return signing.sign_in(db, username, password, NOW) is not None


@pytest.mark.slow
def test_an_account_signs_in_with_its_folded_name_and_only_its_password(db: Database) -> None:
    with db.write() as session:
        actions.add_person(session, " ＷangShuji ", " 王 书记 ", hashed(PASSWORD), NOW)
    assert sign_in(db, "wangshuji", PASSWORD)
    assert not sign_in(db, "wangshuji", PASSWORD + "。")
    assert not sign_in(db, "nobody", PASSWORD)
    assert not sign_in(db, "two words", PASSWORD)
    with db.read() as session:
        person = queries.person_by_username(session, "wangshuji")
        assert person is not None
        assert person.name == "王 书记"
        assert person.password_hash.startswith("$argon2id$")


def test_a_user_name_that_grows_when_folded_is_refused_and_not_a_server_error(db: Database) -> None:
    long = "\ufdfa" * 10  # PostgreSQL would not take its 180 characters
    assert not sign_in(db, long, PASSWORD)
    with pytest.raises(Invalid), db.write() as session:
        actions.add_person(session, long, "", HASH, NOW)


def test_a_taken_name_is_taken_also_in_the_same_moment(db: Database) -> None:
    def add() -> str:
        with db.write() as session:
            return actions.add_person(session, "wang", "王", HASH, NOW).id

    results = together([add, add, add])
    assert [type(r) for r in results].count(str) == 1
    refused = [r for r in results if not isinstance(r, str)]
    assert [(type(r), getattr(r, "code", "")) for r in refused] == [(Conflict, "username_taken")] * 2


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


def test_roles_are_given_and_taken_only_below_and_never_ones_own(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = make.north(session)
        root = make.root(session)
        north = organisation_queries.node(session, staff.grants[0].node_id)
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
            actions.take_role(session, admin, str(admin.person_id), Role.ADMIN, root, NOW)
        actions.take_role(session, staff, who, Role.LECTURER, north, NOW)
        assert queries.viewer_of(session, queries.person(session, who), local_day(NOW)).grants == ()


def test_staff_see_and_change_the_people_below_them_only(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = make.north(session)
        assert {p.name for p in directory.everybody(session, admin)} == {
            "管理员",
            "北方工作人员",
            "北方讲师",
        }
        assert {p.name for p in directory.everybody(session, staff)} == {"北方工作人员", "北方讲师"}
        assert [p.name for p in directory.everybody(session, admin, "讲师")] == ["北方讲师"]
        assert directory.everybody(session, admin, "%") == []
        assert list(directory.everybody(session, lecturer)) == []
        actions.changeable(session, staff, str(lecturer.person_id))
        for other in (admin, staff):
            with pytest.raises(Forbidden):
                actions.changeable(session, staff, str(other.person_id))


def test_a_person_belongs_where_they_were_first_given_a_role(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        village, school = (organisation.add_named(session, root, name, NOW) for name in ("余村", "党校"))
        who = str(make.person(session).person_id)
        assert home_node(queries.viewer_of(session, queries.person(session, who), local_day(NOW))) is None
        for n, (role, branch) in enumerate(
            [(Role.MEMBER, village), (Role.LECTURER, school), (Role.ADMIN, root), (Role.LECTURER, village)]
        ):
            actions.grant(session, who, role, branch, None, NOW + n * HOUR)
        viewer = queries.viewer_of(session, queries.person(session, who), local_day(NOW))
        assert home_node(viewer) == village.id, "not the highest in the tree"
        assert teaches_for(viewer) == school.id, "where they first became one, or more"


def test_somebody_without_a_role_was_out_of_everybodys_reach(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = make.north(session)
        who = str(lecturer.person_id)
        north = organisation_queries.node(session, staff.grants[0].node_id)
        actions.take_role(session, staff, who, Role.LECTURER, north, NOW)
        county = make.person(session, (Role.ADMIN, north))
        for other in (staff, county):  # who keeps the home of somebody has them on the list
            assert [p.id for p in directory.everybody(session, other, "北方讲师")] == [who]
        home = memberships.home_of(session, who)
        assert home is not None
        memberships.end(session, home.id, local_day(NOW), NOW, None)
        assert [p.id for p in directory.everybody(session, admin, "北方讲师")] == [who]
        assert actions.changeable(session, admin, who).id == actions.erasable(session, admin, who).id == who
        for other in (staff, county):  # they belong to no branch, so they are for the whole tree's
            assert list(directory.everybody(session, other, "北方讲师")) == []
            with pytest.raises(Forbidden):
                actions.changeable(session, other, who)


def test_the_last_administrator_was_closed_from_the_command_line(db: Database) -> None:
    with db.write() as session:
        admin = make.person(session, (Role.ADMIN, make.root(session)))
        closed = make.person(session, (Role.ADMIN, make.root(session)))
        actions.set_active(session, admin, str(closed.person_id), False)
    for act in (
        lambda session: actions.set_active(session, closed, str(admin.person_id), False),
        lambda session: actions.take_role(
            session, closed, str(admin.person_id), Role.ADMIN, make.root(session), NOW
        ),
    ):
        with pytest.raises(Conflict), db.write() as session:
            act(session)
