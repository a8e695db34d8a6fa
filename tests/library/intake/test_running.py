"""A run that is over, because another has begun, writes nothing and stops what it is doing."""

from __future__ import annotations

import pytest

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog.actions import Cut
from library.catalog.permits import LessonState
from library.core.database import Database
from library.intake import actions, arranging, queries
from library.intake.rules import StepKind
from library.intake.running import Run, Stopped
from tests.support import factories as make
from tests.support.databases import NOW
from transcode.encoding.package import Progress
from transcode.errors import Cancelled, Failed


@pytest.fixture
def run(db: Database) -> Run:
    """A run of a lesson of two clips, of which nothing is made yet."""
    with db.write() as session:
        lesson = make.lesson(session, state=LessonState.DRAFT)
        catalog.put_clips(session, lesson, [Cut(0, 60, "pause"), Cut(60, 120, "end")])
        row = make.recording(session, lesson)
        attempt = actions.start_run(session, row)
        return Run(db, lambda: NOW, lambda: False, row.id, attempt)


def cancel(run: Run) -> None:
    with run.db.write() as session:
        row = queries.recording(session, run.recording_id)
        arranging.cancel(session, row, catalog_queries.lesson(session, row.lesson_id), NOW)


def seen(run: Run) -> tuple[str, str | None, set[tuple[str, float]]]:
    """The recording's state and reason, and the states of its steps."""
    with run.db.read() as session:
        row = queries.recording(session, run.recording_id)
        steps = queries.work(session, row).steps
        return row.state, row.reason, {(s.state, s.percent) for s in steps}


NOTHING = ("cancelled", None, {("waiting", 0.0)})


def test_a_step_that_succeeds_too_late_is_not_done(run: Run) -> None:
    with pytest.raises(Stopped), run.step(StepKind.CLIP, 1):
        cancel(run)
    assert seen(run) == NOTHING


@pytest.mark.parametrize("error", [Failed("disk_full"), OSError(28, "full"), Cancelled()], ids=repr)
def test_a_step_that_fails_too_late_has_not_failed(run: Run, error: Exception) -> None:
    def fail() -> None:
        cancel(run)
        raise error

    with pytest.raises(Stopped), run.step(StepKind.CLIP, 1):
        fail()
    assert seen(run) == NOTHING


def test_a_step_that_is_still_to_come_does_not_begin(run: Run) -> None:
    cancel(run)
    begun = False
    with pytest.raises(Stopped), run.step(StepKind.CLIP, 2):
        begun = True
    assert not begun
    assert seen(run) == NOTHING


def test_progress_comes_from_the_present_run_only(run: Run) -> None:
    def work() -> None:
        run.reporter("clip", 1)(Progress(40.0, None, None))
        assert seen(run)[2] == {("waiting", 0.0), ("running", 40.0)}
        cancel(run)
        run.reporter("clip", 1)(Progress(60.0, None, None))

    with pytest.raises(Stopped), run.step(StepKind.CLIP, 1):
        work()
    assert seen(run) == NOTHING


def test_what_is_being_done_is_told_to_stop(run: Run) -> None:
    assert run.should_stop()() is False
    cancel(run)
    assert run.should_stop()() is True
    with run.db.write() as session:
        catalog.delete_lesson(
            session,
            catalog_queries.lesson(session, queries.recording(session, run.recording_id).lesson_id),
            NOW,
        )
    assert run.should_stop()() is True


def test_the_next_run_goes_on_where_this_one_was(run: Run) -> None:
    with run.step(StepKind.CLIP, 1):
        pass
    cancel(run)
    with run.db.write() as session:
        attempt = actions.retry(session, queries.recording(session, run.recording_id))
    with Run(run.db, run.clock, run.stopping, run.recording_id, attempt).step("clip", 2) as recording:
        assert recording.attempt == attempt
    assert seen(run) == ("working", None, {("done", 100.0), ("waiting", 0.0)})
