"""Declarations in the library: up two levels, sent back, chosen, stopped; quotas, blind, two at once."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.actions import Details
from library.catalog.permits import LessonState
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import NOBODY, Role, Viewer
from library.declaring import actions, queries, seen, settings
from library.declaring.actions import Given
from library.declaring.queries import Place, Wanted
from library.declaring.rules import AnswerKind, Check, Ending, LevelRule, Said, Setting
from library.declaring.states import State, Step
from library.declaring.tables import Declaration
from library.notices import queries as told
from library.notices.rules import Kind
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.review import actions as review
from library.versions import actions as versions
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

pytestmark = pytest.mark.dear(9)

ALL = Given(checked=None)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tree:
    """A county (the root) with a town and its branch, and who has to do with its lessons."""

    county: str
    town: str
    branch: str
    lecturer: Viewer
    of_town: Viewer
    of_county: Viewer
    second: Viewer
    member: Viewer


def plant(session: Session, *levels: LevelRule, quota: int = 0) -> Tree:
    """A tree in which the town and the county decide, unless `levels` says otherwise."""
    county = make.root(session)
    town = organisation.add_named(session, county, "天荒坪镇党委", NOW)
    branch = organisation.add_named(session, town, "余村党支部", NOW)
    tree = Tree(
        *(county.id, town.id, branch.id),
        lecturer=make.person(session, (Role.LECTURER, branch), name="王芳芳"),
        of_town=make.person(session, (Role.REVIEWER, town), name="镇审核"),
        of_county=make.person(session, (Role.REVIEWER, county), name="县审核"),
        second=make.person(session, (Role.REVIEWER, county), name="县二审"),
        member=make.person(session, (Role.MEMBER, branch)),
    )
    usual = (LevelRule(0, deciders=1, checklist=(Check.SECRECY,)), LevelRule(1, deciders=1))
    staff = make.person(session, (Role.STAFF, county))
    settings.put(session, staff, county.id, Setting(levels or usual, quota), NOW)
    return tree


def new_lesson(session: Session, tree: Tree, title: str = "王芳芳讲余村") -> str:
    """A draft of the tree's lecturer that plays."""
    made = make.lesson(
        session,
        title,
        owner=tree.lecturer,
        branch=session.get_one(Node, tree.branch),
        state=LessonState.DRAFT,
        lecturer="王芳芳",
        spoken=["同志们好", "余村的路"],
        clips=1,
    )
    return made.id


