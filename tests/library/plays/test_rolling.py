"""Days that are over: closed, rolled up, sealed, and nothing counted twice, whenever the process dies."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from library.catalog import queries as catalog
from library.core.clock import local_day
from library.core.database import Database, open_database, sqlite_file
from library.core.errors import Invalid
from library.core.permits import Role
from library.organisation import actions as organisation
from library.plays import actions, closing, queries, sealing, statistics
from library.plays.comparing import Difference
from library.plays.crediting import Beat
from library.plays.figures import LessonFigures, Overview, People, Proof, Span
from library.plays.rolling import Rolled, Rolls
from library.plays.rules import Source, ViewRule
from library.plays.tables import (
    BranchDay,
    ClipSum,
    CurveSum,
    DaySum,
    LessonDay,
    LessonSum,
    Play,
    Seal,
    View,
    Watcher,
)
from library.plays.verifying import Fault, What, verify
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.processes import FORKS
from tests.support.together import together

RULE = ViewRule()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime.fromisoformat("2026-11-24T00:00:00+08:00")  # after Monday
ROLLED = (LessonDay, BranchDay, LessonSum, ClipSum, CurveSum)


def rolls(db: Database, now: datetime, **more: Any) -> Rolls:
    its = {"keep_plays": 400 * DAY, "keep_watchers": 800 * DAY, **more}
    return Rolls(db=db, clock=lambda: now, late_h=RULE.late_h, **its)


def watch(db: Database, clip_id: str, viewer: str, at: datetime, seconds: float = 10, **more: Any) -> str:
    """Watch a clip from its beginning; ended `at`."""
    with db.write() as session:
        clip = catalog.clip(session, clip_id)
        its = actions.start(session, clip, viewer, at - timedelta(seconds=seconds), **more).id
        actions.credit_beats(session, [Beat(its, [(0, seconds)], 1.0, at)], RULE)
    return its


@pytest.fixture
def clip(db: Database) -> str:
    with db.write() as session:
        return make.lesson(session, clips=1).clips[0].id


class Province:
    """Lessons of two branches and a few hundred random plays over six days."""

    def __init__(self, db: Database) -> None:
        self.db, dice = db, random.Random(5)
        with db.write() as session:
            root = make.root(session)
            east, west = (organisation.add_branch(session, root, name, NOW) for name in ("东县", "西县"))
            lecturer = make.person(session, (Role.LECTURER, east))
            self.viewers = [lecturer, make.person(session, (Role.STAFF, west))]
            self.viewers.append(make.person(session, (Role.ADMIN, root)))
            lessons = [
                make.lesson(session, "甲", clips=2, owner=lecturer, branch=east),
                make.lesson(session, "乙", clips=3, branch=west),
            ]
            self.lessons = [lesson.id for lesson in lessons]
            clips = [clip.id for lesson in lessons for clip in lesson.clips]
            branches = [east.id, west.id, None]
            self.branches = [east.id, west.id, ""]
            plays = []
            for _ in range(300):
                began = NOW + timedelta(seconds=dice.randrange(6 * 86_400))
                number = dice.randrange(25)
                viewer = f"{dice.choice('pppvvg')}:{number}"
                its = actions.start(
                    session,
                    catalog.clip(session, dice.choice(clips)),
                    viewer,
                    began,
                    source=dice.choice(list(Source)),
                    people=dice.randrange(2, 50) if viewer[0] == "g" else 1,
                    branch_id=branches[number % 3] if viewer[0] != "v" else None,
                )
                plays.append((began, its.id))
            catalog.clip(session, clips[0]).n = None  # replaced
        beats = []
        for began, play_id in plays:
            for _ in range(dice.randrange(4)):
                start, lasts = dice.uniform(0, 50), dice.uniform(1, 40)
                later = timedelta(seconds=dice.choice([40, 90, 600, 40_000, 80_000]))
                beats.append(Beat(play_id, [(start, min(60.0, start + lasts))], 1.5, began + later))
        beats.sort(key=lambda its: its.at)
        with db.write() as session:
            for _, its in groupby(beats, key=lambda beat: local_day(beat.at)):
                actions.credit_beats(session, list(its), RULE)

    def spans(self) -> Iterator[Span]:
        for first in (None, MONDAY - DAY, MONDAY + 2 * DAY):
            for days in (0, 3, 9):
                yield Span(first, MONDAY + days * DAY)

    def figures(self) -> list[LessonFigures | Overview | object]:
        """All that anybody can read, without the proof, which becomes longer."""
        found: list[LessonFigures | Overview | object] = []
        with self.db.read() as session:
            for span in self.spans():
                for lesson_id in self.lessons:
                    its = statistics.lesson_figures(session, lesson_id, span)
                    found.append(replace(its, proof=Proof()))
                for viewer in self.viewers:
                    seen = statistics.overview(session, viewer, span)
                    found.append(replace(seen, proof=Proof()))
            found.append(queries.lesson_views(session, self.lessons))
            found.append(queries.clip_views(session, *self.lessons))
            found.append([queries.people_of_days(session, lesson_id) for lesson_id in self.lessons])
            found.append([queries.most_watched(session, viewer, 9) for viewer in self.viewers])
        return found


Kept = list[tuple[sqlite3.Connection, Province]]


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """The province as it was made first, kept in memory: to make it takes a second, to copy it nothing."""
    made: Kept = []
    yield made
    for memory, _ in made:
        memory.close()


@pytest.fixture
def province(db: Database, kept: Kept) -> Province:
    """The province in a database of the test's own."""
    file = sqlite_file(str(db.engine.url))
    if file is None:
        return Province(db)
    with contextlib.closing(sqlite3.connect(file)) as its:
        if not kept:
            kept.append((sqlite3.connect(":memory:"), Province(db)))
            its.backup(kept[0][0])
            return kept[0][1]
        memory, first = kept[0]
        memory.backup(its)
    again = copy(first)
    again.db = db
    return again


