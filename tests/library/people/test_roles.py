"""Roles that end on a day, that are handed over, and that one person may not hold together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.permits import HOLDS, THREE_ADMINS, Role, Viewer
from library.organisation import actions as organisation
from library.people import actions, queries, roles
from library.people.roles import HandOver
from library.people.rules import KEPT_APART, two_of_three
from library.people.tables import RoleGrant
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

TODAY = local_day(NOW)


def test_a_role_passes_from_one_to_another_on_a_day_and_both_days_are_respected(db: Database) -> None:
    with db.write() as session:
        top = make.root(session)
        branch = organisation.add_named(session, top, "余村", NOW)
        admin = make.person(session, (Role.ADMIN, top))
        old, new = make.person(session, (Role.SECRETARY, branch)), make.person(session)
        first = TODAY + timedelta(days=3)
        change = HandOver(Role.SECRETARY, branch, str(old.person_id), str(new.person_id), first)
        roles.hand_over(session, admin, change, NOW, admin.person_id)

        def holds(viewer: Viewer, day: date) -> bool:
            person = queries.person(session, str(viewer.person_id))
            return queries.viewer_of(session, person, day).holds_at(Role.SECRETARY, branch.path)

        for day, ones in ((first - timedelta(days=1), (True, False)), (first, (False, True))):
            assert (holds(old, day), holds(new, day)) == ones
        assert [one.username for one in roles.holders(session, branch.id, first)] == [
            queries.person(session, str(new.person_id)).username
        ]
        # What is over can be given again: the old row is history.
        later = NOW + timedelta(days=10)
        actions.grant(session, str(old.person_id), Role.SECRETARY, branch, None, later)
        assert holds(old, first + timedelta(days=8))


def test_nobody_hands_over_what_they_may_not_give_or_what_is_not_held(db: Database) -> None:
    with db.write() as session:
        top = make.root(session)
        staff, other = make.person(session, (Role.STAFF, top)), make.person(session)
        boss = make.person(session, (Role.ADMIN, top))

        def hand(role: Role, one: Viewer, two: Viewer, day: date = TODAY) -> HandOver:
            return HandOver(role, top, str(one.person_id), str(two.person_id), day)

        for change, refused in (
            (hand(Role.ADMIN, boss, staff), Forbidden),
            (hand(Role.SECRETARY, other, boss), Conflict),
            (hand(Role.SECRETARY, other, other), Invalid),
            (hand(Role.SECRETARY, other, boss, TODAY - timedelta(days=1)), Invalid),
            (hand(Role.SECRETARY, other, boss, TODAY + timedelta(days=367)), Invalid),
        ):
            with pytest.raises(refused), session.begin_nested():
                roles.hand_over(session, staff, change, NOW, staff.person_id)
        change = hand(Role.ADMIN, boss, other, TODAY + timedelta(days=1))
        with pytest.raises(Invalid):  # the library has an administrator on every day
            roles.hand_over(session, boss, change, NOW, boss.person_id)


def test_three_administrators_are_three_persons_where_the_setting_says_so(db: Database) -> None:
    for one in THREE_ADMINS:
        for other in THREE_ADMINS:
            assert (two_of_three([one], other) is None) == (one is other)
        assert two_of_three([Role.SECRETARY, Role.LECTURER], one) is None
    db.policy[KEPT_APART] = True
    with db.write() as session:
        top = make.root(session)
        branch = organisation.add_named(session, top, "余村", NOW)
        admin = make.person(session, (Role.ADMIN, top))
        assert not admin.has(Role.AUDITOR)
        assert Role.AUDITOR in HOLDS[Role.ADMIN]
        both = make.person(session, (Role.AUDITOR, branch))
        for role in (Role.ADMIN, Role.STAFF):
            with pytest.raises(Conflict) as refused, session.begin_nested():
                actions.give_role(session, admin, str(both.person_id), role, top, NOW)
            assert refused.value.code == "two_of_three"
        # Handing over is no way round it either, though it begins later.
        staff = make.person(session, (Role.STAFF, top))
        change = HandOver(
            Role.STAFF, top, str(staff.person_id), str(both.person_id), TODAY + timedelta(days=5)
        )
        with pytest.raises(Conflict), session.begin_nested():
            roles.hand_over(session, admin, change, NOW, None)
        assert session.scalars(
            select(RoleGrant.ended_at).where(RoleGrant.person_id == staff.person_id)
        ).all() == [None]
        person_id, top_id = str(make.person(session).person_id), top.id

    def give(role: Role) -> None:
        with db.write() as session:
            node = session.get_one(type(make.root(session)), top_id)
            actions.grant(session, person_id, role, node, None, NOW)

    ends = together([lambda role=role: give(role) for role in THREE_ADMINS])
    assert [one is None for one in ends].count(True) == 1
    db.policy.clear()