def test_a_lesson_goes_up_is_sent_back_once_and_is_chosen(db: Database) -> None:
    with db.write() as session:
        tree = plant(session)
        lesson = new_lesson(session, tree)
        with pytest.raises(Invalid, match="checklist_open"):
            actions.declare(session, tree.lecturer, lesson, NOW)
        with pytest.raises((NotFound, Forbidden)):
            actions.declare(session, tree.member, lesson, NOW, ALL)
    with db.write() as session:
        row = actions.declare(session, tree.lecturer, lesson, NOW, ALL)
        its = row.id
        for who in (tree.lecturer, tree.member):
            with pytest.raises((Forbidden, NotFound)):
                actions.take(session, who, its, Step.APPROVE, NOW, ALL)
        with pytest.raises(Invalid, match="return_why"):
            actions.take(session, tree.of_town, its, Step.RETURN, NOW)
    with db.write() as session:
        three = (Said("声音小", 3.0), Said("这句不准", cue_n=1), Said("请补来源"))
        actions.take(session, tree.of_town, its, Step.RETURN, NOW, Given(remarks=three))
        assert [one.kind for one in told.page(session, tree.lecturer).items] == [Kind.DECLARATION_RETURNED]
        found = seen.seen(session, tree.lecturer, queries.declaration(session, its), NOW)
        assert [(one.at_s, one.quote) for one in found.remarks] == [
            (3.0, "同志们好"),
            (10.0, "余村的路"),
            (None, ""),
        ]
        with pytest.raises(Conflict, match="remarks_open"):
            actions.declare(session, tree.lecturer, lesson, NOW, ALL)
    with db.write() as session:
        with pytest.raises(Invalid, match="empty"):
            actions.answer(session, tree.lecturer, its, 1, AnswerKind.ANSWERED, " ", NOW)
        with pytest.raises(Forbidden):
            actions.answer(session, tree.of_town, its, 1, AnswerKind.CHANGED, "", NOW)
        for n in (1, 2, 3):
            actions.answer(session, tree.lecturer, its, n, AnswerKind.CHANGED, "", NOW)
        again = actions.declare(session, tree.lecturer, lesson, NOW + DAY, ALL)
        assert (again.id, again.round, again.level_node_id) == (its, 2, tree.town)
        actions.take(session, tree.of_town, its, Step.APPROVE, NOW + DAY, ALL)
        assert queries.declaration(session, its).level_node_id == tree.county
        with pytest.raises(Forbidden):
            actions.take(session, tree.of_town, its, Step.APPROVE, NOW + DAY, ALL)
        assert catalog.lesson(session, lesson).state is LessonState.DRAFT
        with pytest.raises(Invalid, match="checklist_open"):
            actions.take(session, tree.of_county, its, Step.SELECT, NOW + DAY)
        actions.take(session, tree.of_county, its, Step.SELECT, NOW + DAY, ALL)
        found = seen.seen(session, tree.lecturer, queries.declaration(session, its), NOW)
        assert (found.line.state, found.chosen_by is not None) == (State.PUBLISHED, True)
        assert [one.step for one in found.history] == [
            *(Step.DECLARE, Step.RETURN, Step.DECLARE, Step.APPROVE, Step.SELECT),
        ]
        assert len(found.remarks) == 3, "what was remarked before stays visible"
        assert catalog.lesson(session, lesson).state is LessonState.PUBLISHED
    with db.write() as session:
        with pytest.raises(Invalid, match="empty"):
            actions.take(session, tree.of_town, its, Step.STOP, NOW)
        actions.take(session, tree.of_town, its, Step.STOP, NOW, Given(reason="有误"))
        assert catalog.lesson(session, lesson).state is LessonState.WITHDRAWN
        assert catalog.lesson(session, lesson).narrowed_at == NOW


def test_readers_read_beside_deciders_and_a_last_level_may_only_choose(db: Database) -> None:
    with db.write() as session:
        tree = plant(
            session, LevelRule(0, readers=1, deciders=1, ending=Ending.SELECT), LevelRule(1, readers=1)
        )
        lesson = new_lesson(session, tree)
        its = actions.declare(session, tree.lecturer, lesson, NOW, ALL).id
        with pytest.raises(Conflict, match="declaration_elsewhere"):
            actions.take(session, tree.of_town, its, Step.READ, NOW, Given(node_id=tree.county))
        actions.take(session, tree.of_town, its, Step.READ, NOW)
        with pytest.raises(Conflict, match="readings_missing"):
            actions.take(session, tree.of_county, its, Step.APPROVE, NOW, ALL)
        actions.take(session, tree.of_county, its, Step.READ, NOW)
        with pytest.raises(Conflict, match="already_read"):
            actions.take(session, tree.of_county, its, Step.READ, NOW)
        with pytest.raises(Conflict, match="read_not_decide"):
            actions.take(session, tree.of_county, its, Step.APPROVE, NOW, ALL)
        actions.take(session, tree.second, its, Step.APPROVE, NOW, ALL)
        row = queries.declaration(session, its)
        assert (row.state, row.chosen_at_node) == (State.SELECTED, tree.county)
        assert catalog.lesson(session, lesson).state is LessonState.DRAFT
        actions.take(session, tree.second, its, Step.PUBLISH, NOW)
        assert catalog.lesson(session, lesson).state is LessonState.PUBLISHED
        with pytest.raises(Conflict, match="declaration_state"):
            actions.take(session, tree.lecturer, its, Step.WITHDRAW, NOW)


