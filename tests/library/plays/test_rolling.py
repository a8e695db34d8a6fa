"""Days that are over: closed, rolled up, sealed, and nothing counted twice, whenever the process dies."""

from __future__ import annotations

import os
import signal
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from multiprocessing.pool import ThreadPool

import pytest
from sqlalchemy import event, func, select, text

from library.catalog import queries as catalog
from library.core.clock import local_day
from library.core.database import Database, open_database
from library.plays import actions, closing, statistics
from library.plays.crediting import Beat
from library.plays.figures import People, Span
from library.plays.rolling import Rolled
from library.plays.tables import CurveSum, Play, Seal, View, Watcher
from library.plays.verifying import verify
from tests.library.plays.province import (
    DAY,
    HOUR,
    MIDNIGHT,
    MONDAY,
    ROLLED,
    RULE,
    Province,
    rolls,
    rows_of,
    watch,
)
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.processes import FORKS
from tests.support.spreading import moments
from tests.support.together import together

pytestmark = pytest.mark.dear(15)

# ---------------------------------------------------------------------- the same figures


@pytest.mark.slow
def test_roll_ups_and_the_days_since_are_a_plain_count_of_the_ledger(
    db: Database, province: Province
) -> None:
    with db.read() as session:
        ledger = session.scalars(select(View)).all()
        watched = sum(session.scalars(select(Play.credited_s)))
    assert len(ledger) > 150
    before = province.figures()
    closed = 0
    for days in (1, 2, 5, 9):
        done = rolls(db, NOW + days * DAY).run()
        assert done.closed == done.sealed == [MONDAY + n * DAY for n in range(closed, days)]
        closed = days
        assert province.figures() == before
    ever = Span(None, MONDAY + 30 * DAY)
    with db.read() as session:
        its = statistics.overview(session, province.viewers[2], ever)
        lessons = [statistics.lesson_figures(session, lesson_id, ever) for lesson_id in province.lessons]
    kinds = Counter(view.kind for view in ledger)
    assert (its.total.member_views, its.total.visitor_views) == (kinds["member"], kinds["visitor"])
    assert its.total.screenings == kinds["group"]
    assert its.total.screened_people == sum(view.people for view in ledger if view.kind == "group")
    assert its.total.watched_s == pytest.approx(watched)
    for lesson in lessons:
        mine = [view for view in ledger if view.lesson_id == lesson.lesson_id]
        people_of = {kind: {v.viewer for v in mine if v.kind == kind} for kind in ("member", "visitor")}
        assert lesson.people == People(len(people_of["member"]), len(people_of["visitor"]))
        sources = Counter(view.source for view in mine if view.kind != "group")
        assert {its.source: its.views for its in lesson.sources} == sources
        days_of = Counter(view.day for view in mine if view.kind != "group")
        assert {d.day: d.figures.views for d in lesson.days if d.figures.views} == days_of
        by_clip = defaultdict(set)
        for view in mine:
            if view.kind == "member":
                by_clip[view.clip_id].add(view.viewer)
        assert all(clip.people.members == len(by_clip[clip.clip_id]) for clip in lesson.clips)
    assert verify(db).faults == ()


@pytest.mark.slow
def test_a_second_run_finds_nothing_to_do(db: Database, province: Province) -> None:
    rolls(db, NOW + 20 * DAY).run()
    before = rows_of(db, *ROLLED, Seal)
    assert rolls(db, NOW + 20 * DAY).run() == Rolled()
    assert rows_of(db, *ROLLED, Seal) == before


def test_before_anything_is_played_there_is_nothing_to_close(db: Database) -> None:
    assert rolls(db, NOW).run() == Rolled()
    assert verify(db).days == 0


@pytest.mark.slow
def test_a_day_is_closed_five_minutes_after_midnight(db: Database, clip: str) -> None:
    watch(db, clip, "p:one", MIDNIGHT - HOUR)
    assert rolls(db, MIDNIGHT + timedelta(seconds=299)).run().closed == []
    assert rolls(db, MIDNIGHT + timedelta(seconds=300)).run().closed == [MONDAY]


def test_a_curve_waits_until_its_plays_take_no_more_beats(db: Database, clip: str) -> None:
    play_id = watch(db, clip, "p:one", MIDNIGHT - HOUR, 20)
    assert rolls(db, MIDNIGHT + HOUR).run().curves == []
    with db.write() as session:
        late = MIDNIGHT + 22 * HOUR
        actions.credit_beats(session, [Beat(play_id, [(20, 60)], 1.0, late)], RULE)
    assert rows_of(db, CurveSum) == [[]]
    assert rolls(db, MIDNIGHT + 25 * HOUR).run().curves == [MONDAY]
    [[curve]] = rows_of(db, CurveSum)
    assert curve == (clip, MONDAY, 1.0, [1] * 60, 1)


# ---------------------------------------------------------------------- dying


def die_at(url: str, now: datetime, statement: int) -> None:
    """Run the job in this process, which dies without a word before one of its statements or commits."""
    db = open_database(url)
    seen = 0

    def count(*_args: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)
    rolls(db, now, keep_plays=2 * DAY).run()
    os._exit(0)


