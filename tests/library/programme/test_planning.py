"""Planning: who, what stays, what is refused; copies; a term's list; lessons that are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.core.clock import CHINA
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.lists.outcomes import Outcome
from library.core.permits import Belonging, Role, Viewer
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.programme import actions, importing, queries, rules
from library.programme.actions import desk_of
from library.programme.importing import Row
from library.programme.permits import chain_of, may_plan
from library.programme.releasing import release_all
from library.programme.rules import Draft, WeekMode
from library.programme.weeks import Week
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

WEEK = Week(2026, 49)


def test_the_secretary_and_the_staff_plan_and_members_see_their_chain(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        town = organisation.add_named(session, root, "天荒坪镇党委", NOW)
        village = organisation.add_named(session, town, "余村党支部", NOW)
        other = organisation.add_named(session, root, "灵峰镇党委", NOW)
        secretary = make.person(session, (Role.SECRETARY, village))
        staff, lecturer = (
            make.person(session, (Role.STAFF, town)),
            make.person(session, (Role.LECTURER, town)),
        )
        assert [may_plan(secretary, one.path) for one in (village, town, other)] == [True, False, False]
        assert [may_plan(staff, one.path) for one in (village, town, other)] == [True, True, False]
        assert not may_plan(lecturer, town.path)
        with pytest.raises(NotFound):
            queries.node_to_plan(session, secretary, town.id)

        first, second = (make.lesson(session, f"课{n}").id for n in range(2))
        for node, draft in (
            (root, Draft(theme="县", lessons=(first,))),
            (town, Draft(text="镇里加一课", lessons=(second, first))),
            (other, Draft(theme="别处", mode=WeekMode.REPLACE)),
        ):
            viewer = make.person(session, (Role.STAFF, node))
            actions.put(session, desk_of(viewer, node, NOW), WEEK, draft)
        member = Viewer("x", belongs=(Belonging(village.id, village.path, True),))
        parts = queries.weeks_seen(session, chain_of(member, root.id), WEEK, WEEK)[WEEK]
        assert [(p.node_id, p.lessons) for p in parts] == [(town.id, (second, first)), (root.id, ())]
        assert rules.leading(parts).theme == "县"
        away = Viewer("y", belongs=(Belonging(other.id, other.path, True),))
        [only] = queries.weeks_seen(session, chain_of(away, root.id), WEEK, WEEK)[WEEK]
        assert only.theme == "别处"
        assert queries.chain(session, Viewer()) == (root.id,)


def test_the_same_again_changes_nothing_and_of_two_at_once_the_second_sees_it(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        staff = make.person(session, (Role.STAFF, root))
        lessons = tuple(make.lesson(session, f"课{n}").id for n in range(3))
        desk = desk_of(staff, root, NOW)
        made = actions.put(session, desk, WEEK, Draft("题", lessons=lessons), 0)
        assert actions.put(session, desk, WEEK, Draft("题", lessons=lessons)).version == made.version == 1
        moved = actions.move_lesson(session, desk, WEEK, 3, lessons[2], up=True)
        assert moved.lessons == (lessons[0], lessons[2], lessons[1])
        with pytest.raises(Conflict, match="week_changed"):
            actions.put(session, desk, WEEK, Draft("别的题"), 1)
        with pytest.raises(Conflict, match="week_changed"):
            actions.take_lesson(session, desk, WEEK, 1, lessons[1])
        with pytest.raises(NotFound, match="lesson_gone"):
            actions.add_lesson(session, desk, WEEK, "nothere")
        with pytest.raises(Invalid, match="week_far"):
            actions.put(session, desk, WEEK.after(200), Draft("题"))

    def plan(n: int) -> int:
        with db.write() as session:
            node = make.root(session)
            return actions.put(session, desk_of(staff, node, NOW), WEEK.after(1), Draft(f"题{n}"), 0).version

    results = together([lambda n=n: plan(n) for n in range(3)])  # type: ignore[misc]
    assert sorted(map(str, results)) == ["1", "week_changed", "week_changed"]


def test_a_deleted_lesson_leaves_a_place_that_staff_can_clear(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        desk = desk_of(make.person(session, (Role.STAFF, root)), root, NOW)
        gone, stays = make.lesson(session, "要删"), make.lesson(session, "留下").id
        actions.put(session, desk, WEEK, Draft("题", lessons=(gone.id, stays)))
        catalog.delete_lesson(session, gone, NOW, None)
    with db.write() as session:
        found = queries.plan_of(session, desk.node_id, WEEK)
        assert found is not None
        assert found.lessons == (None, stays)
        words = actions.put_words(session, desk, WEEK, Draft("新题"), found.version)
        assert (words.theme, words.lessons) == ("新题", (None, stays))
        assert actions.take_lesson(session, desk, WEEK, 1, "").lessons == (stays,)


def test_copies_go_to_free_weeks_all_or_none_and_again_is_nothing(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        desk = desk_of(make.person(session, (Role.STAFF, root)), root, NOW)
        lesson = make.lesson(session).id
        at = datetime(2026, 12, 2, 19, 30, tzinfo=CHINA)
        actions.put(session, desk, WEEK, Draft("题", lessons=(lesson,), due_at=at))
        weeks = rules.repeated(WEEK, 2, Week(2027, 1))
        copies = actions.copy(session, desk, WEEK, weeks)
        assert [str(one.week) for one in copies] == ["2026-W51", "2026-W53"]
        assert copies[1].due_at == datetime(2026, 12, 30, 19, 30, tzinfo=CHINA)
        assert [one.version for one in actions.copy(session, desk, WEEK, weeks)] == [1, 1]
        actions.put(session, desk, Week(2026, 51), Draft("另一个题"))
        with pytest.raises(Conflict, match="2026-W51"):
            actions.copy(session, desk, WEEK, [Week(2026, 50), Week(2026, 51)])
        assert queries.plan_of(session, root.id, Week(2026, 50)) is None
        actions.remove(session, desk, Week(2026, 51), 2)
        assert queries.plan_of(session, root.id, Week(2026, 51)) is None


def test_a_closed_node_is_not_planned_and_what_is_out_keeps_its_moment(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        branch = organisation.add_named(session, root, "余村党支部", NOW)
        desk = desk_of(make.person(session, (Role.STAFF, root)), branch, NOW)
        actions.put(session, desk, WEEK, Draft("题"))
    release_all(db, lambda: NOW + timedelta(days=30))
    with db.write() as session:
        assert actions.put(session, desk, WEEK, Draft("改过的题")).theme == "改过的题"
        with pytest.raises(Conflict, match="week_released"):
            actions.put(session, desk, WEEK, Draft("题", due_at=datetime(2026, 12, 1, 9, tzinfo=CHINA)))
    with db.write() as session:
        organisation.close(session, session.get_one(Node, desk.node_id), NOW, None)
        with pytest.raises(Conflict, match="node_closed"):
            actions.put(session, desk, WEEK, Draft("题"))


def test_a_terms_list_is_brought_in_and_unchanged_the_second_time(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        desk = desk_of(make.person(session, (Role.STAFF, root)), root, NOW)
        one, two = make.lesson(session, "乡村振兴五句话").id, make.lesson(session, "《条例》要点：二十条").id
        make.lesson(session, "重名")
        make.lesson(session, "重名", state=LessonState.DRAFT)
        rows = [
            Row(2, "2026-W49", "主题一", "", f"乡村振兴五句话；{two}", release_at=""),
            Row(3, "2026-12-09", "主题二", "说明", "《条例》要点：二十条", release_at="周三 19:30"),
            Row(4, "2026-12-10", "主题三"),
            Row(5, "第五十周", "主题"),
            Row(6, "2026-W51", "主题四", lessons="重名"),
            Row(7, "2026-W52", "主题五", lessons="《乡村振兴五句话》、《没有的课》"),
            Row(8, "2026-W53", "", ""),
        ]
        done = importing.bring(session, desk, rows)
        assert [str(one.outcome) for one in done] == ["new", "new", *["wrong"] * 5]
        codes = [one.reason.code for one in done if one.reason is not None]
        assert codes == ["week_twice", "week_unreadable", "lesson_ambiguous", "lesson_unknown", "week_empty"]
        found = queries.plan_of(session, root.id, WEEK)
        assert found is not None
        assert found.lessons == (one, two)
        assert importing.counted(importing.bring(session, desk, rows[:2]))[Outcome.UNCHANGED] == 2
        again = importing.bring(session, desk, [Row(2, "2026-W49", lessons="《乡村振兴五句话》")])
        assert again[0].outcome is Outcome.CHANGED
        kept = queries.plan_of(session, root.id, WEEK)
        assert kept is not None
        assert (kept.theme, kept.lessons) == ("主题一", (one,))