def test_quotas_count_a_period_and_not_what_was_taken_back(db: Database) -> None:
    with db.write() as session:
        tree = plant(session, quota=2)
        lessons = [new_lesson(session, tree, f"第{n}课") for n in range(4)]
        first = actions.declare(session, tree.lecturer, lessons[0], NOW, ALL)
        actions.declare(session, tree.lecturer, lessons[1], NOW, ALL)
        with pytest.raises(Conflict, match="quota_full"):
            actions.declare(session, tree.lecturer, lessons[2], NOW, ALL)
        actions.take(session, tree.lecturer, first.id, Step.WITHDRAW, NOW)
        actions.declare(session, tree.lecturer, lessons[2], NOW, ALL)
        actions.declare(session, tree.lecturer, lessons[3], NOW + 93 * DAY, ALL)
        with pytest.raises(Conflict, match="already_declared"):
            actions.declare(session, tree.lecturer, lessons[2], NOW, ALL)


def test_a_blind_level_reads_no_name_anywhere_and_another_does(db: Database) -> None:
    with db.write() as session:
        tree = plant(session, LevelRule(0, deciders=2, blind=True), LevelRule(1, deciders=1))
        lesson = new_lesson(session, tree)
        its = actions.declare(session, tree.lecturer, lesson, NOW, Given("我是王芳芳", checked=None)).id
        row = queries.declaration(session, its)
        remark = Said("余村党支部这句好", cue_n=1)
        actions.take(session, tree.of_town, its, Step.APPROVE, NOW, Given(remarks=(remark,), checked=None))

        def read_by(viewer: Viewer) -> str:
            return repr(seen.seen(session, viewer, row, NOW)) + repr(seen.lines(session, viewer, [row], NOW))

        names = ("王芳芳", "余村党支部", "天荒坪镇党委", "镇审核", lesson, tree.branch)
        for who in (tree.of_county, tree.second):
            for name in names:
                if name != "镇审核":
                    assert name not in read_by(who), name
        assert {"王芳芳", "余村党支部"} & set(read_by(tree.of_town).split("'")), "the town knows its own"
        actions.take(session, tree.of_county, its, Step.APPROVE, NOW, ALL)
        for who in (tree.lecturer, tree.second):
            assert "县审核" not in read_by(who), "who decided at a blind level is nobody's business"
        assert "县审核" in read_by(tree.of_county)
        assert "王芳芳" in read_by(tree.lecturer)
        actions.take(session, tree.second, its, Step.APPROVE, NOW, ALL)
        assert "王芳芳" in read_by(tree.second), "what is published is known"


def test_of_two_who_decide_at_once_the_second_is_told(db: Database) -> None:
    with db.write() as session:
        tree = plant(session)
        lesson = new_lesson(session, tree)
        its = actions.declare(session, tree.lecturer, lesson, NOW, ALL).id
        actions.take(session, tree.of_town, its, Step.APPROVE, NOW, ALL)
        moves = queries.declaration(session, its).moves

    def decide(who: Viewer, step: Step) -> str:
        with db.write() as session:
            given = Given("不合适", checked=None, moves=moves)
            return str(actions.take(session, who, its, step, NOW, given).state)

    ended = together(
        [lambda: decide(tree.of_county, Step.APPROVE), lambda: decide(tree.second, Step.DECLINE)]
    )
    told = [one for one in ended if isinstance(one, Conflict)]
    assert [one.code for one in told] == ["declaration_moved"]
    with db.read() as session:
        state = queries.declaration(session, its).state
        assert str(state) in ended
        assert (catalog.lesson(session, lesson).state is LessonState.PUBLISHED) == (state is State.PUBLISHED)
        assert len(queries.steps_of(session, its)) == 3


def test_two_who_declare_at_once_declare_one_lesson_once(db: Database) -> None:
    with db.write() as session:
        tree = plant(session, quota=1)
        lessons = [new_lesson(session, tree) for _ in range(2)]

    def declare(lesson: str) -> str:
        with db.write() as session:
            return actions.declare(session, tree.lecturer, lesson, NOW, ALL).id

    ended = together([lambda one=one: declare(one) for one in (*lessons, lessons[0])])  # type: ignore[misc]
    assert sum(isinstance(one, str) for one in ended) == 1, ended
    assert {getattr(one, "code", "") for one in ended} - {""} <= {"quota_full", "already_declared"}


