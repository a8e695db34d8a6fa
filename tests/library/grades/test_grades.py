"""A month of one town against figures worked out by hand; freezing, appeals, differences; both databases."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.permits import MemberState, Role
from library.erasing import erase
from library.evidence import actions as evidence
from library.evidence.rules import Source
from library.grades import actions, facts, judging, queries, rules, ruling, years
from library.grades.examples import BASE_SIXTY, DAILY_AND_APPRAISAL, REVIEW
from library.grades.rules import AppealState, PeriodState
from library.grades.tables import Grade, Item, Period, Rules, Waiver
from library.notices.rules import Kind
from library.notices.tables import Notice
from tests.library.grades import making
from tests.library.grades.making import MONTH, NOW, TOWN
from tests.support import factories as make


@pytest.mark.slow
def test_the_month_of_a_town_is_what_was_worked_out_by_hand(db: Database) -> None:
    with db.write() as session:
        town = making.town(session)
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        by_name = {row[0]: row for row in TOWN["people"]}
        for name in ("赵四", "钱五", "吴八", "韩己"):
            row = by_name[name]
            n = row[1] - 1
            actions.enter(
                session,
                town.secretaries[n],
                town.branches[n].id,
                MONTH,
                town.people[name],
                "日常表现",
                rules.read_cents(str(row[9]), "points"),
                "支部委员会讨论",
                NOW,
            )
        nodes = [town.branches[2], town.branches[0], town.branches[1]]
        done = actions.propose_all(session, town.staff, nodes, MONTH, NOW)
        assert [one.people for one in done] == [8, 9, 9]
        periods = [queries.period_of(session, one.id, MONTH) for one in town.branches]
        rows = queries.holding(session, [one.id for one in periods if one])
        assert {(one.name, rules.shown(one.grade.score), one.grade.band) for one in rows} == {
            (row[0], f"{row[10]:g}", row[11]) for row in TOWN["people"]
        }
        # The same again proposes the same, and nothing is other.
        before = {one.grade.person_id: (one.grade.facts, one.grade.lines) for one in rows}
        actions.propose_all(session, town.staff, nodes, MONTH, NOW)
        session.expire_all()
        after = queries.holding(session, [one.id for one in periods if one])
        assert before == {one.grade.person_id: (one.grade.facts, one.grade.lines) for one in after}
        assert queries.differences(session, town.branches, MONTH, NOW) == []
        # Each figure says where it comes from.
        found = facts.origins(session, town.people["李二"], date(2026, 10, 1), date(2026, 10, 31), NOW)
        assert [one.fact for one in found].count("absent") == 1
        assert [one.fact for one in found].count("excused") == 1
        assert [one.fact for one in found].count("self_studied") == 2
        # Two branches freeze; the third gives too many the best grade, and says why it gives one another.
        for n in (0, 1):
            period = periods[n]
            assert period is not None
            quota = TOWN["quotas"][str(n + 1)]
            bands = [one.grade.band for one in queries.holding(session, [period.id])]
            assert [(one.most, one.there) for one in rules.quotas(_ruled(session, period), bands)] == [
                tuple(quota)
            ]
            actions.freeze(session, town.secretaries[n], period.id, period.version, NOW)
        third = periods[2]
        assert third is not None
        with pytest.raises(Conflict, match="grades_quota"):
            actions.freeze(session, town.secretaries[2], third.id, None, NOW)
        one = next(row for row in queries.holding(session, [third.id]) if row.name == "孔巳")
        with pytest.raises(Invalid, match="grades_reason"):
            actions.decide(session, town.secretaries[2], one.grade.id, "良", "", NOW)
        with pytest.raises(Forbidden, match="grades_own"):
            actions.decide(session, _as(one.grade.person_id, town), one.grade.id, "良", "自己", NOW)
        actions.decide(session, town.secretaries[2], one.grade.id, "良", "两次迟到，支部讨论决定", NOW)
        actions.propose(
            session, town.secretaries[2], town.branches[2].id, MONTH, NOW
        )  # what was decided stays
        actions.freeze(session, town.secretaries[2], third.id, None, NOW)
        kept = next(row for row in queries.holding(session, [third.id]) if row.name == "孔巳")
        assert (kept.grade.proposed, kept.grade.band, kept.grade.reason) == (
            "优",
            "良",
            "两次迟到，支部讨论决定",
        )
        told = session.scalars(select(Notice.person_id).where(Notice.kind == Kind.GRADE_DECIDED)).all()
        assert sorted(told) == sorted(town.people.values())
        # The year: the mean of what is frozen.
        row = years.year_rules(session, town.branches[0], "2026")
        assert row is not None
        [year] = years.year_rows(
            session, [(town.people["李二"], "李二")], queries.read(row), "2026", rules.months_of(2026)
        )
        assert (year.score, year.band, year.months.count(None)) == (7150, "一般", 11)


@pytest.mark.slow
def test_a_year_may_begin_in_december(db) -> None:  # type: ignore[no-untyped-def]
    with db.write() as session:
        town = making.place(session)
        from_december = {**BASE_SIXTY, "year": {"starts": 12, "months_percent": 100}}
        members, period = _frozen(session, town, from_december)
        node = town.branches[0]
        assert period.period == "2026-10"
        assert years.months(session, node, "2026")[0] == "2025-12"
        assert years.months(session, node, "2026")[-1] == "2026-11"
        days = (date(2026, 11, 30), date(2026, 12, 1), date(2027, 11, 30))
        assert [years.year_of(session, node, one) for one in days] == ["2026", "2027", "2027"]
        row = years.year_rules(session, node, "2026")
        assert row is not None
        ruled, months = queries.read(row), years.months(session, node, "2026")
        people = [(str(members[0].person_id), "甲")]
        [year] = years.year_rows(session, people, ruled, "2026", months)
        assert [one is not None for one in year.months] == [one == "2026-10" for one in months]
        [other] = years.year_rows(session, people, ruled, "2027", years.months(session, node, "2027"))
        assert other.months == (None,) * 12


def _ruled(session, period):  # type: ignore[no-untyped-def]
    return queries.read(session.get_one(Rules, period.rules_id))


def _as(person_id, town):  # type: ignore[no-untyped-def]
    """A secretary of the third branch who is this person."""
    head = town.secretaries[2]
    return type(head)(person_id, head.name, head.grants, head.belongs, head.groups)


def _frozen(session, town, document=BASE_SIXTY):  # type: ignore[no-untyped-def]
    """A branch with three people whose October is frozen; returns the people and the period."""
    people = [making.member(session, town.branches[0], name) for name in ("甲", "乙", "丙")]
    ids = [str(one.person_id) for one in people]
    making.gathering(session, town.branches[0], date(2026, 10, 12), [(one, "P") for one in ids])
    making.rules(session, town.staff, town.town, document)
    actions.propose(session, town.secretaries[0], town.branches[0].id, MONTH, NOW)
    period = queries.period_of(session, town.branches[0].id, MONTH)
    actions.freeze(session, town.secretaries[0], period.id, period.version, NOW)
    return people, period


def test_what_is_frozen_stays_and_what_comes_later_is_a_difference(db: Database) -> None:
    with db.write() as session:
        town = making.place(session)
        people, period = _frozen(session, town)
        node, head = town.branches[0], town.secretaries[0]
        first = str(people[0].person_id)
        later = NOW + timedelta(days=2)
        source = making.did(session, first, node, "practice", date(2026, 10, 19), later)
        [other] = queries.differences(session, [node], MONTH, later)
        assert (other.name, dict(other.facts), other.score) == ("甲", {"practised": (0, 1)}, (7000, 7300))
        old = next(row.grade for row in queries.holding(session, [period.id]) if row.name == "甲")
        assert old.score == 7000
        seen = facts.origins(session, first, date(2026, 10, 1), date(2026, 10, 31), period.asked_at)
        assert [one.later for one in seen] == [False, True]
        with pytest.raises(Conflict, match="grades_frozen"):
            actions.propose(session, head, node.id, MONTH, later)
        with pytest.raises(Conflict, match="grades_frozen"):
            actions.decide(session, head, old.id, "良", "改", later)
        with pytest.raises(Conflict, match="grades_frozen"):
            actions.enter(session, head, node.id, MONTH, first, "日常表现", 100, "补", later)
        # A member appeals; the secretary is told, and decides anew beside the old decision.
        appeal = judging.appeal(session, people[0], old.id, "十月九日的实践没有算上。", later)
        with pytest.raises(Conflict, match="grades_appealed"):
            judging.appeal(session, people[0], old.id, "再说一次", later)
        with pytest.raises(NotFound):
            judging.appeal(session, people[1], old.id, "替他说", later)
        assert (
            head.person_id
            in session.scalars(select(Notice.person_id).where(Notice.kind == Kind.GRADE_APPEALED)).all()
        )
        with pytest.raises(NotFound):
            judging.correct(session, town.secretaries[1], old.id, "良", "不是我的支部", later)
        new = judging.correct(session, head, old.id, "良", "补记一次实践，支部同意", later)
        assert (new.n, new.score, new.band, old.band) == (2, 7300, "良", "一般")
        assert (appeal.state, appeal.corrected_id) == (AppealState.CORRECTED, new.id)
        assert [one.n for one in queries.grade_for(session, people[0], new.id).all_] == [1, 2]
        assert queries.differences(session, [node], MONTH, later) == []
        with pytest.raises(Conflict, match="grades_superseded"):
            judging.correct(session, head, old.id, "优", "再改", later)
        # What is taken back from the ledger shows too, and reversing brings back exactly.
        evidence.say(session, Source.PRACTICE, source, [], later)
        [back] = queries.differences(session, [node], MONTH, later)
        assert back.score == (7300, 7000)
        told = session.scalars(select(AuditEntry.details).where(AuditEntry.deed == Deed.GRADES)).all()
        assert {"frozen", "appealed", "corrected", "rules_in_force"} <= {one["what"] for one in told}
        upheld = next(row.grade for row in queries.holding(session, [period.id]) if row.name == "乙")
        upheld_id = upheld.id
        asked = judging.appeal(session, people[1], upheld.id, "我觉得应该是良。", later)
        judging.uphold(session, head, asked.id, "依据规则，七十分。", later)
        assert asked.state is AppealState.UPHELD
        # Whoever is erased leaves figures and no words.
        erase(session, first, None)
        session.expire_all()
        left = session.scalars(
            select(Grade).where(Grade.period_id == period.id, Grade.person_id.is_(None))
        ).all()
        assert sorted((one.score, one.reason) for one in left) == [(7000, ""), (7300, "")]
    for change in (
        update(Grade).where(Grade.id == upheld_id).values(score=1),
        update(Grade).where(Grade.id == upheld_id).values(band="优"),
    ):
        with pytest.raises(DBAPIError, match="frozen grade"), db.write() as session:
            session.execute(change)


def test_who_moved_is_graded_once_and_a_running_month_is_not_frozen(db: Database) -> None:
    with db.write() as session:
        town = making.place(session)
        one, two = town.branches[0], town.branches[1]
        mover = making.member(session, one, "搬家的人")
        person_id = str(mover.person_id)
        stays = making.member(session, one, "留下的人")
        making.member(session, one, "群众", MemberState.MASSES)
        making.gathering(session, one, date(2026, 10, 5), [(person_id, "P"), (str(stays.person_id), "A")])
        row = session.query(making.Membership).filter_by(person_id=person_id).one()
        row.until = date(2026, 10, 20)
        session.flush()
        session.add(
            making.Membership(
                id=making.new_id(),
                person_id=person_id,
                node_id=two.id,
                kind=making.MembershipKind.HOME,
                state=MemberState.FULL,
                since=date(2026, 10, 20),
                noted_at=NOW,
            )
        )
        session.flush()
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        done = actions.propose_all(session, town.staff, [one, two], MONTH, NOW)
        assert [found.people for found in done] == [1, 1]
        period = queries.period_of(session, two.id, MONTH)
        assert period is not None
        [moved] = queries.holding(session, [period.id])
        assert (moved.name, moved.grade.facts) == (
            "搬家的人",
            {"attended.gathered": 1, "due.gathered": 1, "present.gathered": 1},
        )
        assert facts.others(session, one.id, date(2026, 10, 31)) == 1
        actions.freeze(session, town.secretaries[1], period.id, None, NOW)
        # Told afterwards that they never moved: the first branch does not grade them a second time.
        session.delete(session.query(making.Membership).filter_by(person_id=person_id, node_id=two.id).one())
        session.flush()
        row.until = None
        session.flush()
        again = actions.propose(session, town.secretaries[0], one.id, MONTH, NOW)
        assert (again.people, again.elsewhere) == (1, ("搬家的人",))
        [gone] = queries.differences(session, [two], MONTH, NOW)
        assert gone.went
        running = datetime(2026, 10, 20, 4, tzinfo=NOW.tzinfo)
        actions.propose(session, town.secretaries[0], one.id, MONTH, running)
        open_ = queries.period_of(session, one.id, MONTH)
        assert open_ is not None
        with pytest.raises(Conflict, match="grades_running"):
            actions.freeze(session, town.secretaries[0], open_.id, None, running)
        with pytest.raises(Conflict, match="grades_future"):
            actions.propose(session, town.secretaries[0], one.id, "2027-05", NOW)
        # The ledger learns more between proposal and freezing: it is proposed anew first.
        making.did(session, str(stays.person_id), one, "practice", date(2026, 10, 8), NOW)
        with pytest.raises(Conflict, match="grades_stale"):
            actions.freeze(session, town.secretaries[0], open_.id, None, NOW)


@pytest.mark.slow
def test_an_appraisal_is_waited_for_and_a_review_is_decided_by_people(db: Database) -> None:
    with db.write() as session:
        town = making.place(session)
        node, head = town.branches[0], town.secretaries[0]
        want = TOWN["appraised"]
        one = making.member(session, node, "甲")
        probationer = making.member(session, node, "预备的人", MemberState.PROBATIONARY)
        person_id = str(one.person_id)
        marks = "PPPA"
        for k, mark in enumerate(marks):
            making.gathering(session, node, date(2026, 10, 5 + k), [(person_id, mark)])
        for what, count in (("self", want["self_studied"]), ("practice", want["practised"])):
            for _ in range(count):
                making.did(session, person_id, node, what, date(2026, 10, 9), NOW)
        making.rules(session, town.staff, town.town, DAILY_AND_APPRAISAL)
        actions.enter(session, head, node.id, MONTH, person_id, "思想汇报", 800, "十月八日交来一份", NOW)
        done = actions.propose(session, head, node.id, MONTH, NOW)
        assert done.lacking == 2
        period = queries.period_of(session, node.id, MONTH)
        assert period is not None
        with pytest.raises(Conflict, match="grades_undecided"):
            actions.freeze(session, head, period.id, None, NOW)
        for points, code in ((100_01, "grades_points_range"), (-1, "grades_points_range")):
            with pytest.raises(Invalid, match=code):
                actions.enter(session, head, node.id, MONTH, person_id, "民主测评", points, "会上测评", NOW)
        with pytest.raises(Invalid, match="grades_item_unknown"):
            actions.enter(session, head, node.id, MONTH, person_id, "登录", 1, "随便", NOW)
        with pytest.raises(Invalid, match="grades_burden"):
            actions.enter(session, head, node.id, MONTH, person_id, "民主测评", 8500, "本月登录三十次", NOW)
        actions.enter(session, head, node.id, MONTH, person_id, "民主测评", 8400, "会上测评", NOW)
        actions.enter(session, head, node.id, MONTH, person_id, "民主测评", 8500, "更正：抄错", NOW)
        items = session.scalars(select(Item).where(Item.name == "民主测评")).all()
        assert sorted((item.cents, item.ended_at is None) for item in items) == [(8400, False), (8500, True)]
        actions.propose(session, head, node.id, MONTH, NOW)
        found = next(row.grade for row in queries.holding(session, [period.id]) if row.name == "甲")
        assert (rules.shown(found.daily), rules.shown(found.score), found.band) == ("70.5", "76.3", "良")
        # 民主评议: people decide, a third at most, probationers without a grade.
        making.rules(session, town.staff, town.town, REVIEW)
        others = [making.member(session, node, f"党员{n}") for n in range(2)]
        actions.propose(session, head, node.id, "2026", NOW)
        review = queries.period_of(session, node.id, "2026")
        assert review is not None
        rows = {row.name: row.grade for row in queries.holding(session, [review.id])}
        assert (rows["预备的人"].without, rows["甲"].band) == (True, None)
        with pytest.raises(Conflict, match="grades_without"):
            actions.decide(session, head, rows["预备的人"].id, "合格", "", NOW)
        with pytest.raises(Invalid, match="grades_band_unknown"):
            actions.decide(session, head, rows["甲"].id, "第一名", "", NOW)
        for name, band in (("甲", "优秀"), ("党员0", "优秀"), ("党员1", "合格")):
            actions.decide(session, head, rows[name].id, band, "", NOW)
        with pytest.raises(Conflict, match="grades_quota"):
            actions.freeze(session, head, review.id, None, NOW)
        actions.decide(session, head, rows["党员0"].id, "合格", "", NOW)
        actions.freeze(session, head, review.id, None, NOW)
        assert review.state is PeriodState.FROZEN
        assert queries.own_grades(session, probationer)[0][0].without
        assert len(others) == 2


@pytest.mark.slow
def test_rules_are_tried_before_they_apply_and_waived_points_are_written_down(db: Database) -> None:
    with db.write() as session:
        town = making.place(session)
        admin = make.person(session, (Role.ADMIN, town.town))
        node, head = town.branches[0], town.secretaries[0]
        who = making.member(session, node, "甲")
        making.did(session, str(who.person_id), node, "practice", date(2026, 10, 9), NOW)
        with pytest.raises(Conflict, match="grades_no_rules"):
            actions.propose(session, head, node.id, MONTH, NOW)
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        # A branch's own rule set goes before that of the town, from its month on.
        own = json.loads(json.dumps(BASE_SIXTY)) | {"name": "本支部的办法", "base": 70}
        draft = ruling.make(session, head, node.id, json.dumps(own), "2026-11", NOW)
        [tried] = queries.try_rules(session, queries.read(draft), [node], MONTH, NOW)
        assert tried.before is not None
        assert (tried.before.score, tried.after.score, tried.other) == (7300, 8300, True)
        with pytest.raises(Conflict, match="grades_rules_untried"):
            ruling.put_in_force(session, head, draft.id, draft.changes, NOW)
        ruling.tried(session, head, draft.id, NOW)
        ruling.change(session, head, draft.id, json.dumps(own | {"base": 71}), "2026-11", draft.changes)
        with pytest.raises(Conflict, match="grades_rules_untried"):
            ruling.put_in_force(session, head, draft.id, draft.changes, NOW)
        ruling.tried(session, head, draft.id, NOW)
        ruling.put_in_force(session, head, draft.id, draft.changes, NOW)
        with pytest.raises(Conflict, match="grades_rules_fixed"):
            ruling.change(session, head, draft.id, json.dumps(own), "2026-11")
        assert queries.needed(session, node, "2026-10").name == "基础分 60 分，按实际加减"
        assert queries.needed(session, node, "2026-11").name == "本支部的办法"
        back = ruling.make(session, head, node.id, json.dumps(own), "2026-09", NOW)
        ruling.tried(session, head, back.id, NOW)
        with pytest.raises(Conflict, match="grades_rules_late"):
            ruling.put_in_force(session, head, back.id, back.changes, NOW)
        # 减负: refused, then waived by an administrator with a basis, and ended when it holds again.
        logins = own | {"terms": [{"kind": "entered", "name": "登录天数", "least": 0, "most": 5}]}
        with pytest.raises(Invalid, match="grades_burden"):
            ruling.make(session, head, node.id, json.dumps(logins), "2026-12", NOW)
        for viewer in (head, town.staff):
            with pytest.raises(Forbidden):
                ruling.waive(session, viewer, node.id, "sign_ins", "县委办〔2026〕1 号文件", NOW)
        with pytest.raises(Invalid, match="grades_basis"):
            ruling.waive(session, admin, town.town.id, "sign_ins", "有依据", NOW)
        waiver = ruling.waive(session, admin, town.town.id, "sign_ins", "县委办〔2026〕1 号文件第三条", NOW)
        row = ruling.make(session, head, node.id, json.dumps(logins), "2026-12", NOW)
        ruling.tried(session, head, row.id, NOW)
        ruling.put_in_force(session, head, row.id, row.changes, NOW)
        ruling.unwaive(session, admin, town.town.id, waiver.id, NOW)
        assert session.get_one(Rules, row.id).state is rules.RulesState.ENDED
        told = session.scalars(select(AuditEntry.details).where(AuditEntry.deed == Deed.GRADES_WAIVER)).all()
        assert sorted((one["what"], one["point"]) for one in told) == [
            ("off", "sign_ins"),
            ("on", "sign_ins"),
        ]
        assert session.scalars(select(Waiver.basis)).one() == "县委办〔2026〕1 号文件第三条"
        assert session.scalars(select(Period)).all() == []


def _draft(session, viewer, node, valid_from, document=BASE_SIXTY):  # type: ignore[no-untyped-def]
    """A rule set that was tried and is not in force."""
    row = ruling.make(session, viewer, node.id, json.dumps(document), valid_from, NOW)
    ruling.tried(session, viewer, row.id, NOW)
    return row


@pytest.mark.slow
def test_rules_do_not_reach_back_over_what_others_held_though_these_were_ended(db: Database) -> None:
    with db.write() as session:
        town = making.place(session)
        node, head = town.branches[0], town.secretaries[0]
        making.member(session, node, "甲")

        def refused(row: Rules, viewer=head) -> None:  # type: ignore[no-untyped-def]
            with pytest.raises(Conflict, match="grades_rules_late"):
                ruling.put_in_force(session, viewer, row.id, row.changes, NOW)

        # A draft that was tried and given up held nowhere; nor does what is to come.
        given_up = _draft(session, head, node, "2026-08")
        ruling.end(session, head, given_up.id, given_up.changes, NOW)
        coming = _draft(session, head, node, "2027-02")
        ruling.put_in_force(session, head, coming.id, coming.changes, NOW)
        own = _draft(session, head, node, "2026-10")
        ruling.put_in_force(session, head, own.id, own.changes, NOW)
        # What is ended held until then.
        ruling.end(session, head, own.id, own.changes, NOW)
        for first in ("2026-08", "2026-10", "2026-11"):
            refused(_draft(session, head, node, first))
        this = _draft(session, head, node, "2026-12")
        ruling.put_in_force(session, head, this.id, this.changes, NOW)

        # From above: months that were proposed by the town's rules are the town's.
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        other, its_head = town.branches[1], town.secretaries[1]
        making.member(session, other, "乙")
        actions.propose(session, its_head, other.id, MONTH, NOW)
        refused(_draft(session, its_head, other, MONTH), its_head)
        later = _draft(session, its_head, other, "2026-11")
        ruling.put_in_force(session, its_head, later.id, later.changes, NOW)
        # And a review's rules do not change what a year that is over was reviewed by.
        making.rules(session, town.staff, town.town, REVIEW, "2025-01")
        again = _draft(session, town.staff, town.town, "2025-06", REVIEW)
        refused(again, town.staff)
        within = _draft(session, town.staff, town.town, "2026-06", REVIEW)
        ruling.put_in_force(session, town.staff, within.id, within.changes, NOW)
