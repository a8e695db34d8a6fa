"""What comes next where one swipes: by hypothesis, of any shelves and whatever was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.permits import NOBODY
from library.mondays.swiping import LOOKED_AT, of_some
from library.mondays.swiping_rules import MOST_CLIPS, NextClip, WhyNext, swipe
from tests.support import factories as make

LESSONS = "abcdefgh"
CLIPS = {lesson: [f"{lesson}{n}" for n in range(1, n + 2)] for n, lesson in enumerate(LESSONS)}

shelves = st.dictionaries(st.sampled_from(WhyNext), st.lists(st.sampled_from(LESSONS), max_size=6))
seen = st.sets(st.sampled_from([one for its in CLIPS.values() for one in its]))


@pytest.mark.slow
@given(shelves, seen, st.integers(0, 40))
def test_no_clip_comes_twice_and_none_that_was_seen(
    its: dict[WhyNext, list[str]], known: set[str], most: int
) -> None:
    told = swipe(its, CLIPS, known, most)
    ids = [one.clip_id for one in told.clips]
    assert len(ids) == len(set(ids)) <= most
    assert not set(ids) & known
    wanted = {clip for some in its.values() for lesson in some for clip in CLIPS[lesson]} - known
    assert set(ids) <= wanted
    assert told.cut == (len(wanted) > most), "that it ends early is said, and nothing else ends it"


@given(shelves, seen)
def test_every_clip_comes_for_its_first_reason_and_in_the_order_of_the_reasons(
    its: dict[WhyNext, list[str]], known: set[str]
) -> None:
    told = swipe(its, CLIPS, known, 1000).clips
    order = list(WhyNext)
    assert [order.index(one.why) for one in told] == sorted(order.index(one.why) for one in told)
    for one in told:
        first = next(why for why in order if one.lesson_id in its.get(why, ()))
        assert one.why is first
    for lesson in LESSONS:
        ours = [one.clip_id for one in told if one.lesson_id == lesson]
        assert ours == sorted(ours), "clips of a lesson keep their order"


@given(shelves, seen)
def test_what_is_left_of_the_week_is_what_comes_of_it(its: dict[WhyNext, list[str]], known: set[str]) -> None:
    of_week = {WhyNext.WEEK: its.get(WhyNext.WEEK, [])}
    told = swipe(of_week, CLIPS, known, 1000)
    assert told.week_left == len(told.clips)
    assert told.of_week == len({clip for one in of_week[WhyNext.WEEK] for clip in CLIPS[one]})


def test_the_week_comes_before_what_is_new_and_a_lesson_without_clips_is_passed_over() -> None:
    told = swipe({WhyNext.NEW: ["b", "x", "a"], WhyNext.WEEK: ["a"]}, CLIPS, {"b1"})
    assert told.clips == (NextClip("a1", "a", WhyNext.WEEK), NextClip("b2", "b", WhyNext.NEW))


@pytest.mark.slow
def test_that_older_lessons_were_not_looked_through_was_not_said(db: Database) -> None:
    with db.write() as session:
        for n in range(LOOKED_AT):
            make.lesson(session, f"第{n}课")
        topic = Lesson.id.is_not(None)
        assert of_some(session, NOBODY, "v:guest", topic).looked_through == 0, "all were"
        make.lesson(session, "又一课")
        assert of_some(session, NOBODY, "v:guest", topic).looked_through == LOOKED_AT


@pytest.mark.slow
def test_of_many_lessons_only_those_that_come_are_read_whole(db: Database) -> None:
    with db.write() as session:
        ids = [make.lesson(session, f"第{n}课", spoken=["学。"], clips=1).id for n in range(MOST_CLIPS + 5)]
        make.lesson(session, "只有文字")
    with db.read() as session:
        found = of_some(session, NOBODY, "v:guest", Lesson.id.is_not(None))
        read = [one for one in session.identity_map.values() if isinstance(one, Lesson)]
        assert {one.id for one in read} == set(found.lessons)
        assert [one.lesson_id for one in found.swipe.clips] == sorted(ids, reverse=True)[:MOST_CLIPS]
        assert found.swipe.cut
        some = of_some(session, NOBODY, "v:guest", Lesson.title == "只有文字")
        assert some.any, "there is a lesson, of which nothing plays"
        assert some.swipe.clips == ()
        assert not of_some(session, NOBODY, "v:guest", Lesson.title == "没有").any
