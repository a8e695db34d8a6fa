"""Plays become views: once per viewer, clip and window, whoever reports at the same moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from library.catalog import queries as catalog
from library.catalog.permits import Audience, LessonState
from library.core.database import Database
from library.plays import actions, queries
from library.plays.crediting import Beat, Credited
from library.plays.figures import People, Span
from library.plays.rules import Source, ViewRule, Why
from library.plays.statistics import lesson_figures
from library.plays.tables import DaySum, Play, View, Watcher
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

pytestmark = [pytest.mark.dear(13), pytest.mark.slow]

RULE = ViewRule()
EVER = Span(None, date(2027, 12, 31))
WINDOW = timedelta(minutes=RULE.window_min)
Ranges = Sequence[tuple[float, float]]


@pytest.fixture
def clip(db: Database) -> str:
    """The id of a clip of a minute."""
    with db.write() as session:
        return make.lesson(session, clips=1).clips[0].id


def play(
    db: Database,
    clip_id: str,
    viewer: str = "p:one",
    at: timedelta = timedelta(),
    branch: str | None = None,
    people: int = 1,
) -> str:
    with db.write() as session:
        clip = catalog.clip(session, clip_id)
        return actions.start(session, clip, viewer, NOW + at, node_id=branch, people=people).id


def beats(
    db: Database,
    reported: Sequence[tuple[str, Ranges]],
    after: timedelta,
    rule: ViewRule = RULE,
    rate: float = 1.0,
) -> list[Credited | None]:
    """What comes of several beats in one transaction."""
    with db.write() as session:
        return actions.credit_beats(
            session, [Beat(play_id, ranges, rate, NOW + after) for play_id, ranges in reported], rule
        )


def beat(db: Database, play_id: str, ranges: Ranges, after: timedelta, rate: float = 1.0) -> Credited:
    [credited] = beats(db, [(play_id, ranges)], after, rate=rate)
    assert credited is not None
    return credited


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def views(db: Database) -> int:
    """The rows of the ledger, checked against the sums that pages read and against the plays."""
    with db.read() as session:
        rows = session.scalars(select(View)).all()
        days = session.scalars(select(DaySum)).all()
        for kind in ("member", "visitor", "group"):
            its = [view for view in rows if view.kind == kind]
            assert sum(getattr(day, f"{kind}_views") for day in days) == len(its)
        assert sum(d.group_people for d in days) == sum(v.people for v in rows if v.kind == "group")
        plays = session.scalars(select(Play)).all()
        assert sum(d.watched_s for d in days) == pytest.approx(sum(p.credited_s for p in plays))
        assert all(p.credited_s == pytest.approx(sum(b - a for a, b in p.ranges)) for p in plays)
        assert {v.play_id for v in rows} <= {p.id for p in plays if p.counted}
        return len(rows)


def told(credited: Credited) -> tuple[float, bool, bool]:
    return credited.credited_s, credited.counted, credited.view


def test_a_play_counts_once_when_it_has_been_played_long_enough(db: Database, clip: str) -> None:
    its = play(db, clip)
    assert told(beat(db, its, [(0, 9.9)], s(9.9))) == (9.9, False, False)
    assert views(db) == 0
    assert told(beat(db, its, [(9.9, 10)], s(10))) == (10, True, True)
    assert views(db) == 1
    assert told(beat(db, its, [(10, 50)], s(50))) == (50, True, False)
    assert views(db) == 1


@pytest.mark.parametrize("state", [LessonState.DRAFT, LessonState.WITHDRAWN])
def test_looking_over_a_lesson_that_is_not_published_earns_nothing(db: Database, state: LessonState) -> None:
    with db.write() as session:
        clip = make.lesson(session, clips=1, state=state).clips[0].id
    credited = beat(db, play(db, clip), [(0, 30)], s(30))
    assert told(credited) == (0, False, False)
    assert (credited.cut_s, credited.why) == (30, Why.UNPUBLISHED)
    assert views(db) == 0


def test_the_same_beat_again_changes_nothing(db: Database, clip: str) -> None:
    its = play(db, clip)
    first = beat(db, its, [(0, 12.3456)], s(20))
    assert first.view
    for _ in range(3):
        again = beat(db, its, [(0, 12.3456)], s(20))
        assert told(again) == (first.credited_s, True, False)
    assert beats(db, [(its, [(0, 12.3456)])] * 5, s(20)) == [again] * 5
    with db.read() as session:
        assert session.scalars(select(DaySum.watched_s)).all() == [first.credited_s] == [12.346]
    assert views(db) == 1


def test_crumbs_are_not_kept(db: Database, clip: str) -> None:
    its = play(db, clip)
    beat(db, its, [(k * 0.3, k * 0.3 + 0.01) for k in range(200)], s(3600))
    with db.read() as session:
        assert session.scalars(select(Play.ranges)).one() == []


def test_beats_of_plays_that_are_not_there_fail_no_other(db: Database, clip: str) -> None:
    its = play(db, clip)
    unknown, known = beats(db, [("0" * 16, [(0, 10)]), (its, [(0, 10)])], s(10))
    assert unknown is None
    assert known is not None
    assert known.counted
    assert views(db) == 1


def test_what_is_not_believed_is_told_and_kept_apart(db: Database, clip: str) -> None:
    its = play(db, clip)
    for _ in range(2):  # the same beat again says the same
        cut = beat(db, its, [(0, 30)], s(10))
        assert told(cut) == (12, True, cut.view)
        assert (cut.cut_s, cut.why) == (18, Why.CLOCK)
    with db.read() as session:
        row = session.scalars(select(Play)).one()
        assert (row.ranges, row.doubted, row.capped_s) == ([[0, 12]], [[12, 30]], 18)
    late = beat(db, its, [(0, 30)], s(30))
    assert (late.credited_s, late.cut_s, late.why) == (30, 0, None)
    with db.read() as session:
        assert session.scalars(select(Play.capped_s)).one() == 0


def test_half_of_a_short_clip_counts(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session)
        [short] = make.catalog.put_clips(session, lesson, [make.catalog.Cut(0, 8, "whole")])
        make.ready(session, short)
        clip_id = short.id
    its = play(db, clip_id)
    assert not beat(db, its, [(0, 3.9)], s(4)).counted
    assert beat(db, its, [(0, 4)], s(5)).counted


@pytest.mark.parametrize(
    ("later", "counted"), [(WINDOW - s(1), 1), (WINDOW, 2), (WINDOW + s(1), 2), (timedelta(days=30), 2)]
)
def test_a_viewer_counts_again_after_the_window(
    db: Database, clip: str, later: timedelta, counted: int
) -> None:
    beat(db, play(db, clip), [(0, 10)], s(10))
    again = play(db, clip, at=later)
    assert beat(db, again, [(0, 10)], s(10) + later).counted  # it passed the rule, counted or not
    assert views(db) == counted


def test_the_window_is_each_viewers_own_and_each_clips_own(db: Database) -> None:
    with db.write() as session:
        ids = [c.id for c in make.lesson(session, clips=2).clips]
    for viewer in ("p:one", "v:two"):
        for n, clip_id in enumerate(ids):
            beat(db, play(db, clip_id, viewer, s(20 * n)), [(0, 10)], s(20 * n + 10))
    assert views(db) == 4


def test_a_play_that_was_counted_in_the_window_stays_uncounted_after_it(db: Database, clip: str) -> None:
    """Leaving a second tab open for an hour earns no second view."""
    beat(db, play(db, clip), [(0, 10)], s(10))
    second = play(db, clip, at=s(20))
    beat(db, second, [(0, 10)], s(30))
    beat(db, second, [(10, 40)], WINDOW + s(60))
    assert views(db) == 1


# ---------------------------------------------------------------------- seen to the end


def completes(db: Database) -> tuple[int, list[tuple[str, bool]]]:
    """What the days say, and who has completed something."""
    with db.read() as session:
        days = sum(session.scalars(select(DaySum.completes)))
        rows = session.scalars(select(Watcher).order_by(Watcher.viewer))
        return days, [(row.viewer, row.completed_at is not None) for row in rows]


def test_half_in_the_morning_and_half_in_the_evening_complete_a_clip(db: Database, clip: str) -> None:
    morning, evening = play(db, clip), play(db, clip, at=timedelta(hours=9))
    assert not beat(db, morning, [(0, 30)], s(30)).completed
    assert not beat(db, evening, [(25, 53.9)], timedelta(hours=9) + s(40)).completed
    assert beat(db, evening, [(53.9, 54)], timedelta(hours=9) + s(41)).completed
    assert completes(db) == (1, [("p:one", True)])
    assert beat(db, evening, [(54, 60)], timedelta(hours=9) + s(60)).completed
    assert completes(db) == (1, [("p:one", True)])
    with db.read() as session:
        assert session.scalars(select(Play.completed).order_by(Play.started_at)).all() == [False, True]
        assert session.scalars(select(Watcher.unique_s)).all() == [60]


def test_the_same_minute_twice_completes_nothing(db: Database, clip: str) -> None:
    for n in range(3):
        again = play(db, clip, at=timedelta(minutes=n))
        beat(db, again, [(0, 30)], timedelta(minutes=n) + s(30))
    assert completes(db) == (0, [("p:one", False)])


def test_dragging_to_the_end_completes_nothing(db: Database, clip: str) -> None:
    its = play(db, clip)
    beat(db, its, [(0, 2), (58, 60)], s(4))
    assert beat(db, its, [(0, 60)], s(5)).credited_s < 10
    assert completes(db)[0] == 0


# ---------------------------------------------------------------------- who is counted how


def test_members_visitors_and_screenings_are_counted_apart(db: Database, clip: str) -> None:
    with db.write() as session:
        branch = make.root(session).id
    for viewer, of, people in (
        ("p:one", branch, 1),
        ("p:two", None, 1),
        ("v:three", None, 1),
        ("g:four", branch, 30),
    ):
        beat(db, play(db, clip, viewer, branch=of, people=people), [(0, 60)], s(60))
    assert views(db) == 4
    with db.read() as session:
        days = session.scalars(select(DaySum).order_by(DaySum.node_id)).all()
        assert [
            (d.node_id, d.member_views, d.visitor_views, d.group_views, d.group_people, d.completes)
            for d in days
        ] == [("", 1, 1, 0, 0, 2), (branch, 1, 0, 1, 30, 1)]
        assert [d.watched_s for d in days] == [120, 120]
        lesson_id = catalog.clip(session, clip).lesson_id
        stats = lesson_figures(session, lesson_id, EVER)
        assert (stats.total.views, stats.people, stats.total.watched_s) == (3, People(2, 1), 240)
        assert [(c.figures.views, c.people) for c in stats.clips] == [(3, People(2, 1))]
        assert [d.figures.views for d in stats.days] == [3]
        assert queries.people_of_days(session, lesson_id) == {date(2026, 11, 23): 3}
        assert queries.lesson_views(session, [lesson_id]) == {lesson_id: 3}
        rows = session.scalars(select(View).order_by(View.viewer)).all()
        assert [(v.viewer, v.kind, v.people, v.node_id) for v in rows] == [
            ("g:four", "group", 30, branch),
            ("p:one", "member", 1, branch),
            ("p:two", "member", 1, None),
            ("v:three", "visitor", 1, None),
        ]


def test_how_a_play_was_come_to_is_in_the_ledger(db: Database, clip: str) -> None:
    with db.write() as session:
        its = actions.start(session, catalog.clip(session, clip), "p:one", NOW, source=Source.QR).id
    beat(db, its, [(0, 10)], s(10))
    with db.read() as session:
        assert session.scalars(select(View.source)).all() == ["qr"]


# ---------------------------------------------------------------------- at the same moment


def at_once(db: Database, plays: Sequence[str]) -> list[Credited | Exception]:
    acts: list[Callable[[], Credited]] = [lambda its=its: beat(db, its, [(0, 10)], s(10)) for its in plays]
    return together(acts)


def counted(results: Sequence[Credited | Exception]) -> list[bool]:
    assert all(isinstance(result, Credited) for result in results), results
    return sorted(result.view for result in results if isinstance(result, Credited))


def test_one_beat_sent_by_many_connections_at_once_counts_one_view(db: Database, clip: str) -> None:
    results = at_once(db, [play(db, clip)] * 20)
    assert counted(results) == [False] * 19 + [True]
    assert views(db) == 1
    with db.read() as session:
        assert session.scalars(select(DaySum.watched_s)).all() == [10.0]


def test_ten_devices_of_one_person_at_once_count_one_view_and_earn_no_more_than_one(
    db: Database, clip: str
) -> None:
    results = at_once(db, [play(db, clip) for _ in range(10)])
    assert counted(results) == [False] * 9 + [True]
    assert views(db) == 1
    with db.read() as session:
        [watched_s] = session.scalars(select(DaySum.watched_s))
        assert watched_s == 10 * RULE.max_rate + RULE.slack_s


def test_many_people_at_once_all_count(db: Database, clip: str) -> None:
    assert counted(at_once(db, [play(db, clip, f"p:{n}") for n in range(6)])) == [True] * 6
    assert views(db) == 6


def test_views_fall_on_chinese_days(db: Database, clip: str) -> None:
    before_midnight = timedelta(hours=22, minutes=29) - timedelta(hours=16)  # 23:59 in China
    for n, at in enumerate((before_midnight, before_midnight + timedelta(minutes=2))):
        beat(db, play(db, clip, f"p:{n}", at), [(0, 10)], at + s(10))
    with db.read() as session:
        lesson_id = catalog.clip(session, clip).lesson_id
        stats = lesson_figures(session, lesson_id, EVER)
        assert [(d.day, d.figures.views, d.figures.watched_s) for d in stats.days] == [
            (date(2026, 11, 23), 1, 10.0),
            (date(2026, 11, 24), 1, 10.0),
        ]


def test_the_sums_of_a_lesson(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=3)
        lesson_id, ids = lesson.id, [c.id for c in lesson.clips]
        other = make.lesson(session, clips=1).clips[0].id
    reported = [
        ("p:one", ids[0], (0, 30)),
        ("p:two", ids[0], (0, 12)),
        ("p:one", ids[1], (0, 20)),
        ("p:one", ids[2], (0, 5)),
        ("p:one", other, (0, 60)),
    ]
    for viewer, clip_id, ranges in reported:
        beat(db, play(db, clip_id, viewer), [ranges], s(60))
    with db.read() as session:
        stats = lesson_figures(session, lesson_id, EVER)
        assert (stats.total.views, stats.people, stats.total.watched_s) == (3, People(2), 67.0)
        assert [(c.clip_id, c.n, c.figures.views, c.people, c.figures.watched_s) for c in stats.clips] == [
            (ids[0], 1, 2, People(2), 42.0),
            (ids[1], 2, 1, People(1), 20.0),
            (ids[2], 3, 0, People(), 5.0),
        ]
        assert queries.lesson_views(session, [lesson_id, "unknown"]) == {lesson_id: 3}
        assert queries.clip_views(session, lesson_id) == {ids[0]: 2, ids[1]: 1, ids[2]: 0}
        assert queries.views_of_clips(session, ids) == {ids[0]: 2, ids[1]: 1, ids[2]: 0}


def test_the_most_watched_are_those_that_are_published(db: Database) -> None:
    with db.write() as session:
        shown = make.lesson(session, "公开", clips=1)
        inside = make.lesson(session, "内部", clips=1, audience=Audience.SIGNED_IN)
        gone = make.lesson(session, "撤下", clips=1, state=LessonState.WITHDRAWN)
        unseen = make.lesson(session, "没人看", clips=1)
        ids = {x.title: x.id for x in (shown, inside, gone, unseen)}
        clips = {x.title: x.clips[0].id for x in (shown, inside, gone)}
    for title, people in (("公开", 1), ("内部", 2), ("撤下", 3)):
        for n in range(people):
            beat(db, play(db, clips[title], f"p:{title}{n}"), [(0, 10)], s(10))
    with db.read() as session:
        assert queries.most_watched(session, 10) == [(ids["内部"], 2), (ids["公开"], 1)]
        assert queries.most_watched(session, 1) == [(ids["内部"], 2)]


def test_what_was_counted_stays_counted_when_its_lesson_is_deleted(db: Database, clip: str) -> None:
    its = play(db, clip)
    beat(db, its, [(0, 10)], s(10))
    with db.write() as session:
        lesson = catalog.lesson(session, catalog.clip(session, clip).lesson_id)
        make.catalog.delete_lesson(session, lesson, NOW)
    assert views(db) == 1
    assert beats(db, [(its, [(10, 20)])], s(20)) == [None], "there is nothing any more that could be watched"
    assert views(db) == 1


def test_who_waits_for_a_branch_keeps_no_visitor_waiting(postgres_db: Database) -> None:
    """All visitors share one row of a clip's day; a batch locks it last, whatever it waits for before."""
    with postgres_db.write() as session:
        clip = make.lesson(session, clips=1).clips[0].id
    member, guest, other = (play(postgres_db, clip, who, branch=at) for who, at in GUESTS)
    for its in (member, guest):
        beat(postgres_db, its, [(0, 1)], s(60))
    with postgres_db.engine.connect() as holding, ThreadPoolExecutor() as pool:
        holding.execute(select(DaySum).where(DaySum.node_id == "branch").with_for_update())
        both = pool.submit(beats, postgres_db, [(guest, [(1, 2)]), (member, [(1, 2)])], s(60))
        _until_one_waits(postgres_db)
        alone = pool.submit(beats, postgres_db, [(other, [(0, 5)])], s(60))
        try:
            assert alone.result(timeout=20)
            assert not both.done()
        finally:
            holding.rollback()
        assert both.result(timeout=20)
    with postgres_db.read() as session:
        sums = {row.node_id: row.watched_s for row in session.scalars(select(DaySum))}
    assert sums == {"branch": 2.0, "": 7.0}


GUESTS = (("p:member", "branch"), ("v:guest", None), ("v:other", None))


def _until_one_waits(db: Database) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with db.read() as session:
            if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
