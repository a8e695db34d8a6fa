"""Planning: who, what is refused, stale saves, repetition, whom the notices reach; the table of kinds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from library.core.clock import CHINA
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Role
from library.evidence.rules import StudyForm
from library.gatherings import actions, kinds, opening, queries, rules
from library.gatherings.actions import Desk, RoomDraft
from library.gatherings.kinds import Asks, KindsWrong
from library.gatherings.rules import GatheringState, Repeat
from library.notices import queries as notices
from library.people.belonging import groups
from tests.library.gatherings.branch import branch, draft, planned, viewer
from tests.support import factories as make
from tests.support.databases import NOW


def test_a_gathering_is_planned_changed_and_cancelled_by_who_may(db: Database) -> None:
    with db.write() as session:
        its = branch(session)
        _secretary, member, *_ = its.members
        with pytest.raises(NotFound):
            actions.plan(session, Desk(member, NOW), its.node.id, draft())
        one = planned(session, its, rooms=(RoomDraft("主会场"), RoomDraft("分会场", member.person_id)))
        assert (one.form, one.week, one.version) == (StudyForm.GATHERED, "2026-W48", 1)
        assert [notices.unread(session, who) for who in its.members] == [0, 1, 1, 1]

        moved = draft(place="村礼堂", rooms=())
        changed = actions.change(session, its.desk, one.id, moved, 1)
        assert (changed.place, [room.place for room in queries.rooms_of(session, one.id)]) == (
            "村礼堂",
            ["村礼堂"],
        )
        with pytest.raises(Conflict, match="gathering_changed"):
            actions.change(session, its.desk, one.id, draft(title="别的"), 1)
        assert notices.unread(session, member) == 2

        found = queries.seen(session, member, one.id)
        assert (found.plans, found.hosts) == (False, False)
        with pytest.raises(NotFound):
            queries.seen(session, make.person(session), one.id)
        actions.cancel(session, its.desk, one.id)
        assert actions.cancel(session, its.desk, one.id).state is GatheringState.CANCELLED
        with pytest.raises(Conflict, match="gathering_over"):
            opening.open_(session, its.desk, one.id)


def test_what_is_refused(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=1)
        far = branch(session, "别处支部", 1)
        group = groups.make(session, far.node, "学习小组", NOW, None)
        for code, values in (
            ("gathering_kind", {"kind": "party"}),
            ("gathering_ends", {"ends_at": NOW}),
            ("gathering_long", {"ends_at": NOW + timedelta(hours=13)}),
            ("gathering_far", {"starts_at": NOW + timedelta(days=900)}),
            ("gathering_group", {"group_id": group.id}),
            ("gathering_person", {"chair_id": "nobody"}),
            ("empty", {"title": " "}),
        ):
            with pytest.raises(Invalid) as refused:
                planned(session, its, **values)
            assert refused.value.code == code
        with pytest.raises(NotFound, match="gathering_lesson"):
            planned(session, its, lessons=("nothing",))
        with pytest.raises(Invalid, match="gathering_repeats"):
            actions.plan(session, its.desk, its.node.id, draft(), Repeat.WEEKLY, 61)


def test_a_repetition_is_a_row_each_at_the_same_hour() -> None:
    first = datetime(2027, 1, 31, 19, 30, tzinfo=CHINA)  # a Sunday, the fifth
    for how, days in (
        (Repeat.WEEKLY, ["01-31", "02-07", "02-14"]),
        (Repeat.FORTNIGHTLY, ["01-31", "02-14", "02-28"]),
        (Repeat.MONTHLY_DATE, ["01-31", "02-28", "03-31"]),
        (Repeat.MONTHLY_WEEKDAY, ["01-31", "02-28", "03-28"]),
    ):
        moments = rules.repeated(first.astimezone(UTC), how, 3, CHINA)
        assert [f"{one.astimezone(CHINA):%m-%d}" for one in moments] == days
        assert {f"{one.astimezone(CHINA):%H:%M}" for one in moments} == {"19:30"}


def test_a_group_is_asked_across_branches_and_copies_are_made_of_the_last(db: Database) -> None:
    with db.write() as session:
        town = make.root(session)
        its, far = branch(session, "东村支部", 2), branch(session, "西村支部", 2)
        group = groups.make(session, town, "第一学习小组", NOW, None)
        for who in (its.members[1], far.members[1]):
            groups.join(session, group.id, str(who.person_id), NOW.date(), NOW, None)
        staff = viewer(session, make.person(session, (Role.STAFF, town)).person_id)
        desk = Desk(staff, NOW)
        made = actions.plan(
            session, desk, town.id, draft(kind="evening", group_id=group.id), Repeat.WEEKLY, 3
        )
        assert [one.form for one in made] == [StudyForm.EVENING] * 3
        assert (len({one.series for one in made}), len({one.week for one in made})) == (1, 3)
        learner = viewer(session, far.members[1].person_id)
        assert [one.id for one in queries.coming(session, learner, NOW)] == [one.id for one in made]
        assert queries.coming(session, far.members[0], NOW) == []
        last = queries.last_of(session, town.id, "evening")
        assert last is not None
        assert queries.draft_of(session, last).group_id == group.id


def test_kinds_are_extended_by_a_setting() -> None:
    known = kinds.extended(
        ["movie=红色观影=Film evening=evening=everybody", "assembly=党员大会", "training="]
    )
    movie, assembly = known.get("movie"), known.get("assembly")
    assert movie is not None
    assert assembly is not None
    assert (movie.form, assembly.asks) == (StudyForm.EVENING, Asks.MEMBERS)
    training = known.get("training")
    assert training is not None
    assert training.retired
    assert training not in known.offered
    assert known.name("training") == "集中轮训", "those that were keep their name"
    assert kinds.extended(kinds.lines_of(known)) == known, "what a page keeps says the same"
    assert known.called("支委会") == known.get("committee")
    assert known.name("movie", "en") == "Film evening"
    for wrong in ("Movie=x", "movie=x=y=dancing", "movie==y", "movie"):
        with pytest.raises(KindsWrong):
            kinds.extended([wrong])
