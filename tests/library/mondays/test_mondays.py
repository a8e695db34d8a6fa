"""The week of a branch and of a member: put together from plans, rolls and the ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.errors import NotFound
from library.core.ids import new_id
from library.core.permits import Role
from library.evidence.rules import StudyForm
from library.gatherings.rules import Due, GatheringState, Mark
from library.gatherings.tables import Asked, Gathering, RollEntry
from library.mondays import queries
from library.mondays.rules import BranchWeek, Held, OwnGathering, Part, branch_ring, own_ring
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.programme import actions as programme
from library.programme.actions import Desk
from library.programme.rules import Draft
from library.programme.weeks import Week, week_of
from tests.support import factories as make
from tests.support.databases import NOW

WEEK = week_of(date(2026, 3, 12))


def gathering(session: Session, node: Node, state: GatheringState, *, week: Week = WEEK) -> Gathering:
    row = Gathering(
        id=new_id(),
        node_id=node.id,
        kind="gathered",
        form=StudyForm.GATHERED,
        title="周一集中学习",
        week=str(week),
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        place="村部",
        agenda="",
        state=state,
        changed_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def on_roll(
    session: Session, row: Gathering, person_id: str, node: Node, mark: Mark, due: Due = Due.DUE
) -> None:
    entry = RollEntry(
        id=new_id(), gathering_id=row.id, person_id=person_id, node_id=node.id, due=due, mark=mark
    )
    session.add(entry)
    session.flush()


def test_a_branch_is_counted_by_those_who_were_at_home_in_it(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        yucun = organisation.add_named(session, town, "余村党支部", NOW)
        hengshan = organisation.add_named(session, town, "横山坞村党支部", NOW)
        people = [make.person(session, (Role.MEMBER, yucun)).person_id or "" for _ in range(4)]
        guest = make.person(session, (Role.MEMBER, hengshan)).person_id or ""
        held = gathering(session, yucun, GatheringState.ENDED)
        marks = (Mark.PRESENT, Mark.LATE, Mark.MADE_UP, Mark.ABSENT)
        for person_id, mark in zip(people, marks, strict=True):
            on_roll(session, held, person_id, yucun, mark)
        on_roll(session, held, guest, hengshan, Mark.PRESENT, Due.GUEST)
        gathering(session, yucun, GatheringState.CANCELLED)
        gathering(session, hengshan, GatheringState.PLANNED)
        staff = make.person(session, (Role.STAFF, town))
        programme.put(session, Desk(staff, town.id, NOW), WEEK, Draft("绿水青山"))

        found = queries.branch_weeks(session, [yucun, hengshan], WEEK)
        theirs = found[yucun.id].gatherings[0]
        assert (theirs.due, theirs.there, theirs.made_up, theirs.absent) == (4, 2, 1, 1)
        assert found[yucun.id].plans == found[hengshan.id].plans == 1
        ring = {one.part: (one.done, one.of) for one in branch_ring(found[yucun.id]).parts}
        assert ring[Part.EVERYBODY] == (3, 4)
        assert ring[Part.GATHERING] == (1, 1)
        # A guest of elsewhere is nobody's gap, and a planned gathering is not held.
        assert [one.state for one in found[hengshan.id].gatherings] == [GatheringState.PLANNED]
        assert [one.person_id for one in queries.missing(session, yucun.id, WEEK)] == [people[3]]
        assert queries.branch_weeks(session, [yucun], WEEK.after(1))[yucun.id] == BranchWeek()


def test_a_branch_whose_members_were_in_another_nodes_gathering_has_it_in_its_week(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        yucun = organisation.add_named(session, town, "余村党支部", NOW)
        member = make.person(session, (Role.MEMBER, yucun))
        held = gathering(session, town, GatheringState.ENDED)
        on_roll(session, held, member.person_id or "", yucun, Mark.ABSENT)
        (theirs,) = queries.branch_weeks(session, [yucun], WEEK)[yucun.id].gatherings
        assert (theirs.id, theirs.due, theirs.absent) == (held.id, 1, 1)
        (own,) = queries.own_gatherings(session, member, WEEK)
        assert own.missed
        assert not own.reached


def test_who_belongs_below_sees_a_week_and_a_stranger_does_not(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        yucun = organisation.add_named(session, town, "余村党支部", NOW)
        other = organisation.add_named(session, root, "灵峰镇党委", NOW)
        member = make.person(session, (Role.MEMBER, yucun))
        assert queries.node_to_view(session, member, yucun.id).id == yucun.id
        assert queries.node_to_view(session, member, town.id).id == town.id
        with pytest.raises(NotFound):
            queries.node_to_view(session, member, other.id)
        with pytest.raises(NotFound):
            queries.node_to_view(session, make.person(session, (Role.STAFF, other)), yucun.id)


def test_staff_see_branches_by_name_and_how_many_have_come_together(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        branches = [
            organisation.add_named(session, town, name, NOW) for name in ("丙党支部", "甲党支部", "乙党支部")
        ]
        gathering(session, branches[0], GatheringState.ENDED)
        gathering(session, branches[1], GatheringState.PLANNED)
        staff = make.person(session, (Role.STAFF, town))
        found = queries.overview(session, staff, None, WEEK)
        assert (found.branches, found.held) == (3, 1)
        page = queries.branches_page(session, staff, None, WEEK)
        assert [one.name for one in page.items] == sorted(one.name for one in branches)
        waiting = queries.branches_page(session, staff, None, WEEK, waiting=True)
        assert {one.id for one in waiting.items} == {branches[1].id, branches[2].id}
        assert (page.total, waiting.total) == (3, 2)


def test_a_branch_that_met_with_its_town_was_said_not_to_have_met(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        yucun = organisation.add_named(session, town, "余村党支部", NOW)
        member = make.person(session, (Role.MEMBER, yucun))
        on_roll(
            session,
            gathering(session, town, GatheringState.ENDED),
            member.person_id or "",
            yucun,
            Mark.PRESENT,
        )
        staff = make.person(session, (Role.STAFF, town))
        assert queries.overview(session, staff, None, WEEK).held == 1
        assert queries.branches_page(session, staff, None, WEEK, waiting=True).items == []


def test_a_member_sees_what_asks_them_and_nothing_of_others(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        yucun = organisation.add_named(session, town, "余村党支部", NOW)
        other = organisation.add_named(session, town, "横山坞村党支部", NOW)
        member = make.person(session, (Role.MEMBER, yucun))
        own, above, alone, theirs = (
            gathering(session, node, GatheringState.PLANNED) for node in (yucun, town, town, other)
        )
        above.below = True
        named = gathering(session, other, GatheringState.PLANNED)
        session.add(Asked(gathering_id=named.id, person_id=member.person_id))
        gathering(session, yucun, GatheringState.PLANNED, week=WEEK.after(1))
        session.flush()
        seen = {one.id for one in queries.own_gatherings(session, member, WEEK)}
        assert seen == {own.id, above.id, named.id}
        assert not {alone.id, theirs.id} & seen


def held(state: GatheringState, due: int, there: int, signed: bool) -> Held:
    return Held("g", "n", "", "lesson", state, NOW, due=due, there=there, made_up=there // 3, signed=signed)


STATES = st.sampled_from([GatheringState.PLANNED, GatheringState.OPEN, GatheringState.ENDED])
HELD = st.builds(held, STATES, st.integers(0, 40), st.integers(0, 40), st.booleans())


@pytest.mark.slow
@given(st.integers(0, 3), st.lists(HELD, max_size=4), st.integers(0, 50))
def test_a_ring_never_says_more_than_there_is_and_reflections_never_move_it(
    plans: int, gatherings: list[Held], reflections: int
) -> None:
    week = BranchWeek(plans=plans, out=plans, gatherings=tuple(gatherings))
    ring = branch_ring(week)
    assert 0 <= ring.share <= 1
    assert bool(ring.parts) == bool(plans or gatherings)
    if ring.complete:
        assert all(one.state is GatheringState.ENDED and one.signed for one in gatherings)
    more = BranchWeek(plans=plans, out=plans, gatherings=tuple(gatherings), reflections=reflections)
    assert branch_ring(more) == ring


@pytest.mark.slow
@given(st.integers(0, 5), st.lists(st.tuples(st.sampled_from([None, *Mark]), st.booleans()), max_size=4))
def test_whoever_is_exempt_or_made_up_has_no_gap(lessons: int, told: list[tuple[Mark | None, bool]]) -> None:
    own = [
        OwnGathering("g", "", "gathered", GatheringState.ENDED, NOW, mark=mark, exempt=exempt)
        for mark, exempt in told
    ]
    ring = own_ring(lessons, lessons, own)
    assert ring.complete == (
        bool(lessons or any(not one.exempt for one in own)) and not any(one.missed for one in own)
    )