@pytest.mark.slow
def test_killed_at_every_statement_and_run_again_it_comes_to_the_same_sums(
    db: Database, province: Province, pytestconfig: pytest.Config
) -> None:
    before = province.figures()
    now = NOW + 5 * DAY
    url = db.engine.url.render_as_string(hide_password=False)
    killed = 0
    for statement in moments(pytestconfig):
        child = FORKS.Process(target=die_at, args=(url, now, statement))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        killed += 1
    assert killed > 5
    assert verify(db).faults == ()
    assert all(rows_of(db, *ROLLED))
    with db.read() as session:
        assert session.scalar(select(func.count()).where(Seal.link.is_not(None))) == 5
    assert province.figures() == before


@pytest.mark.slow
def test_two_that_roll_at_once_count_once(db: Database, province: Province) -> None:
    before = province.figures()
    results = together([lambda: rolls(db, NOW + 9 * DAY).run() for _ in range(3)])
    assert all(isinstance(result, Rolled) for result in results), results
    rolls(db, NOW + 9 * DAY).run()
    assert province.figures() == before
    assert verify(db).faults == ()


# ---------------------------------------------------------------------- late writers


def test_a_beat_of_a_closed_day_is_refused_and_sent_again_counts_on_the_present_one(
    db: Database, clip: str
) -> None:
    watch(db, clip, "p:one", MIDNIGHT - HOUR)
    with db.write() as session:
        its = actions.start(
            session, catalog.clip(session, clip), "p:two", MIDNIGHT - timedelta(seconds=30)
        ).id
    rolls(db, MIDNIGHT + timedelta(minutes=6)).run()
    straggler = Beat(its, [(0, 20)], 1.0, MIDNIGHT - timedelta(seconds=1))
    with db.write() as session, pytest.raises(closing.DayClosed):
        actions.credit_beats(session, [straggler], RULE)
    with db.write() as session:
        actions.credit_beats(session, [Beat(its, [(0, 20)], 1.0, MIDNIGHT + timedelta(minutes=7))], RULE)
    with db.read() as session:
        days = session.execute(select(View.viewer, View.day).order_by(View.viewer)).all()
    assert [tuple(row) for row in days] == [("p:one", MONDAY), ("p:two", MONDAY + DAY)]
    assert verify(db).faults == ()


@pytest.mark.postgres
def test_closing_waits_for_a_batch_that_is_on_its_way(postgres_db: Database) -> None:
    """The batch began before midnight and commits after the day is to be closed."""
    db = postgres_db
    with db.write() as session:
        clip = catalog.clip(session, make.lesson(session, clips=1).clips[0].id).id
    watch(db, clip, "p:one", MIDNIGHT - HOUR)
    with db.write() as session:
        its = actions.start(
            session, catalog.clip(session, clip), "p:two", MIDNIGHT - timedelta(seconds=30)
        ).id
    pool = ThreadPool(1)
    with pool, db.write() as session:
        straggler = Beat(its, [(0, 20)], 1.0, MIDNIGHT - timedelta(seconds=1))
        actions.credit_beats(session, [straggler], RULE)
        closer = pool.apply_async(rolls(db, MIDNIGHT + HOUR).run)
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        with db.engine.connect() as looking:
            while not looking.scalar(text(waiting)):
                assert not closer.ready()
                looking.rollback()
        session.commit()
        assert closer.get(30).sealed == [MONDAY]
    with db.read() as session:
        assert session.scalars(select(Seal.member_views)).all() == [2]
    assert verify(db).faults == ()


# ---------------------------------------------------------------------- what is not kept


@pytest.mark.slow
def test_old_plays_go_once_they_are_in_the_curves_and_the_figures_stay(
    db: Database, province: Province
) -> None:
    before = province.figures()
    done = rolls(db, NOW + 5 * DAY, keep_plays=DAY).run()
    assert done.plays_forgotten > 100
    with db.read() as session:
        oldest = session.scalars(select(func.min(Play.started_at))).one()
        left = session.scalars(select(Seal.day).where(Seal.curves_at.is_(None)).order_by(Seal.day)).all()
    assert local_day(oldest) == left[0]
    assert province.figures() == before
    assert rolls(db, NOW + 5 * DAY, keep_plays=DAY).run().plays_forgotten == 0


def test_no_play_goes_that_may_still_earn(db: Database, clip: str) -> None:
    watch(db, clip, "p:one", MIDNIGHT - HOUR)
    assert rolls(db, MIDNIGHT + HOUR, keep_plays=timedelta()).run().plays_forgotten == 0


@pytest.mark.slow
def test_what_somebody_saw_is_forgotten_after_the_last_time(db: Database, clip: str) -> None:
    watch(db, clip, "p:one", NOW)
    watch(db, clip, "p:two", NOW)
    watch(db, clip, "p:two", NOW + 40 * DAY)
    done = rolls(db, NOW + 50 * DAY, keep_watchers=30 * DAY).run()
    assert done.watchers_forgotten == 1
    with db.read() as session:
        assert session.scalars(select(Watcher.viewer)).all() == ["p:two"]
        assert session.scalar(select(func.count()).select_from(View)) == 3
