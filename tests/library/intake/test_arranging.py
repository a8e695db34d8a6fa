"""Other cuts for a lesson: what is kept and made, when they become the lesson's, what giving up undoes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog_queries
from library.catalog.permits import LessonState
from library.catalog.tables import Clip, Lesson
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.intake import actions, arranging, queries
from library.intake.cutting import WantedCut
from library.intake.rules import RecordingState, StepKind
from library.intake.tables import Recording, Step
from library.plays import actions as plays
from library.plays import queries as plays_queries
from library.plays.crediting import Beat
from library.plays.figures import People, Span
from library.plays.rules import ViewRule
from library.plays.statistics import lesson_figures
from library.plays.tables import Play
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

pytestmark = pytest.mark.slow

LATER = NOW + timedelta(minutes=5)


def cut_lesson(session: Session, clips: int = 4) -> tuple[Recording, Lesson]:
    """A lesson of clips of a minute that all play, its recording ready."""
    lesson = make.lesson(session, clips=clips)
    row = make.recording(session, lesson)
    make.heard(row, 60.0 * clips, pauses_s=[60.0 * n for n in range(1, clips)])
    for kind, n in [("receive", 0), ("probe", 0), ("split", 0), ("captions", 0), ("index", 0)]:
        actions.step_done(session, row.id, kind, n, NOW)
    actions.finish(session, row, NOW)
    assert row.state == "ready"
    return row, lesson


def ask(
    session: Session,
    row: Recording,
    lesson: Lesson,
    *borders: tuple[float, float],
    titles: Sequence[str] = (),
) -> None:
    """Ask for other cuts, having seen those that there are."""
    names = [*titles, *([""] * len(borders))]
    wanted = [WantedCut(a, b, title) for (a, b), title in zip(borders, names, strict=False)]
    seen = queries.version_of(row, queries.arrangement(row, lesson))
    arranging.rearrange(session, row, lesson, wanted, seen, LATER)


def order(lesson: Lesson) -> list[tuple[int | None, float, float]]:
    return [(c.n, c.start_s, c.end_s) for c in lesson.clips]


def steps(session: Session, row: Recording) -> list[tuple[str, int, str]]:
    return [(s.kind, s.n, s.state) for s in queries.work(session, row).steps]


def make_what_is_wanted(session: Session, row: Recording, lesson: Lesson) -> None:
    """Do what the worker does with the clips that are to be made."""
    for clip in queries.arrangement(row, lesson):
        if clip.plan is None:
            make.ready(session, clip, now=LATER)


def test_a_moved_border_leaves_the_others_and_what_plays_until_the_new_play(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session)
        kept = [lesson.clips[0].id, lesson.clips[3].id]
        moved = [lesson.clips[1].id, lesson.clips[2].id]
        attempt = row.attempt
        ask(session, row, lesson, (0, 60), (60, 110), (110, 180), (180, 240))
        assert (row.state, row.attempt) == ("waiting", attempt + 1)
        assert order(lesson) == [(n, 60.0 * n - 60, 60.0 * n) for n in (1, 2, 3, 4)], "the old ones play on"
        wanted = queries.arrangement(row, lesson)
        assert [wanted[0].id, wanted[3].id] == kept
        assert [(c.n, c.plan, c.replaced_at) for c in wanted[1:3]] == [(None, None, None)] * 2
        assert steps(session, row) == [
            ("receive", 0, "done"),
            ("probe", 0, "done"),
            ("split", 0, "done"),
            ("clip", 1, "done"),
            ("clip", 2, "waiting"),
            ("clip", 3, "waiting"),
            ("clip", 4, "done"),
            ("captions", 0, "waiting"),
            ("index", 0, "waiting"),
        ]
        make.ready(session, wanted[1], now=LATER)
        assert arranging.adopt_when_ready(session, row, lesson, LATER) is False
        assert [c.id for c in lesson.clips][1:3] == moved
        make.ready(session, wanted[2], now=LATER)
        revision = lesson.revision
        assert arranging.adopt_when_ready(session, row, lesson, LATER) is True
        assert lesson.revision > revision, "the index learns of it"
        assert order(lesson) == [(1, 0, 60), (2, 60, 110), (3, 110, 180), (4, 180, 240)]
        assert [c.id for c in (lesson.clips[0], lesson.clips[3])] == kept
        assert row.wanted is None
        gone = [session.get_one(Clip, clip_id) for clip_id in moved]
        assert [(c.n, c.replaced_at, c.plan is None) for c in gone] == [(None, LATER, False)] * 2
        assert arranging.adopt_when_ready(session, row, lesson, LATER) is False, (
            "there is nothing left to adopt"
        )


def test_only_names_change_nothing_else(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        attempt, ids = row.attempt, [c.id for c in lesson.clips]
        ask(session, row, lesson, (0, 60.015), (60, 120), titles=["导言", "  正 文 "])
        assert (row.state, row.attempt, row.wanted) == ("ready", attempt, None)
        assert [(c.id, c.start_s, c.end_s, c.title) for c in lesson.clips] == [
            (ids[0], 0, 60, "导言"),
            (ids[1], 60, 120, "正 文"),
        ]


def test_dropping_a_clip_needs_no_work(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 3)
        ids = [c.id for c in lesson.clips]
        ask(session, row, lesson, (60, 120), (120, 180))
        assert (row.state, row.wanted) == ("ready", None)
        assert [(c.id, c.n) for c in lesson.clips] == [(ids[1], 1), (ids[2], 2)]
        assert session.get_one(Clip, ids[0]).replaced_at == LATER
        assert {state for _k, _n, state in steps(session, row)} == {"done"}
        ask(session, row, lesson, (0, 60), (60, 120), (120, 180))
        assert [c.id for c in lesson.clips] == ids, "taken back, it is the same clip and plays at once"
        assert (row.state, row.wanted, session.get_one(Clip, ids[0]).replaced_at) == ("ready", None, None)


def test_what_does_not_play_yet_is_replaced_at_once(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        lesson.clips[1].plan = None
        row.state = RecordingState.WORKING
        ask(session, row, lesson, (0, 60), (60, 90), (90, 120))
        assert (row.state, row.wanted) == ("waiting", None)
        assert order(lesson) == [(1, 0, 60), (2, 60, 90), (3, 90, 120)]
        assert session.scalar(select(func.count()).select_from(Clip)) == 3, (
            "what never played leaves no trace"
        )


def test_who_saw_older_cuts_is_told(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        seen = queries.version_of(row, lesson.clips)
        ask(session, row, lesson, (0, 50), (50, 120))
        with pytest.raises(Conflict, match="cuts_changed"):
            arranging.rearrange(session, row, lesson, [WantedCut(0, 60)], seen, LATER)
        again = queries.version_of(row, queries.arrangement(row, lesson))
        make_what_is_wanted(session, row, lesson)
        arranging.adopt_when_ready(session, row, lesson, LATER)
        assert queries.version_of(row, lesson.clips) == again, "being adopted is no change of theirs"


def test_of_two_that_save_at_once_the_second_is_told(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        ids, seen = (row.id, lesson.id), queries.version_of(row, lesson.clips)

    def save(border_s: float) -> None:
        with db.write() as session:
            its = queries.recording(session, ids[0]), catalog_queries.lesson(session, ids[1])
            wanted = [WantedCut(0, border_s), WantedCut(border_s, 120)]
            arranging.rearrange(session, *its, wanted, seen, LATER)

    results = together([lambda at=at: save(at) for at in (50.0, 55.0, 65.0)])  # type: ignore[misc]
    assert sorted(str(r) for r in results) == ["None", "cuts_changed", "cuts_changed"]
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Clip)) == 4


def test_saving_again_while_it_is_made_keeps_what_is_still_wanted(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 3)
        ask(session, row, lesson, (0, 50), (50, 120), (120, 180))
        first = queries.arrangement(row, lesson)
        make.ready(session, first[0], now=LATER)
        attempt = row.attempt
        ask(session, row, lesson, (0, 50), (50, 130), (130, 180))
        second = queries.arrangement(row, lesson)
        assert row.attempt == attempt + 1, "the run before is over"
        assert second[0].id == first[0].id
        assert session.get(Clip, first[1].id) is None, "nobody has seen it"
        assert steps(session, row)[3:6] == [
            ("clip", 1, "done"),
            ("clip", 2, "waiting"),
            ("clip", 3, "waiting"),
        ]
        ask(session, row, lesson, (0, 60), (60, 120), (120, 180))
        assert (row.state, row.wanted) == ("ready", None), "back to what plays: nothing to be made"
        assert session.scalar(select(func.count()).select_from(Clip)) == 3


def test_discarding_leaves_the_lesson_as_it_plays(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        before = order(lesson)
        ask(session, row, lesson, (0, 50), (50, 120), titles=["上", "下"])
        attempt = row.attempt
        make.ready(session, queries.arrangement(row, lesson)[0], now=LATER)
        arranging.discard(session, row, lesson, LATER)
        assert (row.state, row.wanted, row.attempt) == ("ready", None, attempt + 1)
        assert order(lesson) == before
        assert session.scalar(select(func.count()).select_from(Clip)) == 2
        assert {state for _k, _n, state in steps(session, row)} == {"done"}
        with pytest.raises(Conflict, match="nothing_to_discard"):
            arranging.discard(session, row, lesson, LATER)


def test_a_recut_that_failed_can_be_retried_or_discarded(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        ask(session, row, lesson, (0, 50), (50, 120))
        actions.step_failed(
            session, row.id, "clip", 2, code="disk_full", values={}, hopeless=False, now=LATER
        )
        actions.finish(session, row, NOW)
        assert (row.state, row.reason) == ("failed", "disk_full")
        assert all(clip.plan for clip in lesson.clips)
        with pytest.raises(Conflict, match="lesson_has_recording"):
            actions.begin(
                session, lesson, upload_id="u", file_name="a", size_bytes=1, person_id=None, now=LATER
            )
        actions.retry(session, row)
        assert (row.state, len(row.wanted or [])) == ("waiting", 2)
        make_what_is_wanted(session, row, lesson)
        assert arranging.adopt_when_ready(session, row, lesson, LATER) is True


def test_cancelling_a_first_run_stops_it_until_somebody_goes_on(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, state=LessonState.DRAFT)
        row = make.recording(session, lesson)
        actions.start_run(session, row)
        actions.step_running(session, row.id, StepKind.CAPTIONS, 0, NOW)
        assert row.state == "working"
        attempt = row.attempt
        arranging.cancel(session, row, lesson, LATER)
        assert (row.state, row.reason, row.attempt) == ("cancelled", None, attempt + 1)
        assert "running" not in {state for _k, _n, state in steps(session, row)}
        with pytest.raises(Conflict, match="nothing_to_cancel"):
            arranging.cancel(session, row, lesson, LATER)
        assert actions.retry(session, row) == attempt + 2
        assert row.state == "waiting"


def test_cancelling_a_recut_is_discarding_it(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        with pytest.raises(Conflict, match="nothing_to_cancel"):
            arranging.cancel(session, row, lesson, LATER)
        ask(session, row, lesson, (0, 50), (50, 120))
        arranging.cancel(session, row, lesson, LATER)
        assert (row.state, row.wanted) == ("ready", None)
        assert order(lesson) == [(1, 0, 60), (2, 60, 120)]


def test_a_first_run_with_clips_to_come_is_cancelled_and_not_ready_when_a_recut_is_given_up(
    db: Database,
) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 3)
        lesson.clips[2].plan = None
        row.state = RecordingState.FAILED
        ask(session, row, lesson, (0, 50), (50, 120), (120, 180))
        assert row.wanted is not None
        arranging.discard(session, row, lesson, LATER)
        assert row.state == "cancelled", "there is something to go on with"
        assert steps(session, row)[3:6] == [("clip", 1, "done"), ("clip", 2, "done"), ("clip", 3, "waiting")]


@pytest.mark.parametrize("state", ["receiving", "nothing heard"])
def test_before_it_was_heard_there_is_nothing_to_move(db: Database, state: str) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        if state == "receiving":
            row.state = RecordingState.RECEIVING
        else:
            row.facts = None
        with pytest.raises(Conflict, match="cuts_not_yet"):
            ask(session, row, lesson, (0, 60))


def test_what_cannot_be_made_changes_nothing(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        with pytest.raises(Invalid, match="cut_too_short"):
            ask(session, row, lesson, (0, 60), (60, 61))
        assert order(lesson) == [(1, 0, 60), (2, 60, 120)]


def test_views_stay_when_a_lesson_is_cut_anew(db: Database) -> None:
    rule = ViewRule(min_s=10, short_clip_s=30, short_share=0.5, window_min=30)

    def credit(session: Session, play_id: str, end_s: float, at: datetime) -> None:
        [credited] = plays.credit_beats(session, [Beat(play_id, [[0, end_s]], 1.0, at)], rule)
        assert credited is not None
        assert credited.counted

    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        play_ids = [plays.start(session, clip, f"v:{clip.n}", NOW).id for clip in lesson.clips]
        credit(session, play_ids[0], 20, NOW + timedelta(seconds=21))
        ask(session, row, lesson, (0, 50), (50, 120))
        make_what_is_wanted(session, row, lesson)
        arranging.adopt_when_ready(session, row, lesson, LATER)
        # Who began before watches the old clip to its end.
        credit(session, play_ids[1], 30, NOW + timedelta(seconds=31))
        new = plays.start(session, lesson.clips[0], "v:1", LATER)
        credit(session, new.id, 15, LATER + timedelta(seconds=16))
        sums = lesson_figures(session, lesson.id, Span(None, LATER.date()))
        assert (sums.total.views, sums.people, sums.total.watched_s) == (3, People(visitors=2), 65.0)
        assert [(c.n, c.figures.views, c.figures.watched_s) for c in sums.clips] == [
            (1, 1, 15.0),
            (2, 0, 0.0),
        ]
        old = sums.replaced
        assert old is not None
        assert (old.figures.views, old.people, old.figures.watched_s) == (2, People(visitors=2), 50.0)
        assert plays_queries.lesson_views(session, [lesson.id]) == {lesson.id: 3}
        assert session.scalar(select(func.count()).select_from(Play)) == 3


def test_an_old_moment_is_found_in_the_new_clips(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 3)
        ask(session, row, lesson, (60, 120), (120, 170))
        make_what_is_wanted(session, row, lesson)
        arranging.adopt_when_ready(session, row, lesson, LATER)
        first, second = lesson.clips
        found = [catalog_queries.clip_at(lesson, at_s) for at_s in (5, 60, 119.9, 120, 175)]
        assert found == [first, first, first, second, second]


def test_a_run_that_is_over_writes_no_progress(db: Database) -> None:
    with db.write() as session:
        row, lesson = cut_lesson(session, 2)
        ask(session, row, lesson, (0, 50), (50, 120))
        actions.step_progress(session, row.id, row.attempt - 1, StepKind.CLIP, 1, 40.0, 1.0)
        session.expire_all()
        assert session.get_one(Step, (row.id, "clip", 1)).percent == 0
        actions.step_progress(session, row.id, row.attempt, StepKind.CLIP, 1, 40.0, 1.0)
        session.expire_all()
        assert session.get_one(Step, (row.id, "clip", 1)).percent == 40
