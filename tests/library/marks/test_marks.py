"""Where people stopped, favourites, notes: what stands, how much is kept, and that it is theirs alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Clip, Lesson
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.marks import actions, queries, rules
from library.marks.actions import Brought
from library.marks.queries import NoteFilters
from library.marks.tables import Favourite, Note, Seen
from library.plays import actions as plays
from library.plays import queries as play_queries
from library.plays.crediting import Beat
from library.plays.rules import ViewRule
from library.plays.tables import View
from tests.library.test_statements import counted
from tests.support import factories as make
from tests.support.databases import NOW

pytestmark = [pytest.mark.dear(9), pytest.mark.slow]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """One transaction for a test."""
    with db.write() as session:
        yield session


def member(session: Session) -> Viewer:
    return make.person(session, (Role.MEMBER, make.root(session)))


def me(viewer: Viewer) -> str:
    return str(viewer.person_id)


def stopped(session: Session, viewer: Viewer, clip: Clip) -> float | None:
    return queries.beside(session, me(viewer), clip).stopped_s


# ---------------------------------------------------------------------- where somebody stopped


@given(st.floats(0, 4000), st.floats(1, 3600))
def test_a_clip_never_goes_on_at_its_end_or_beyond(at_s: float, length_s: float) -> None:
    resumed = rules.resume_at(at_s, length_s)
    assert 0.0 <= resumed < length_s
    assert resumed == 0.0 or not rules.is_ended(resumed - 0.01, length_s)


def test_a_report_that_comes_late_does_not_move_the_place_back(session: Session) -> None:
    """Three reports of two devices, in every order in which they may come, each twice."""
    viewer, clip = member(session), make.lesson(session, clips=1).clips[0]
    reports = [(50.0, NOW - 3 * MINUTE), (10.0, NOW - 2 * MINUTE), (30.0, NOW - MINUTE)]
    for order in permutations(reports):
        actions.forget_clip(session, me(viewer), clip.id)
        for at_s, said in (*order, *order):
            actions.stop_at(session, me(viewer), clip, at_s, said, NOW)
        assert stopped(session, viewer, clip) == 30.0, order


def test_a_clock_that_is_ahead_does_not_hold_the_place_for_ever(session: Session) -> None:
    viewer, clip = member(session), make.lesson(session, clips=1).clips[0]
    actions.stop_at(session, me(viewer), clip, 20.0, NOW + timedelta(days=400), NOW)
    actions.stop_at(session, me(viewer), clip, 40.0, NOW + MINUTE, NOW + MINUTE)
    actions.stop_at(session, me(viewer), clip, 25.0, NOW - timedelta(days=8), NOW + 2 * MINUTE)
    assert stopped(session, viewer, clip) == 40.0


def test_nothing_is_noted_while_the_history_is_paused_nor_of_before_it_was_deleted(session: Session) -> None:
    viewer, clip = member(session), make.lesson(session, clips=1).clips[0]
    actions.stop_at(session, me(viewer), clip, 20.0, None, NOW)
    actions.pause(session, me(viewer), paused=True)
    actions.stop_at(session, me(viewer), clip, 30.0, None, NOW + MINUTE)
    assert stopped(session, viewer, clip) == 20.0
    session.expire_all()
    actions.forget_all(session, me(viewer), NOW + 2 * MINUTE)
    assert queries.is_paused(session, me(viewer)), "deleting does not begin to record"
    actions.pause(session, me(viewer), paused=False)
    actions.stop_at(session, me(viewer), clip, 35.0, NOW + MINUTE, NOW + 3 * MINUTE)
    assert stopped(session, viewer, clip) is None
    session.expire_all()
    actions.stop_at(session, me(viewer), clip, 40.0, None, NOW + 3 * MINUTE)
    assert stopped(session, viewer, clip) == 40.0


def test_a_lesson_goes_on_with_its_next_clip_and_after_the_last_one_not_at_all(session: Session) -> None:
    viewer = member(session)
    lesson = make.lesson(session, "三段", clips=3)
    first, second, third = lesson.clips
    actions.stop_at(session, me(viewer), first, 59.0, NOW, NOW)
    session.expire_all()
    [(watched, clip, at_s)] = queries.going_on(session, viewer, 3)
    assert (watched.clip.id, clip.id, at_s) == (first.id, second.id, 0.0)
    session.expire_all()
    actions.stop_at(session, me(viewer), second, 33.0, NOW + MINUTE, NOW + MINUTE)
    session.expire_all()
    assert queries.going_on(session, viewer, 3)[0][1:] == (session.get_one(Clip, second.id), 33.0)
    assert queries.of_lesson(session, me(viewer), lesson)[0] == 93.0
    session.expire_all()
    actions.stop_at(session, me(viewer), third, 60.0, NOW + 2 * MINUTE, NOW + 2 * MINUTE)
    session.expire_all()
    assert queries.going_on(session, viewer, 3) == []


def test_where_a_lesson_is_cut_anew_it_goes_on_at_the_same_second(session: Session) -> None:
    viewer = member(session)
    lesson = make.lesson(session, clips=2)
    actions.stop_at(session, me(viewer), lesson.clips[1], 33.0, None, NOW)
    for clip in lesson.every_clip:
        clip.n, clip.replaced_at = None, NOW
    session.flush()
    for n, (start_s, end_s) in enumerate(((0.0, 80.0), (80.0, 120.0)), 1):
        fresh = Clip(id=new_id(), lesson_id=lesson.id, n=n, start_s=start_s, end_s=end_s)
        session.add(fresh)
        session.flush()
        make.ready(session, fresh)
    session.expire_all()
    [(_watched, clip, at_s)] = queries.going_on(session, viewer, 3)
    assert (clip.start_s, at_s) == (80.0, 13.0)
    assert queries.of_lesson(session, me(viewer), lesson)[2] not in {clip.id, None}, "that of the old cut"


def test_history_is_the_readers_own_searched_bounded_and_without_what_they_no_longer_see(
    session: Session,
) -> None:
    viewer, other = member(session), member(session)
    lessons = [
        make.lesson(session, f"党课{n}", clips=1, lecturer="王芳" if n else "百分%号") for n in range(3)
    ]
    for n, lesson in enumerate(lessons):
        actions.stop_at(session, me(viewer), lesson.clips[0], 20.0, None, NOW + n * MINUTE)
    catalog.set_state(session, lessons[2], LessonState.WITHDRAWN, NOW)
    session.expire_all()
    titles = [one.lesson.title for one in queries.history(session, viewer).items]
    assert titles == ["党课1", "党课0"]
    assert queries.history(session, other).total == 0
    found = [one.lesson.title for one in queries.history(session, viewer, "王芳").items]
    assert found == ["党课1"]
    assert queries.history(session, viewer, "%").total == 1, "a sign of the database's is a letter here"
    session.expire_all()
    assert actions.sweep(session, NOW + rules.HISTORY_KEPT + MINUTE) == 1
    session.connection()  # and of one person no more than so many stay
    clips = [clip for lesson in lessons for clip in lesson.clips]
    assert session.scalar(select(func.count()).select_from(Seen)) == len(clips) - 1


def test_the_oldest_of_too_many_places_are_swept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, other = member(session), member(session)
    lesson = make.lesson(session, clips=rules.HISTORY_MOST // 100 + 3)
    clips = lesson.clips
    for n, clip in enumerate(clips):
        actions.stop_at(session, me(viewer), clip, 20.0, None, NOW + n * MINUTE)
    actions.stop_at(session, me(other), clips[0], 20.0, None, NOW)
    monkeypatch.setattr(rules, "HISTORY_MOST", 3)
    assert actions.sweep(session, NOW) == len(clips) - 3
    left = session.scalars(select(Seen.clip_id).where(Seen.person_id == me(viewer))).all()
    assert set(left) == {clip.id for clip in clips[-3:]}


def test_places_of_a_device_are_taken_in_where_they_are_later_and_only_of_what_one_may_see(
    session: Session,
) -> None:
    viewer = member(session)
    clips = make.lesson(session, clips=4).clips
    hidden = make.lesson(session, clips=1, state=LessonState.DRAFT).clips[0]
    for clip, ago in ((clips[0], 60), (clips[1], 3600)):
        actions.stop_at(session, me(viewer), clip, 20.0, NOW - timedelta(seconds=ago), NOW)
    ten = [Brought(clip.id, 10.0, 600.0) for clip in (*clips[:2], hidden)]
    odd = [
        Brought("no such clip", 1.0, 1.0),
        Brought(clips[2].id, 1e300, 400.0),
        Brought(clips[2].id, 5.0, 500.0),
        Brought(clips[3].id, 30.0, rules.HISTORY_KEPT.total_seconds() + 1),
    ]
    for later in (NOW, NOW + MINUTE):
        assert actions.bring(session, viewer, [*ten, *odd], later) == 3
        session.expire_all()
        found = {clip: stopped(session, viewer, clip) for clip in (*clips, hidden)}
        assert list(found.values()) == [20.0, 10.0, 60.0, None, None]
        ages = session.scalars(select(Seen.at).where(Seen.clip_id == clips[1].id)).all()
        assert ages == [NOW - timedelta(seconds=600)], "sent again it is not later"
    assert play_queries.completed_clips(session, me(viewer), [clip.id for clip in clips]) == set()
    assert session.scalar(select(func.count()).select_from(View)) == 0


def test_a_device_brings_nothing_back_that_was_forgotten_or_while_nothing_is_kept(session: Session) -> None:
    viewer, clip = member(session), make.lesson(session, clips=1).clips[0]
    actions.forget_all(session, me(viewer), NOW - MINUTE)
    assert actions.bring(session, viewer, [Brought(clip.id, 10.0, 600.0)], NOW) == 0
    assert actions.bring(session, viewer, [Brought(clip.id, 10.0, 5.0)], NOW) == 1
    actions.pause(session, me(viewer), paused=True)
    session.expire_all()
    with pytest.raises(Conflict, match="places_paused"):
        actions.bring(session, viewer, [Brought(clip.id, 20.0, 1.0)], NOW)
    with pytest.raises(Conflict, match="places_many"):
        actions.bring(session, viewer, [Brought(clip.id, 20.0, 1.0)] * (rules.BROUGHT_MOST + 1), NOW)
    assert stopped(session, viewer, clip) == 10.0


def test_seen_to_the_end_is_what_was_played_and_only_ones_own(session: Session) -> None:
    viewer, other = member(session), member(session)
    clips = make.lesson(session, clips=2).clips
    actions.stop_at(session, me(viewer), clips[1], 60.0, None, NOW)  # said to be at its end, not played
    play = plays.start(session, clips[0], f"p:{me(viewer)}", NOW)
    plays.credit_beats(session, [Beat(play.id, [(0, 60)], 1.0, NOW + MINUTE)], ViewRule())
    ids = [clip.id for clip in clips]
    session.flush()
    with counted(session.get_bind().engine) as statements:
        assert play_queries.completed_clips(session, me(viewer), ids) == {clips[0].id}
        assert play_queries.completed_clips(session, me(other), ids) == set()
    assert len(statements) == 2


# ---------------------------------------------------------------------- favourites and notes


def test_favourites_are_kept_once_up_to_a_limit_that_is_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = member(session)
    lesson = make.lesson(session, clips=2)
    for _ in range(2):
        actions.keep(session, me(viewer), lesson, None, NOW)
        actions.keep(session, me(viewer), lesson, lesson.clips[0], NOW + MINUTE)
    assert session.scalar(select(func.count()).select_from(Favourite)) == 2
    monkeypatch.setattr(rules, "FAVOURITES_MOST", 2)
    actions.keep(session, me(viewer), lesson, None, NOW)
    with pytest.raises(Conflict) as refused:
        actions.keep(session, me(viewer), lesson, lesson.clips[1], NOW)
    assert refused.value.values["most"] == 2
    session.expire_all()
    kept = queries.favourites(session, viewer)
    assert [one.clip.id if one.clip else None for one in kept.items] == [lesson.clips[0].id, None]
    found = queries.beside(session, me(viewer), lesson.clips[0])
    assert (found.clip_kept, found.lesson_kept) == (True, True)


def test_a_favourite_that_is_not_seen_any_more_is_still_listed_to_be_let_go(session: Session) -> None:
    viewer = member(session)
    lesson = make.lesson(session, clips=1)
    actions.keep(session, me(viewer), lesson, None, NOW)
    lesson.state = LessonState.WITHDRAWN
    session.flush()
    assert queries.favourites(session, viewer).items == []
    assert [one.seen for one in queries.favourites(session, viewer, gone=True).items] == [False]


def test_nobody_else_finds_a_note_whatever_they_hold(session: Session) -> None:
    root = make.root(session)
    viewer = member(session)
    others = [make.person(session, (role, root)) for role in Role]
    lesson = make.lesson(session, clips=1)
    note = actions.write(session, me(viewer), lesson.clips[0], 3.0, "只给自己看", NOW)
    for other in others:
        assert queries.notes(session, other, NoteFilters()).total == 0
        assert queries.all_notes(session, other) == []
        assert queries.notes_of_clip(session, me(other), lesson.clips[0]) == []
        for reach in (
            lambda who: actions.rewrite(session, who, note.id, 1, "改", NOW),
            lambda who: actions.delete_note(session, who, note.id),
        ):
            with pytest.raises(NotFound):
                reach(me(other))
    assert session.get_one(Note, note.id).text == "只给自己看"


def test_notes_stand_at_their_second_and_outlive_their_lesson(session: Session) -> None:
    viewer = member(session)
    lesson = make.lesson(session, "两段", clips=2)
    second = lesson.clips[1]
    for at_s, text in ((40.0, "后写的"), (3.5, "百分之 100%"), (60.5, "末尾")):
        actions.write(session, me(viewer), second, at_s, text, NOW)
    for wrong in (-1.0, 70.0):
        with pytest.raises(Invalid):
            actions.write(session, me(viewer), second, wrong, "不在这一段里", NOW)
    with pytest.raises(Invalid):
        actions.write(session, me(viewer), second, 1.0, " \n", NOW)
    session.expire_all()
    its = [(one.text, one.moment_s) for one in queries.notes_of_clip(session, me(viewer), second)]
    assert its == [("百分之 100%", 63.5), ("后写的", 100.0), ("末尾", 119.99)]
    assert queries.notes_of_clip(session, me(viewer), lesson.clips[0]) == []
    assert [one.note.text for one in queries.notes(session, viewer, NoteFilters(words="0%")).items] == [
        "百分之 100%"
    ]
    session.expire_all()
    catalog.delete_lesson(session, session.get_one(Lesson, lesson.id), NOW, None)
    session.expire_all()
    left = queries.all_notes(session, viewer)
    assert (len(left), {one.lesson for one in left}) == (3, {None})


def test_of_two_devices_that_change_a_note_none_is_lost(session: Session) -> None:
    viewer, clip = member(session), make.lesson(session, clips=1).clips[0]
    note = actions.write(session, me(viewer), clip, 1.0, "一", NOW)
    actions.rewrite(session, me(viewer), note.id, 1, "二", NOW)
    assert actions.rewrite(session, me(viewer), note.id, 1, "二", NOW).version == 2, "an answer got lost"
    with pytest.raises(Conflict):
        actions.rewrite(session, me(viewer), note.id, 1, "三", NOW)
    assert actions.rewrite(session, me(viewer), note.id, 2, "三", NOW).text == "三"