def rows_of(db: Database, *tables: Any) -> list[list[Any]]:
    with db.read() as session:
        return [
            [
                tuple(row)
                for row in session.execute(select(table.__table__).order_by(*table.__table__.primary_key))
            ]
            for table in tables
        ]


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


def test_a_second_run_finds_nothing_to_do(db: Database, province: Province) -> None:
    rolls(db, NOW + 20 * DAY).run()
    before = rows_of(db, *ROLLED, Seal)
    assert rolls(db, NOW + 20 * DAY).run() == Rolled()
    assert rows_of(db, *ROLLED, Seal) == before


def test_before_anything_is_played_there_is_nothing_to_close(db: Database) -> None:
    assert rolls(db, NOW).run() == Rolled()
    assert verify(db).days == 0


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
    db: Database, province: Province
) -> None:
    before = province.figures()
    now = NOW + 5 * DAY
    url = db.engine.url.render_as_string(hide_password=False)
    statement, killed = 1, 0
    while True:
        child = FORKS.Process(target=die_at, args=(url, now, statement))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        statement, killed = statement + 1, killed + 1
    assert killed > 20
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


# ---------------------------------------------------------------------- seals


@pytest.fixture
def sealed(db: Database, clip: str) -> Database:
    """Four sealed days: three views, none, one, one screening."""
    for viewer, days in (("p:one", 0), ("p:two", 0), ("v:three", 0), ("p:one", 2)):
        watch(db, clip, viewer, NOW + days * DAY)
    watch(db, clip, "g:four", NOW + 3 * DAY, people=12)
    rolls(db, NOW + 4 * DAY).run()
    return db


def faults(db: Database) -> list[tuple[int | None, What]]:
    """What is wrong with which day, None for all time."""
    return [(fault.day and (fault.day - MONDAY).days, fault.what) for fault in verify(db).faults]


def test_the_form_of_a_seal_never_changes() -> None:
    """Written down: what was printed once must stay comparable."""
    view = sealing.Sealed(
        "0" * 16, "1" * 16, "2" * 16, "3" * 16, "member", 1, None, "feed", NOW, "p:06h0zzzzzzzzzzzz"
    )
    assert sealing.line(view) == (
        "0000000000000000\t1111111111111111\t2222222222222222\t3333333333333333\tmember\t1\t\tfeed\t"
        "2026-11-23T09:30:00.000000Z\tx:498423dedca6441552d17e3c41c8dcf0576248\n"
    )
    digest = sealing.DayDigest()
    digest.add(view)
    assert digest.digest == "65905ad82d620db5addf00906bcc4ee96771d7d20f7dc6a094f685f82b028d5f"
    link = sealing.link(sealing.GENESIS, MONDAY, 1, 0, 0, digest.digest)
    assert link == "e2c10af83357ba8d68352f7cdc88714aad600caefb5b925ece2fe824bc0575d7"