def test_the_queue_is_read_by_keys_over_several_nodes(db: Database) -> None:
    with db.write() as session:
        tree = plant(session)
        for n in range(7):
            its = actions.declare(session, tree.lecturer, new_lesson(session, tree), NOW + n * DAY, ALL)
            if n % 3 == 0:
                actions.take(session, tree.of_town, its.id, Step.APPROVE, NOW + n * DAY, ALL)
        both = (tree.town, tree.county)
        wanted, after, found = Wanted(both), None, list[Declaration]()
        for _ in range(9):
            rows, after = queries.queue(session, wanted, 2, after)
            found += rows
            if after is None:
                break
        assert len({one.id for one in found}) == len(found) == 7
        assert found == sorted(found, key=lambda one: (one.due_at, one.id))
        late = Wanted((tree.town,), late_at=NOW + 9 * DAY)
        assert queries.count_waiting(session, late) == len(queries.queue(session, late, 9)[0]) == 1
        assert [one.id for one in queries.desks_of(session, tree.of_town)] == [tree.town]
        assert queries.desks_held(tree.of_town) == 1
        for named in (tree.town, "天荒坪镇党委"):
            assert queries.desk_named(session, tree.of_county, named).id == tree.town
        with pytest.raises(Invalid, match="node_unknown"):
            queries.desk_named(session, tree.of_town, tree.county)
        organisation.close(session, session.get_one(Node, tree.branch), NOW, None)
        organisation.close(session, session.get_one(Node, tree.town), NOW, None)
        assert queries.desk_named(session, tree.of_county, "天荒坪镇党委").id == tree.town
        assert queries.queue(session, wanted, 9, Place(NOW + 99 * DAY, "z"))[0] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_walk_publishes_without_every_level_and_what_is_stopped_is_gone(db: Database, seed: int) -> None:
    """Whoever tries whatever: a lesson is out only after both levels approved it in its present round."""
    dice = random.Random(seed)
    with db.write() as session:
        tree = plant(session)
        lesson = new_lesson(session, tree)
    people = [getattr(tree, one.name) for one in fields(Tree) if one.type == "Viewer"]
    steps = [Step.APPROVE, Step.APPROVE, Step.APPROVE, *Step]
    its = ""
    for _ in range(60):
        who, step = dice.choice(people), dice.choice(steps)
        try:
            with db.write() as session:
                if step is Step.DECLARE:
                    its = actions.declare(session, who, lesson, NOW, ALL).id
                elif its and step is Step.ANSWER:
                    actions.answer(session, who, its, 1, AnswerKind.CHANGED, "", NOW)
                elif its and step is Step.REMARK:
                    actions.remark(session, who, its, Said("看一看", 1.0), NOW)
                elif its:
                    actions.take(session, who, its, step, NOW, Given("原因", checked=None))
        except WeikeError:
            pass
        with db.read() as session:
            out = catalog.lesson(session, lesson).state is LessonState.PUBLISHED
            assert out == bool(catalog.lessons_by_ids(session, NOBODY, [lesson]))
            if not its:
                continue
            row = queries.declaration(session, its)
            assert out == (row.state is State.PUBLISHED)
            history = [one for one in queries.steps_of(session, its) if one.round == row.round]
            approved = [one for one in history if one.step in (Step.APPROVE, Step.SELECT)]
            if out:
                assert {one.level for one in approved} >= {0, 1}
                assert not {one.person_id for one in approved} & {
                    tree.lecturer.person_id,
                    tree.member.person_id,
                }


def test_the_last_approval_publishes_what_waits_of_a_published_lesson(db: Database) -> None:
    with db.write() as session:
        tree = plant(session, LevelRule(0, deciders=1))
        lesson = new_lesson(session, tree)
        review.move(session, catalog.lesson(session, lesson), None, "", NOW)
        by, row = tree.lecturer.person_id, catalog.lesson(session, lesson)
        versions.edit(session, row, Details(title="改过的余村"), by, NOW)
        its = actions.declare(session, tree.lecturer, lesson, NOW, ALL).id
        assert catalog.lesson(session, lesson).title == "王芳芳讲余村"
        actions.take(session, tree.of_county, its, Step.APPROVE, NOW + DAY, ALL)
        assert catalog.lesson(session, lesson).title == "改过的余村"
