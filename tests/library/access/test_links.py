"""One-time links: they make one account, or let one person choose a new password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from library.access import links
from library.access import queries as access_queries
from library.access import rules as access_rules
from library.core.database import Database
from library.core.errors import Forbidden, Invalid, NotFound
from library.core.permits import Role
from library.organisation import queries as organisation
from library.people import actions as people
from library.people import queries as people_queries
from library.people.passwords import HashedPassword, hashed
from library.people.tables import Person
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.signing import sign_in
from tests.support.together import together

PASSWORD = "不忘初心，牢记使命"
HASH = HashedPassword("-")
MINUTE = timedelta(minutes=1)


def test_a_link_makes_one_account_also_when_two_open_it_at_once(db: Database) -> None:
    with db.write() as session:
        admin, *_ = make.north(session)
        _invitation, token = links.invite(session, "新同志", Role.LECTURER, make.root(session), admin, NOW)

    def accept(name: str) -> str:
        with db.write() as session:
            return links.accept_invitation(session, token, name, "", HASH, NOW).id

    results = together([lambda: accept("one"), lambda: accept("two")])
    [made] = [r for r in results if isinstance(r, str)]
    [refused] = [r for r in results if not isinstance(r, str)]
    assert isinstance(refused, NotFound)
    with db.read() as session:
        assert people_queries.person(session, made).name == "新同志"
        assert [r[0] for r in people_queries.person_row(session, made).roles] == [Role.LECTURER]
        assert session.scalar(select(func.count()).select_from(Person)) == 4


def test_a_link_survives_a_refused_name_and_ends_in_time(db: Database) -> None:
    with db.write() as session:
        admin, *_ = make.north(session)
        _i, token = links.invite(session, "", Role.MEMBER, make.root(session), admin, NOW)
    with pytest.raises(Invalid), db.write() as session:
        links.accept_invitation(session, token, "wang fang", "", HASH, NOW)
    with db.read() as session:
        access_queries.invitation(session, token, NOW + timedelta(days=access_rules.INVITATION_DAYS) - MINUTE)
        with pytest.raises(NotFound):
            access_queries.invitation(session, token, NOW + timedelta(days=access_rules.INVITATION_DAYS))
        with pytest.raises(NotFound):
            access_queries.invitation(session, "guessed", NOW)


@pytest.mark.slow
def test_a_reset_link_changes_the_password_of_its_person_and_nothing_else(db: Database) -> None:
    with db.write() as session:
        _admin, staff, lecturer = make.north(session)
        token = links.invite_reset(session, staff, str(lecturer.person_id), NOW)
        person = links.accept_invitation(session, token, "ignored", "ignored", hashed(PASSWORD), NOW)
        assert person.id == lecturer.person_id
        assert person.name == "北方讲师"
        name = person.username
        with pytest.raises(Forbidden):
            links.invite_reset(session, lecturer, str(staff.person_id), NOW)
    assert sign_in(db, name, PASSWORD, NOW)


def test_only_the_newest_first_link_works_and_none_once_there_is_an_administrator(db: Database) -> None:
    with db.write() as session:
        old, new = (
            links.first_admin_link(session, NOW),
            links.first_admin_link(session, NOW),
        )
        assert old is not None
        assert new is not None
        with pytest.raises(NotFound):
            access_queries.invitation(session, old, NOW)
        links.accept_invitation(session, new, "admin", "", HASH, NOW)
        assert links.first_admin_link(session, NOW) is None
        assert people_queries.has_admin(session)


def test_a_withdrawn_link_is_worthless(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = make.north(session)
        invitation, token = links.invite(session, "", Role.STAFF, make.root(session), admin, NOW)
        assert [i.id for i, _b in access_queries.open_invitations(session, admin, NOW)] == [invitation.id]
        assert access_queries.open_invitations(session, staff, NOW) == []
        for viewer in (staff, lecturer):
            with pytest.raises(Forbidden):
                links.revoke_invitation(session, viewer, invitation.id)
        links.revoke_invitation(session, admin, invitation.id)
        with pytest.raises(NotFound):
            access_queries.invitation(session, token, NOW)
        with pytest.raises(Forbidden):
            links.invite(session, "", Role.STAFF, make.root(session), staff, NOW)


def test_a_link_made_for_a_lecturer_opened_an_administrator(db: Database) -> None:
    with db.write() as session:
        admin, staff, lecturer = make.north(session)
        who, root = str(lecturer.person_id), make.root(session)
        token = links.invite_reset(session, staff, who, NOW)
        people.give_role(session, admin, who, Role.ADMIN, root, NOW)
    with pytest.raises(Forbidden) as refused, db.write() as session:
        links.accept_invitation(session, token, "", "", HASH, NOW)
    assert refused.value.code == "link_no_longer_fits"
    with db.write() as session:
        assert people_queries.person(session, who).password_hash != HASH
        again = links.reset_by_machine(session, who, NOW)
        assert links.accept_invitation(session, again, "", "", HASH, NOW).id == who


@pytest.mark.parametrize("purpose", ["invite", "reset"])
def test_a_link_outlived_the_power_of_whoever_made_it(db: Database, purpose: str) -> None:
    with db.write() as session:
        _admin, staff, lecturer = make.north(session)
        north = organisation.node(session, staff.grants[0].node_id)
        if purpose == "invite":
            token = links.invite(session, "新人", Role.LECTURER, north, staff, NOW)[1]
        else:
            token = links.invite_reset(session, staff, str(lecturer.person_id), NOW)
        # Not as a page takes it, which ends the links as well: what a link is good for is looked at again.
        assert people.take_role(session, _admin, str(staff.person_id), Role.STAFF, north, NOW)
    with pytest.raises(Forbidden), db.write() as session:
        links.accept_invitation(session, token, "wang", "", HASH, NOW)


def test_the_first_administrators_link_was_good_after_there_was_one(db: Database) -> None:
    with db.write() as session:
        first = links.first_admin_link(session, NOW)
        assert first is not None
        make.person(session, (Role.ADMIN, make.root(session)))
    with pytest.raises(Forbidden), db.write() as session:
        links.accept_invitation(session, first, "second", "", HASH, NOW)


def test_only_the_newest_link_for_a_password_works(db: Database) -> None:
    with db.write() as session:
        admin, _staff, lecturer = make.north(session)
        old, new = (links.invite_reset(session, admin, str(lecturer.person_id), NOW) for _ in range(2))
        with pytest.raises(NotFound):
            access_queries.invitation(session, old, NOW)
        access_queries.invitation(session, new, NOW)
