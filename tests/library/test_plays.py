"""Plays become views: once per viewer, clip and window, whoever reports at the same moment."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from library.catalog import queries as catalog
from library.core.database import Database
from library.core.errors import NotFound
from library.core.permits import NOBODY, Audience, LessonState
from library.plays import actions, queries
from library.plays.rules import ViewRule
from library.plays.tables import DaySum, Play, View
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

RULE = ViewRule()
WINDOW = timedelta(minutes=RULE.window_min)
Ranges = Sequence[tuple[float, float]]


@pytest.fixture
def clip(db: Database) -> str:
    """The id of a clip of a minute."""
    with db.write() as session:
        return make.lesson(session, clips=1).clips[0].id


def play(db: Database, clip_id: str, viewer: str = "p:one", at: timedelta = timedelta()) -> str:
    with db.write() as session:
        return actions.start(session, catalog.clip(session, clip_id), viewer, NOW + at).id


def beat(
    db: Database, play_id: str, ranges: Ranges, after: timedelta, viewer: str = "p:one", rule: ViewRule = RULE
) -> actions.Credited:
    with db.write() as session:
        return actions.beat(session, play_id, viewer, ranges, rule, NOW + after)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def views(db: Database) -> int:
    """The rows that prove the count, checked against the sums that pages read."""
    with db.read() as session:
        rows = session.scalar(select(func.count()).select_from(View)) or 0
        assert (session.scalar(select(func.sum(DaySum.views))) or 0) == rows
        return rows


def test_a_play_counts_once_when_it_has_been_played_long_enough(db: Database, clip: str) -> None:
    its = play(db, clip)
    assert beat(db, its, [(0, 9.9)], s(9.9)) == actions.Credited(clip, 9.9, False)
    assert views(db) == 0
    assert beat(db, its, [(9.9, 10)], s(10)).counted
    assert views(db) == 1
    assert beat(db, its, [(10, 50)], s(50)).credited_s == 50
    assert views(db) == 1


def test_looking_over_a_draft_counted_as_a_view(db: Database) -> None:
    with db.write() as session:
        clip = make.lesson(session, clips=1, state=LessonState.DRAFT).clips[0].id
    its = play(db, clip)
    assert beat(db, its, [(0, 30)], s(30)) == actions.Credited(clip, 30.0, False)
    assert views(db) == 0


def test_the_same_beat_again_changes_nothing(db: Database, clip: str) -> None:
    its = play(db, clip)
    first = beat(db, its, [(0, 12.3456)], s(20))
    for _ in range(3):
        assert beat(db, its, [(0, 12.3456)], s(20)) == first
    with db.read() as session:
        assert session.scalars(select(DaySum.watched_s)).all() == [first.credited_s] == [12.346]


def test_crumbs_are_not_kept(db: Database, clip: str) -> None:
    its = play(db, clip)
    beat(db, its, [(k * 0.3, k * 0.3 + 0.01) for k in range(200)], s(3600))
    with db.read() as session:
        assert session.scalars(select(Play.ranges)).one() == []


def test_a_play_belongs_to_its_viewer(db: Database, clip: str) -> None:
    its = play(db, clip)
    with pytest.raises(NotFound):
        beat(db, its, [(0, 10)], s(10), viewer="p:two")
    with pytest.raises(NotFound):
        beat(db, "0" * 16, [(0, 10)], s(10))
    assert views(db) == 0


def test_half_of_a_short_clip_counts(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session)
        [short] = make.catalog.put_clips(session, lesson, [make.catalog.Cut(0, 8, "whole")])
        make.ready(session, short)
        clip_id = short.id
    assert not beat(db, (its := play(db, clip_id)), [(0, 3.9)], s(4)).counted
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
        for clip_id in ids:
            beat(db, play(db, clip_id, viewer), [(0, 10)], s(10), viewer)
    assert views(db) == 4


def test_a_play_that_was_counted_in_the_window_stays_uncounted_after_it(db: Database, clip: str) -> None:
    """Leaving a second tab open for an hour earns no second view."""
    beat(db, play(db, clip), [(0, 10)], s(10))
    second = play(db, clip, at=s(20))
    beat(db, second, [(0, 10)], s(30))
    beat(db, second, [(10, 40)], WINDOW + s(60))
    assert views(db) == 1


def at_once(db: Database, plays: Sequence[str], viewer: str = "p:one") -> list[actions.Credited | Exception]:
    acts: list[Callable[[], actions.Credited]] = [
        lambda its=its: beat(db, its, [(0, 10)], s(10), viewer) for its in plays
    ]
    return together(acts)


def test_one_beat_sent_by_many_connections_at_once_counts_one_view(db: Database, clip: str) -> None:
    results = at_once(db, [play(db, clip)] * 6)
    assert results == [actions.Credited(clip, 10.0, True)] * 6
    assert views(db) == 1
    with db.read() as session:
        assert session.scalars(select(DaySum.watched_s)).all() == [10.0]


def test_two_devices_of_one_person_at_once_count_one_view(db: Database, clip: str) -> None:
    results = at_once(db, [play(db, clip) for _ in range(6)])
    assert results == [actions.Credited(clip, 10.0, True)] * 6
    assert views(db) == 1
    with db.read() as session:
        assert session.scalars(select(DaySum.watched_s)).all() == [60.0]


def test_many_people_at_once_all_count(db: Database, clip: str) -> None:
    people = [f"p:{n}" for n in range(6)]
    plays = [play(db, clip, person) for person in people]
    acts = [lambda i=i, v=v: beat(db, i, [(0, 10)], s(10), v) for i, v in zip(plays, people, strict=True)]
    assert all(isinstance(r, actions.Credited) and r.counted for r in together(acts))
    assert views(db) == 6


def test_views_fall_on_chinese_days(db: Database, clip: str) -> None:
    before_midnight = timedelta(hours=22, minutes=29) - timedelta(hours=16)  # 23:59 in China
    for n, at in enumerate((before_midnight, before_midnight + timedelta(minutes=2))):
        beat(db, play(db, clip, f"p:{n}", at), [(0, 10)], at + s(10), f"p:{n}")
    with db.read() as session:
        lesson_id = catalog.clip(session, clip).lesson_id
        stats = queries.lesson_stats(session, lesson_id)
        assert [(d.day, d.views, d.people, d.watched_s) for d in stats.days] == [
            (date(2026, 11, 23), 1, 1, 10.0),
            (date(2026, 11, 24), 1, 1, 10.0),
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
        beat(db, play(db, clip_id, viewer), [ranges], s(60), viewer)
    with db.read() as session:
        stats = queries.lesson_stats(session, lesson_id)
        assert (stats.views, stats.people, stats.watched_s) == (3, 2, 67.0)
        assert [(c.clip_id, c.n, c.views, c.people, c.watched_s) for c in stats.clips] == [
            (ids[0], 1, 2, 2, 42.0),
            (ids[1], 2, 1, 1, 20.0),
            (ids[2], 3, 0, 0, 5.0),
        ]
        assert queries.lesson_views(session, [lesson_id, "unknown"]) == {lesson_id: 3}
        assert queries.clip_views(session, lesson_id) == {ids[0]: 2, ids[1]: 1, ids[2]: 0}
        assert queries.views_of_clip(session, ids[0]) == 2


def test_the_most_watched_are_those_one_may_see(db: Database) -> None:
    with db.write() as session:
        viewer = make.person(session)
        shown = make.lesson(session, "公开", clips=1)
        inside = make.lesson(session, "内部", clips=1, audience=Audience.SIGNED_IN)
        gone = make.lesson(session, "撤下", clips=1, state=LessonState.WITHDRAWN)
        unseen = make.lesson(session, "没人看", clips=1)
        ids = {x.title: x.id for x in (shown, inside, gone, unseen)}
        clips = {x.title: x.clips[0].id for x in (shown, inside, gone)}
    for title, people in (("公开", 1), ("内部", 2), ("撤下", 3)):
        for n in range(people):
            beat(db, play(db, clips[title], f"p:{n}"), [(0, 10)], s(10), f"p:{n}")
    with db.read() as session:
        assert queries.most_watched(session, NOBODY, 10) == [ids["公开"]]
        assert queries.most_watched(session, viewer, 10) == [ids["内部"], ids["公开"]]
        assert queries.most_watched(session, viewer, 1) == [ids["内部"]]


def test_a_deleted_lesson_takes_its_plays_along(db: Database, clip: str) -> None:
    beat(db, play(db, clip), [(0, 10)], s(10))
    with db.write() as session:
        lesson = catalog.lesson(session, catalog.clip(session, clip).lesson_id)
        make.catalog.delete_lesson(session, lesson, NOW)
    assert views(db) == 0