def test_days_without_views_are_links_too(sealed: Database) -> None:
    verdict = verify(sealed)
    assert (verdict.days, verdict.faults, verdict.through) == (4, (), MONDAY + 3 * DAY)
    with sealed.read() as session:
        rows = session.scalars(select(Seal).order_by(Seal.day)).all()
        assert [(r.member_views, r.visitor_views, r.group_views) for r in rows] == [
            (2, 1, 0),
            (0, 0, 0),
            (1, 0, 0),
            (0, 0, 1),
        ]
        assert len({row.link for row in rows}) == 4
        assert statistics.proof(session) == Proof(MONDAY + 3 * DAY, rows[-1].link)


def test_a_printed_seal_is_found_again(sealed: Database) -> None:
    with sealed.read() as session:
        links = session.scalars(select(Seal.link).order_by(Seal.day)).all()
    assert verify(sealed, seal=links[1]).seal_day == MONDAY + DAY
    assert verify(sealed, seal=f" {str(links[2])[:16].upper()} ").seal_day == MONDAY + 2 * DAY
    assert verify(sealed, seal=f"{str(links[2])[:16]}…").seal_day == MONDAY + 2 * DAY
    assert verify(sealed, seal="0" * 64).seal_day is None


@pytest.mark.parametrize("wrong", ["", "abcd", "0" * 15, "0" * 65, "g" * 16, "校验码"])
def test_what_is_no_seal_accuses_nobody(sealed: Database, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        verify(sealed, seal=wrong)
    assert refused.value.code == "bad_seal"


def an_added_view(db: Database, day: date, at: datetime) -> None:
    with db.write() as session:
        old = session.scalars(select(View).where(View.kind == "member")).first()
        assert old is not None
        values = {c.key: getattr(old, c.key) for c in View.__table__.columns}
        session.add(View(**{**values, "id": "z" * 16, "play_id": "z" * 16, "day": day, "at": at}))


def tamper(statement: Any) -> Callable[[Database], None]:
    def act(db: Database) -> None:
        with db.write() as session:
            session.execute(statement)

    return act


OF = {n: MONDAY + n * DAY for n in range(-3, 5)}


def sealing_of(day: date, **values: Any) -> Callable[[Database], None]:
    return tamper(update(Seal).where(Seal.day == day).values(**values))


FORGERIES: dict[str, tuple[Callable[[Database], None], list[tuple[int | None, str]]]] = {
    "a row deleted": (
        tamper(delete(View).where(View.viewer == "v:three")),
        [(0, "views_missing"), (0, "sums_differ")],
    ),
    "a row added": (
        lambda db: an_added_view(db, OF[1], NOW + DAY),
        [(1, "views_added"), (1, "sums_differ")],
    ),
    "a row added before the chain begins": (
        lambda db: an_added_view(db, OF[-2], NOW - 2 * DAY),
        [(-2, "views_added")],
    ),
    "people raised": (
        tamper(update(View).where(View.kind == "group").values(people=400)),
        [(3, "views_changed"), (3, "sums_differ")],
    ),
    "moved to another day": (
        tamper(update(View).where(View.day == OF[2]).values(day=OF[1])),
        [(1, "views_added"), (1, "sums_differ"), (2, "views_missing"), (2, "sums_differ")],
    ),
    "another hour": (
        tamper(update(View).where(View.day == OF[2]).values(at=NOW + 2 * DAY + HOUR)),
        [(2, "views_changed")],
    ),
    "another viewer": (
        tamper(update(View).where(View.viewer == "v:three").values(viewer="v:other")),
        [(0, "views_changed")],
    ),
    "another branch": (
        tamper(update(View).where(View.viewer == "p:two").values(branch_id="b")),
        [(0, "views_changed"), (0, "sums_differ")],
    ),
    "a sum raised": (
        tamper(update(DaySum).where(DaySum.day == OF[2]).values(member_views=900)),
        [(2, "sums_differ"), (2, "roll_up_differs")],
    ),
    "hours raised": (
        tamper(update(DaySum).where(DaySum.day == OF[2]).values(watched_s=9e9)),
        [(2, "roll_up_differs")],
    ),
    "a roll-up raised": (
        tamper(update(LessonDay).where(LessonDay.day == OF[2]).values(member_views=900)),
        [(2, "roll_up_differs")],
    ),
    "sources raised": (
        tamper(update(LessonDay).where(LessonDay.day == OF[2]).values(from_qr=LessonDay.from_qr + 700)),
        [(2, "roll_up_differs")],
    ),
    "new viewers of a day raised": (
        tamper(update(LessonDay).where(LessonDay.day == OF[0]).values(new_visitors=700)),
        [(0, "roll_up_differs")],
    ),
    "a branch's roll-up raised": (
        tamper(update(BranchDay).where(BranchDay.day == OF[0]).values(completes=900)),
        [(0, "roll_up_differs")],
    ),
    "people of all days raised": (
        tamper(update(LessonSum).values(members=900)),
        [(None, "total_differs")],
    ),
    "hours of all days raised": (
        tamper(update(LessonSum).values(watched_s=9e9)),
        [(None, "total_differs")],
    ),
    "a clip raised": (tamper(update(ClipSum).values(member_views=900)), [(None, "total_differs")]),
    "people of a clip raised": (tamper(update(ClipSum).values(visitors=900)), [(None, "total_differs")]),
    "a seal's count": (
        sealing_of(OF[1], member_views=5),
        [(1, "seal_changed"), (1, "views_missing")],
    ),
    "a seal's digest": (
        sealing_of(OF[1], digest="0" * 64),
        [(1, "seal_changed"), (1, "views_changed")],
    ),
    "a seal's link": (sealing_of(OF[1], link="0" * 64), [(1, "seal_changed"), (2, "seal_changed")]),
    "a seal deleted": (tamper(delete(Seal).where(Seal.day == OF[1])), [(1, "day_missing")]),
    "a seal of a day with views deleted": (
        tamper(delete(Seal).where(Seal.day == OF[2])),
        [(2, "seal_missing")],
    ),
    "the first seal deleted": (
        tamper(delete(Seal).where(Seal.day == OF[0])),
        [(0, "seal_missing"), (1, "seal_changed")],
    ),
    "the last seal deleted": (
        tamper(delete(Seal).where(Seal.day == OF[3])),
        [(3, "seal_missing")],
    ),
    "all seals deleted": (
        tamper(delete(Seal)),
        [(n, "seal_missing") for n in (0, 2, 3)],
    ),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_tampering_is_found_and_named(sealed: Database, how: str) -> None:
    act, expected = FORGERIES[how]
    assert faults(sealed) == []
    act(sealed)
    assert faults(sealed) == expected


@pytest.mark.parametrize("number", ["member_views", "visitor_views", "group_views", "group_people"])
def test_a_false_number_of_a_day_that_is_still_open_is_found(sealed: Database, number: str) -> None:
    today = MONDAY + 4 * DAY
    with sealed.read() as session:
        clip_id = str(session.scalar(select(Play.clip_id).limit(1)))
    watch(sealed, clip_id, "p:today", MIDNIGHT + 3 * DAY + HOUR)
    assert faults(sealed) == []
    tamper(update(DaySum).where(DaySum.day == today).values({number: 700}))(sealed)
    [fault] = verify(sealed).faults
    assert (fault.day, fault.what) == (today, What.SUMS_DIFFER)
    row = fault.row
    assert row is not None
    assert (row.of, row.id, row.number, row.found) == ("clip", clip_id, number, 700)
    assert row.expected == (1 if number == "member_views" else 0)


def test_a_seal_that_is_gone_is_told_also_of_the_one_day(sealed: Database) -> None:
    tamper(delete(Seal).where(Seal.day == OF[3]))(sealed)
    assert verify(sealed, day=OF[3]).faults == (Fault(OF[3], What.SEAL_MISSING),)
    assert verify(sealed, day=OF[0]).faults == ()


def test_a_day_whose_seal_was_deleted_is_not_sealed_a_second_time(sealed: Database) -> None:
    before = rows_of(sealed, *ROLLED)
    tamper(delete(Seal).where(Seal.day == OF[3]))(sealed)
    with pytest.raises(IntegrityError):
        rolls(sealed, NOW + 4 * DAY).run()
    assert rows_of(sealed, *ROLLED) == before
    assert faults(sealed) == [(3, "seal_missing")]


def test_a_night_that_was_missed_is_told_once_there_was_time_for_it(sealed: Database) -> None:
    with sealed.read() as session:
        clip_id = str(session.scalar(select(Play.clip_id).limit(1)))
    midnight = MIDNIGHT + 4 * DAY
    watch(sealed, clip_id, "p:late", midnight - HOUR)
    assert verify(sealed, now=midnight + HOUR).faults == ()
    assert verify(sealed, now=midnight + 2 * HOUR).faults == (Fault(OF[4], What.NOT_SEALED),)
    rolls(sealed, midnight + 2 * HOUR).run()
    assert verify(sealed, now=midnight + 2 * HOUR).faults == ()


def test_a_false_source_is_named_with_its_lesson_and_what_it_should_be(sealed: Database) -> None:
    tamper(update(LessonDay).values(from_qr=LessonDay.from_qr + 700))(sealed)
    found = verify(sealed).faults
    assert [fault.day for fault in found] == [OF[0], OF[2], OF[3]]
    with sealed.read() as session:
        lesson_id = session.scalar(select(LessonDay.lesson_id).limit(1))
    assert found[0].row == Difference("lesson", str(lesson_id), "from_qr", 0, 700, 1)


def test_a_curve_of_more_plays_than_there_were_is_found_while_the_plays_are_there(
    db: Database, province: Province
) -> None:
    now, keep = NOW + 5 * DAY, 400 * DAY
    rolls(db, now).run()
    assert verify(db, now=now, keep_plays=keep).faults == ()
    tamper(update(CurveSum).values(of=500))(db)
    [fault] = verify(db, now=now, keep_plays=keep).faults
    assert (fault.day, fault.what) == (None, What.CURVE_DIFFERS)
    assert fault.row is not None
    assert (fault.row.number, fault.row.found) == ("of", 500)
    assert verify(db, now=now, keep_plays=2 * DAY).faults == (), "plays may be gone: nothing can be said"


def test_curves_of_plays_that_were_taken_away_accuse_nobody(db: Database, province: Province) -> None:
    now = NOW + 5 * DAY
    assert rolls(db, now, keep_plays=2 * DAY).run().plays_forgotten
    assert verify(db, now=now, keep_plays=2 * DAY).faults == ()


def test_one_day_is_verified_by_itself(sealed: Database) -> None:
    tamper(delete(View).where(View.viewer == "v:three"))(sealed)
    assert [f.what for f in verify(sealed, day=MONDAY).faults] == [What.VIEWS_MISSING, What.SUMS_DIFFER]
    missing, sums = verify(sealed, day=MONDAY).faults
    assert missing == Fault(MONDAY, What.VIEWS_MISSING, 3, 2)
    assert sums.row is not None
    assert (sums.row.of, sums.row.number, sums.row.expected, sums.row.found) == (
        "clip",
        "visitor_views",
        0,
        1,
    )
    assert verify(sealed, day=MONDAY + 2 * DAY).faults == ()


def test_a_chain_forged_from_the_beginning_is_told_by_a_seal_that_was_printed(sealed: Database) -> None:
    """Whoever owns the database can seal a lie; what they cannot do is seal it with the old number."""
    with sealed.read() as session:
        printed = session.scalars(select(Seal.link).order_by(Seal.day.desc())).first()
    with sealed.write() as session:
        session.execute(update(View).where(View.kind == "group").values(people=400))
        session.execute(update(DaySum).where(DaySum.group_people > 0).values(group_people=400))
        for table in (*ROLLED, Seal):
            session.execute(delete(table))
    rolls(sealed, NOW + 4 * DAY).run()
    forged = verify(sealed, seal=printed)
    assert forged.faults == ()
    assert forged.seal_day is None


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


def test_what_somebody_saw_is_forgotten_after_the_last_time(db: Database, clip: str) -> None:
    watch(db, clip, "p:one", NOW)
    watch(db, clip, "p:two", NOW)
    watch(db, clip, "p:two", NOW + 40 * DAY)
    done = rolls(db, NOW + 50 * DAY, keep_watchers=30 * DAY).run()
    assert done.watchers_forgotten == 1
    with db.read() as session:
        assert session.scalars(select(Watcher.viewer)).all() == ["p:two"]
        assert session.scalar(select(func.count()).select_from(View)) == 3
