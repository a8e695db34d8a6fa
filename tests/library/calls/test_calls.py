"""Calls on both databases: who, quotas with two at once, judging, honours, looks, and who is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from library.calls import actions, entering, honouring, judging, looking, queries
from library.calls.awarding import Prize
from library.calls.demands import Bars, Demanded, Point, Verdict
from library.calls.rules import Stage, StageAction
from library.calls.tables import Certificate, Entry, Look, LookState
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from library.core.permits import NOBODY, Role
from library.erasing import erase
from library.works import honours as works
from library.works import queries as works_queries
from library.works.rules import HonourLevel, Shown
from library.works.tables import Honour
from tests.library.calls import making
from tests.library.calls.making import DEMANDS
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together
from transcode.pictures.black_bars import Edges

LATER = NOW + timedelta(days=12)


def test_a_call_is_for_those_below_and_kept_by_the_staff_above(db: Database) -> None:
    with db.write() as session:
        town = making.town(session)
        beside = making.town(session)
        call = actions.make(session, town.staff, town.town.id, making.draft(), NOW)
        for viewer in (town.lecturer, beside.lecturer, beside.staff):
            with pytest.raises(NotFound):
                queries.call_for(session, viewer, call.id)
        with pytest.raises(NotFound):
            actions.make(session, town.lecturer, town.villages[0].id, making.draft(), NOW)
        actions.move(session, town.staff, call.id, 1, StageAction.OPEN, NOW)
        assert queries.call_for(session, town.lecturer, call.id).stage is Stage.OPEN
        assert [one.id for one in queries.calls_page(session, town.lecturer).items] == [call.id]
        assert queries.calls_page(session, beside.lecturer).total == 0
        with pytest.raises(Forbidden):
            queries.call_for(session, town.lecturer, call.id, keep=True)
        with pytest.raises(SignInNeeded):
            queries.call_for(session, NOBODY, call.id)
        outside = make.person(session, (Role.MEMBER, beside.villages[0]), name="外请专家")
        actions.invite(session, town.staff, call.id, "外请专家", NOW)
        assert [one.id for one in queries.calls_page(session, outside).items] == [call.id]
        with pytest.raises(Invalid, match="judge_unknown"):
            actions.invite(session, town.staff, call.id, "没有这个人", NOW)
        with pytest.raises(Conflict, match="call_changed"):
            actions.change(session, town.staff, call.id, 1, making.draft(title="改"), NOW)
        assert actions.change(session, town.staff, call.id, 2, making.draft(title="改"), NOW).title == "改"


def test_of_two_at_once_one_gets_the_last_place_of_a_unit(db: Database) -> None:
    with db.write() as session:
        town = making.town(session)
        call_id, village_id = making.opened(session, town, quota=1).id, town.villages[0].id
        lessons = [making.work(session, town.villages[0], town.lecturer, f"课{n}").id for n in range(2)]
        other = making.work(session, town.villages[1], None).id

    def put(lesson_id: str) -> str:
        with db.write() as session:
            return entering.enter(session, town.lecturer, call_id, lesson_id, "lecture", NOW).id

    done = together([lambda one=one: put(one) for one in lessons])  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "str"], done
    [refused] = [one for one in done if isinstance(one, Conflict)]
    assert refused.code == "call_quota_full"
    with db.write() as session:  # another unit has places of its own
        entering.enter(session, town.staff, call_id, other, "lecture", NOW)
    with db.read() as session:
        [first] = session.scalars(select(Entry).where(Entry.lesson_id.in_(lessons)))
        unit = first.unit_id
        assert unit == village_id
    # Whoever goes past the rules: the database itself has no second place, and no second time.
    for lesson_id, slot in ((next(one for one in lessons if one != first.lesson_id), 1), (other, 2)):
        columns = {
            "category": "x",
            "unit_id": unit,
            "report": [],
            "prize": "",
            "entered_at": NOW,
            "title": "x",
        }
        row = {"id": lesson_id, "call_id": call_id, "n": 9, "lesson_id": lesson_id, "slot": slot, **columns}
        with db.write() as session, pytest.raises(IntegrityError):
            session.execute(insert(Entry).values(row))
    with db.write() as session:
        entering.take_back(session, town.lecturer, call_id, first.n, NOW)
        left = next(one for one in lessons if one != first.lesson_id)
        again = entering.enter(session, town.lecturer, call_id, left, "lecture", NOW)
        assert (again.slot, again.n) == (1, 3)
        assert entering.enter(session, town.lecturer, call_id, left, "film", NOW).id == again.id
        with pytest.raises(Conflict, match="call_over"):
            entering.take_back(session, town.lecturer, call_id, again.n, LATER)


def test_what_is_refused_before_it_is_entered(db: Database) -> None:
    with db.write() as session:
        town, beside = making.town(session), making.town(session)
        call = making.opened(session, town)
        low = making.work(session, town.villages[0], town.lecturer, lines=720, lufs=-23.0)
        lines = {one.point: one.verdict for one in queries.report_of(session, call, low)}
        assert lines == {
            Point.DURATION: Verdict.OK,
            Point.HEIGHT: Verdict.FAILS,
            Point.LOUDNESS: Verdict.FAILS,
        }
        with pytest.raises(Conflict, match="demands_missed"):
            entering.enter(session, town.lecturer, call.id, low.id, "lecture", NOW)
        making.filmed(session, low, lines=1080, lufs=-23.0)
        with pytest.raises(Invalid, match="call_category"):
            entering.enter(session, town.lecturer, call.id, low.id, "自己想的", NOW)
        with pytest.raises(Conflict, match="call_over"):
            entering.enter(session, town.lecturer, call.id, low.id, "lecture", LATER)
        kept = entering.enter(session, town.lecturer, call.id, low.id, "lecture", NOW)
        assert [one.verdict for one in entering.read(kept.report)] == [Verdict.OK, Verdict.OK, Verdict.FAILS]
        foreign = making.work(session, beside.villages[0], town.lecturer)
        with pytest.raises(Invalid, match="entry_outside"):
            entering.enter(session, town.lecturer, call.id, foreign.id, "lecture", NOW)
        others = making.work(session, town.villages[1], None)
        with pytest.raises(Forbidden):
            entering.enter(session, town.lecturer, call.id, others.id, "lecture", NOW)
        silent = make.lesson(session, owner=town.lecturer, branch=town.villages[0])
        with pytest.raises(Invalid, match="entry_plays_nothing"):
            entering.enter(session, town.lecturer, call.id, silent.id, "lecture", NOW)


def test_edges_are_asked_for_once_taken_by_one_worker_and_kept(db: Database) -> None:
    from dataclasses import replace

    with db.write() as session:
        town = making.town(session)
        call_id = making.opened(session, town, demands=replace(DEMANDS, bars=Demanded.MUST)).id
        lesson = making.work(session, town.villages[0], town.lecturer)
        lesson_id = lesson.id
        call = queries.call_for(session, town.lecturer, call_id)
        assert queries.report_of(session, call, lesson)[-2].verdict is Verdict.UNKNOWN

    def ask() -> str:
        with db.write() as session:
            return entering.ask_to_look(session, town.lecturer, call_id, lesson_id, NOW).id

    ask()
    ask()
    with db.write() as session:
        [row] = session.scalars(select(Look))
        recording_id = row.recording_id
        call = queries.call_for(session, town.lecturer, call_id)
        lesson = session.get_one(Lesson, lesson_id)
        assert Verdict.CHECKING in [one.verdict for one in queries.report_of(session, call, lesson)]
        with pytest.raises(Conflict, match="demand_checking"):
            entering.enter(session, town.lecturer, call_id, lesson_id, "lecture", NOW)

    def take() -> bool:
        with db.write() as session:
            return looking._take(session, recording_id, NOW)

    assert sorted(together([take, take, take])) == [False, False, True]  # type: ignore[type-var]
    # The worker that took it was killed: another takes it up, and not for ever.
    for tries in (1, 2, 3):
        later = NOW + tries * 2 * looking.TAKEN_FOR
        with db.write() as session:
            assert looking._take(session, recording_id, later) == (tries < looking.MOST_TRIES)
    with db.write() as session:
        assert session.get_one(Look, recording_id).state is LookState.FAILED
    ask()
    with db.write() as session:
        assert session.get_one(Look, recording_id).state is LookState.WAITING
        looking.note(session, recording_id, Edges(0.125, 0.125, 0.0, 0.0))
        session.expire_all()
        call = queries.call_for(session, town.lecturer, call_id)
        lesson = session.get_one(Lesson, lesson_id)
        known = queries.known_of(session, lesson)
        assert (known.bars, known.looking) == (Bars(0.125, 0.125, 0.0, 0.0), False)
        with pytest.raises(Conflict, match="demands_missed"):
            entering.enter(session, town.lecturer, call_id, lesson_id, "lecture", NOW)


def test_judged_published_honoured_once_and_taken_back(db: Database) -> None:
    with db.write() as session:
        town = making.town(session, villages=3)
        call = making.opened(session, town)
        call_id, body = call.id, town.town.name
        lessons = [
            making.work(session, at, town.lecturer if n == 0 else None, f"作品{n}").id
            for n, at in enumerate(town.villages)
        ]
        for one in lessons:
            entering.enter(session, town.staff, call_id, one, "lecture", NOW)
        judges = [make.person(session, (Role.MEMBER, town.town), name=f"评委{n}{call_id}") for n in range(3)]
        for one in (*judges, town.lecturer):
            actions.invite(session, town.staff, call_id, one.name, NOW)
        with pytest.raises(Conflict, match="call_not_judging"):
            judging.score(session, judges[0], call_id, 1, [90, 80], "", NOW)
        actions.move(session, town.staff, call_id, None, StageAction.JUDGE, NOW)
        given = {1: (90, 80), 2: (80, 95), 3: (80, 95)}
        for judge in judges:
            for n, points in given.items():
                judging.score(session, judge, call_id, n, points, "讲得清楚", NOW)
        with pytest.raises(Forbidden, match="judge_has_stake"):
            judging.score(session, town.lecturer, call_id, 1, [100, 100], "", NOW)
        with pytest.raises(Forbidden, match="not_a_judge"):
            judging.score(session, town.staff, call_id, 1, [100, 100], "", NOW)
        for wrong in ([90], [101, 1], [None, 1], [-1, 1]):
            with pytest.raises(Invalid):
                judging.score(session, judges[0], call_id, 1, wrong, "", NOW)
        with pytest.raises(Conflict, match="scores_missing"):
            judging.hand_in(session, town.lecturer, call_id, NOW)
        with pytest.raises(Conflict, match="call_nobody_handed_in"):
            actions.move(session, town.staff, call_id, None, StageAction.PUBLISH, NOW)
        assert all(one.combined is None for one in queries.result(session, call).order)
        for judge in judges:
            judging.hand_in(session, judge, call_id, NOW)
        with pytest.raises(Conflict, match="scores_handed_in"):
            judging.score(session, judges[0], call_id, 1, [1, 1], "", NOW)
        result = queries.result(session, call)
        assert [(one.rank, one.tied, str(one.combined and one.combined.shown)) for one in result.order] == [
            (1, True, "86.00"),
            (1, True, "86.00"),
            (1, True, "86.00"),
        ]
        assert (result.judges_in, result.judges_out) == (3, 1)
        # One is given back, and scores otherwise.
        mine = queries.judge_of(session, call_id, judges[0])
        assert mine is not None
        actions.give_back(session, town.staff, call_id, mine.id, NOW)
        judging.score(session, judges[0], call_id, 1, [93, 80], "", NOW)
        judging.hand_in(session, judges[0], call_id, NOW)
        with pytest.raises(Conflict, match="call_not_told"):
            honouring.grant(session, town.staff, call_id, [Prize("一等奖", 1)], HonourLevel.TOWN, NOW)
        actions.move(session, town.staff, call_id, None, StageAction.PUBLISH, NOW)
        [best, *_rest] = queries.result(session, call).order
        assert (best.rank, str(best.combined and best.combined.shown)) == (1, "86.60")

    prizes = [Prize("一等奖", 1), Prize("二等奖", 1)]

    def grant() -> int:
        with db.write() as session:
            return honouring.grant(session, town.staff, call_id, prizes, HonourLevel.TOWN, NOW).new

    # Two at once, and again: each work is honoured once. The tie gets the second prize whole.
    assert sorted(together([grant, grant])) == [0, 3]  # type: ignore[type-var]
    assert grant() == 0
    with db.write() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 3
        for n, prize in enumerate(("一等奖", "二等奖", "二等奖")):
            [[one]] = works_queries.honours(session, [lessons[n]]).values()
            assert (one.award, one.level, one.body) == (
                f"“微党课征集”{prize}",
                HonourLevel.TOWN,
                body,
            )
        with pytest.raises(Conflict, match="honours_differ"):
            honouring.grant(session, town.staff, call_id, [Prize("一等奖", 3)], HonourLevel.TOWN, NOW)
        with pytest.raises(Conflict, match="call_has_honours"):
            actions.move(session, town.staff, call_id, None, StageAction.RETRACT, NOW)
    with db.write() as session:
        codes = {one.title: one.code for one in session.scalars(select(Certificate))}
        honouring.withdraw(session, town.staff, call_id, 1, NOW)
        assert not queries.certificate(session, codes["作品0"]).valid
        shown = select(func.count()).where(Honour.standing == Shown.SHOWN)
        assert session.scalar(shown) == 2
        # The honour is taken from the work elsewhere: the certificate knows it too.
        [honour] = session.scalars(select(Honour).where(Honour.lesson_id == lessons[1]))
        works.take_back(session, town.staff, lessons[1], honour.id, NOW)
        session.expire_all()
        assert not queries.certificate(session, codes["作品1"]).valid
        assert queries.certificate(session, codes["作品2"]).valid
    assert grant() == 2  # what was taken back can be given anew, with another code
    with db.write() as session:
        erase(session, str(judges[1].person_id), None)
        session.expire_all()
        [best, *_rest] = queries.result(session, queries.held(session, call_id)).order
        assert str(best.combined and best.combined.shown) == "86.60", "figures stay, whoever is gone"
