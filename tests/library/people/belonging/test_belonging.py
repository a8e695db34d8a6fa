"""Where people belong: one home a day, whatever is done in whatever order, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import MemberState, Role, Viewer
from library.erasing import erase
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import actions, passwords, queries
from library.people.belonging import (
    exemptions,
    groups,
    histories,
    members,
    memberships,
    reorganising,
    transfers,
)
from library.people.rules import ExemptionReason, MembershipKind, TransferState
from library.people.tables import Exemption, GroupMember, Membership, RoleGrant, Transfer
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.examples import examples

pytestmark = pytest.mark.dear(14)

TODAY = local_day(NOW)
LONG_AGO = TODAY - timedelta(days=400)


@dataclass
class Town:
    """A town with three branches, the secretaries of two, and a member of the first."""

    root: Node
    east: Node
    west: Node
    north: Node
    east_keeper: Viewer
    west_keeper: Viewer
    member: str


@pytest.fixture
def town(db: Database) -> Iterator[tuple[Session, Town]]:
    with db.write() as session:
        root = make.root(session)
        east, west, north = (organisation.add_named(session, root, f"{n}村党支部", NOW) for n in "东西北")
        member = str(make.person(session, name="王芳").person_id)
        memberships.settle(session, member, east, LONG_AGO, NOW, None, MemberState.PROBATIONARY)
        one, other = (make.person(session, (Role.SECRETARY, node)) for node in (east, west))
        yield session, Town(root, east, west, north, one, other, member)


def homes(session: Session, person_id: str) -> list[tuple[str, date, date | None]]:
    return [(one.node_id, one.since, one.until) for one in memberships.homes_of(session, person_id)]


def test_the_sender_is_responsible_until_the_receiver_accepts(town: tuple[Session, Town]) -> None:
    session, at = town
    actions.grant(session, at.member, Role.MEMBER, at.east, None, NOW)
    with pytest.raises(Forbidden):
        transfers.ask(session, at.west_keeper, at.member, at.west, NOW)
    asked = transfers.ask(session, at.east_keeper, at.member, at.west, NOW, "调动工作")
    assert transfers.ask(session, at.east_keeper, at.member, at.west, NOW) is asked
    with pytest.raises(Conflict, match="transfer_asked"):
        transfers.ask(session, at.east_keeper, at.member, at.north, NOW)
    assert homes(session, at.member) == [(at.east.id, LONG_AGO, None)]
    with pytest.raises(Forbidden):
        transfers.accept(session, at.east_keeper, asked.id, NOW)
    assert [one.id for one, _name in histories.waiting_for(session, at.west_keeper)] == [asked.id]
    assert transfers.accept(session, at.west_keeper, asked.id, NOW)
    assert not transfers.accept(session, at.west_keeper, asked.id, NOW)
    assert homes(session, at.member) == [(at.east.id, LONG_AGO, TODAY), (at.west.id, TODAY, None)]
    viewer = queries.viewer_of(session, queries.person(session, at.member), local_day(NOW))
    assert [(one.node_id, one.state) for one in viewer.belongs] == [(at.west.id, MemberState.PROBATIONARY)]
    assert [grant.node_id for grant in viewer.grants] == [at.west.id], "the role of a member came along"
    with pytest.raises(NotFound):
        histories.history_for(session, at.east_keeper, at.member)
    assert histories.history_for(session, at.west_keeper, at.member).transfers == [asked]


def test_a_transfer_is_refused_with_a_reason_or_withdrawn(town: tuple[Session, Town]) -> None:
    session, at = town
    first = transfers.ask(session, at.east_keeper, at.member, at.west, NOW)
    assert transfers.refuse(session, at.west_keeper, first.id, NOW, "不在本村工作")
    second = transfers.ask(session, at.east_keeper, at.member, at.west, NOW)
    with pytest.raises(Forbidden):
        transfers.withdraw(session, at.west_keeper, second.id, NOW)
    assert transfers.withdraw(session, at.east_keeper, second.id, NOW)
    with pytest.raises(Conflict, match="transfer_over"):
        transfers.accept(session, at.west_keeper, second.id, NOW)
    assert homes(session, at.member) == [(at.east.id, LONG_AGO, None)]
    assert (first.state, first.answer) == (TransferState.REFUSED, "不在本村工作")


def test_another_state_is_another_row_and_the_same_is_none(town: tuple[Session, Town]) -> None:
    session, at = town
    day = TODAY - timedelta(days=30)
    assert memberships.change_state(session, at.member, MemberState.FULL, day, NOW, None)
    assert not memberships.change_state(session, at.member, MemberState.FULL, day, NOW, None)
    assert homes(session, at.member) == [(at.east.id, LONG_AGO, day), (at.east.id, day, None)]
    then = members.counts_on(session, at.east.id, day - timedelta(days=1))
    now = members.counts_on(session, at.east.id, day)
    assert (dict(then.states), dict(now.states)) == ({MemberState.PROBATIONARY: 1}, {MemberState.FULL: 1})
    for wrong, code in ((TODAY + timedelta(days=1), "day_to_come"), (LONG_AGO, "home_since")):
        with pytest.raises((Invalid, Conflict), match=code):
            memberships.change_state(session, at.member, MemberState.MASSES, wrong, NOW, None)


def test_a_home_never_begins_before_what_is_known(town: tuple[Session, Town]) -> None:
    session, at = town
    home = memberships.home_of(session, at.member)
    assert home is not None
    for day in (LONG_AGO - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises((Conflict, Invalid)):
            memberships.settle(session, at.member, at.west, day, NOW, None)
    memberships.end(session, home.id, TODAY - timedelta(days=10), NOW, None)
    with pytest.raises(Conflict, match="home_since"):
        memberships.settle(session, at.member, at.west, TODAY - timedelta(days=20), NOW, None)
    assert homes(session, at.member) == [(at.east.id, LONG_AGO, TODAY - timedelta(days=10))]


def test_a_guest_stays_at_home_elsewhere_and_is_counted_apart(town: tuple[Session, Town]) -> None:
    session, at = town
    assert memberships.receive_guest(session, at.member, at.west, TODAY, NOW, None)
    assert not memberships.receive_guest(session, at.member, at.west, TODAY, NOW, None)
    with pytest.raises(Conflict, match="guest_at_home"):
        memberships.receive_guest(session, at.member, at.east, TODAY, NOW, None)
    exemptions.exempt(session, at.member, ExemptionReason.FRAIL, TODAY, None, NOW, None)
    with pytest.raises(Conflict, match="exempt_already"):
        exemptions.exempt(session, at.member, ExemptionReason.AWAY, TODAY, None, NOW, None)
    west, east = (members.counts_on(session, node.id, TODAY) for node in (at.west, at.east))
    assert (west.guests, west.exempt, east.exempt) == (1, 0, 1)
    listed = members.members_on(session, at.west.id, TODAY).items
    assert [(one.name, str(one.kind), one.exempt) for one in listed][-1] == ("王芳", "guest", True)
    # Who comes to be at home where they were a guest is none any more.
    memberships.settle(session, at.member, at.west, TODAY, NOW, None)
    assert members.counts_on(session, at.west.id, TODAY).guests == 0


def test_a_merged_branch_hands_its_people_over(town: tuple[Session, Town]) -> None:
    session, at = town
    actions.grant(session, at.member, Role.MEMBER, at.east, None, NOW)
    other = str(make.person(session).person_id)
    memberships.settle(session, other, at.north, LONG_AGO, NOW, None)
    memberships.receive_guest(session, other, at.east, LONG_AGO, NOW, None)
    memberships.receive_guest(session, at.member, at.west, LONG_AGO, NOW, None)
    asked = transfers.ask(session, at.east_keeper, at.member, at.west, NOW)
    group = groups.make(session, at.east, "第三学习小组", NOW, None)
    with pytest.raises(Conflict) as full:
        reorganising.close(session, at.east, NOW, None)
    assert full.value.code == "node_has_members"
    session.refresh(at.east)
    at.east.closed_at = None
    reorganising.merge(session, at.east, at.west, NOW, None)
    assert homes(session, at.member) == [(at.east.id, LONG_AGO, TODAY), (at.west.id, TODAY, None)]
    viewer = queries.viewer_of(session, queries.person(session, at.member), local_day(NOW))
    assert [(one.node_id, one.is_home, one.state) for one in viewer.belongs] == [
        (at.west.id, True, MemberState.PROBATIONARY)
    ], "at home there, and no guest any more"
    assert [grant.node_id for grant in viewer.grants] == [at.west.id]
    assert (asked.state, group.node_id) == (TransferState.WITHDRAWN, at.west.id)
    guest = queries.viewer_of(session, queries.person(session, other), local_day(NOW))
    assert {(one.node_id, one.is_home) for one in guest.belongs} == {(at.north.id, True), (at.west.id, False)}
    assert histories.history_for(session, at.west_keeper, at.member)


def test_groups_are_made_filled_and_closed(town: tuple[Session, Town]) -> None:
    session, at = town
    group = groups.make(session, at.east, "第三学习小组", NOW, None)
    with pytest.raises(Conflict, match="group_named_so"):
        groups.make(session, at.east, " 第三学习小组", NOW, None)
    assert groups.join(session, group.id, at.member, LONG_AGO, NOW, None)
    assert not groups.join(session, group.id, at.member, TODAY, NOW, None)
    assert histories.groups_of(session, at.east.id) == [(group, 1)]
    assert groups.leave(session, group.id, at.member, TODAY, NOW, None)
    assert groups.join(session, group.id, at.member, TODAY, NOW, None)
    assert groups.close(session, group.id, NOW, None)
    with pytest.raises(Conflict, match="group_closed"):
        groups.join(session, group.id, at.member, TODAY, NOW, None)
    assert queries.viewer_of(session, queries.person(session, at.member), local_day(NOW)).groups == ()


def test_erasing_somebody_forgets_where_they_belonged(town: tuple[Session, Town]) -> None:
    session, at = town
    keeper = str(at.east_keeper.person_id)
    transfers.ask(session, at.east_keeper, at.member, at.west, NOW)
    memberships.receive_guest(session, at.member, at.north, TODAY, NOW, keeper)
    exemptions.exempt(session, at.member, ExemptionReason.AWAY, TODAY, None, NOW, keeper)
    groups.join(session, groups.make(session, at.east, "组", NOW, keeper).id, at.member, TODAY, NOW, keeper)
    erase(session, keeper, None)
    assert session.scalars(select(Membership.noted_by).where(Membership.noted_by == keeper)).all() == []
    erase(session, at.member, None)
    for table in (Membership, Transfer, Exemption, GroupMember, RoleGrant):
        assert session.scalars(select(table.id).where(table.person_id == at.member)).all() == []


@pytest.mark.slow
def test_an_account_without_a_password_made_signing_in_a_server_error() -> None:
    assert not passwords.fits("不忘初心，牢记使命", passwords.NO_PASSWORD)
    assert not passwords.fits("", passwords.NO_PASSWORD)


STEP = st.tuples(
    # Homes most of all, of few people: what could lie over another must meet it.
    st.sampled_from(
        ["settle"] * 5 + ["end", "end", "state", "ask", "accept", "merge", "correct", "correct", "guest"]
    ),
    st.integers(0, 1),
    st.integers(0, 3),
    st.integers(0, 60),
)


@pytest.mark.slow
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=14))
def test_nobody_has_two_homes_on_a_day_and_no_day_is_lost(
    db: Database, steps: list[tuple[str, int, int, int]]
) -> None:
    """Whatever is done: at most one home a day; what was somebody's home on a day stays one unless an end, or
    a correction of the day, said otherwise; and the members of all nodes are each person once."""
    session = Session(db.engine)
    try:
        root = make.root(session)
        nodes = [organisation.add_named(session, root, f"第{n}村党支部", NOW) for n in range(4)]
        people = [str(make.person(session).person_id) for _ in range(2)]
        admin = make.person(session, (Role.ADMIN, root))
        for what, who, where, ago in steps:
            day, person = TODAY - timedelta(days=ago), people[who]
            before = {one: _days(session, one) for one in people}
            try:
                with session.begin_nested():
                    _do(session, admin, what, person, nodes, where, day)
            except WeikeError:
                assert {one: _days(session, one) for one in people} == before, "refused, and yet done"
                continue
            for one, had in before.items():
                have = _days(session, one)
                if what not in ("end", "correct"):
                    assert had.keys() <= have.keys(), f"{what} lost a day of a home"
        for day in (TODAY - timedelta(days=n) for n in (0, 1, 7, 30, 61)):
            at_home = [n for n in people if histories.homes_on(session, n, day)]
            counted = members.counts_on(session, root.id, day, below=True)
            alone = [members.counts_on(session, node.id, day).home for node in [root, *nodes]]
            mine = 1 if day == TODAY else 0  # the administrator, whom the grant has settled
            assert counted.home == sum(alone) == len(at_home) + mine
    finally:
        session.rollback()
        session.close()


def _do(
    session: Session, admin: Viewer, what: str, person: str, nodes: list[Node], where: int, day: date
) -> None:
    node = nodes[where]
    home = memberships.home_of(session, person)
    if what == "settle":
        memberships.settle(session, person, node, day, NOW, None)
    elif what == "end" and home is not None:
        memberships.end(session, home.id, day, NOW, None)
    elif what == "state":
        memberships.change_state(session, person, list(MemberState)[where], day, NOW, None)
    elif what == "ask":
        transfers.ask(session, admin, person, node, NOW)
    elif what == "accept" and (asked := transfers.asked_of(session, person)) is not None:
        transfers.accept(session, admin, asked.id, NOW)
    elif what == "merge":
        reorganising.merge(session, node, nodes[(where + 1) % 4], NOW, None)
    elif what == "correct" and home is not None:
        memberships.correct_since(session, home.id, day, NOW, None)
    elif what == "guest":
        memberships.receive_guest(session, person, node, day, NOW, None)


def _days(session: Session, person_id: str) -> dict[date, str]:
    """The home of each of the last seventy days; fails where a day has two."""
    session.expire_all()
    days: dict[date, str] = {}
    rows = session.scalars(select(Membership).where(Membership.person_id == person_id))
    for one in rows:
        if one.kind is not MembershipKind.HOME:
            continue
        assert one.until is None or one.since <= one.until
        for n in range(70):
            day = TODAY - timedelta(days=n)
            if one.since <= day and (one.until is None or day < one.until):
                assert day not in days, f"two homes on {day}"
                days[day] = one.node_id
    return days


def test_a_days_members_are_asked_of_an_index(db: Database) -> None:
    """Those of a node, and where a person belongs, are looked up: no table is read whole."""
    with db.write() as session:
        node = make.root(session).id
        bind = session.get_bind()
        at_node = select(Membership.id).where(Membership.node_id == node, members.on_day(TODAY))
        of_person = select(Membership.id).where(Membership.person_id == "p", members.on_day(TODAY))
        below = select(Membership.id).where(members.at(node, below=True), members.on_day(TODAY))
        for wanted in (at_node, of_person, below):
            sql = str(wanted.compile(bind, compile_kwargs={"literal_binds": True}))
            if bind.dialect.name == "sqlite":
                plan = " ".join(str(row[-1]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
                assert "ix_people_membership" in plan
                assert "SCAN people_membership" not in plan
            else:
                session.execute(text("SET LOCAL enable_seqscan = off"))
                plan = " ".join(str(row[0]) for row in session.execute(text(f"EXPLAIN {sql}")))
                assert "ix_people_membership" in plan
