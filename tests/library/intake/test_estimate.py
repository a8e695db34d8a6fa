"""How much longer: the arithmetic."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.database import Database
from library.intake import actions, queries
from library.intake.estimate import ClipWork, left_s, rounded_s
from library.intake.rules import StepKind
from tests.support import factories as make
from tests.support.databases import NOW

DONE = ClipWork(600.0, 100.0, 300.0)


def test_two_at_a_time_take_half_as_long() -> None:
    waiting = ClipWork(600.0, 0.0, 0.0)
    assert left_s([DONE, waiting, waiting], 1) == 600.0
    assert left_s([DONE, waiting, waiting], 2) == 300.0


def test_the_last_clip_alone_is_waited_for() -> None:
    waiting = ClipWork(600.0, 0.0, 0.0)
    assert left_s([DONE, waiting, waiting, waiting], 2) == 600.0


def test_half_a_clip_takes_half_its_time() -> None:
    assert left_s([ClipWork(600.0, 50.0, 100.0)], 2) == 100.0


def test_nothing_is_said_before_anything_was_seen() -> None:
    assert left_s([ClipWork(600.0, 0.0, 0.0)], 2) is None
    assert left_s([ClipWork(600.0, 1.0, 2.0)], 2) is None
    assert left_s([], 2) is None


def test_clips_kept_from_before_tell_no_speed() -> None:
    kept = ClipWork(600.0, 100.0, 0.0)
    assert left_s([kept, kept, ClipWork(600.0, 50.0, 100.0)], 2) == 100.0


def test_nothing_is_left_when_all_is_done() -> None:
    assert left_s([DONE], 2) == 0.0


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, 0), (3, 5), (21, 30), (89, 90), (91, 120), (3000, 3000), (3001, 3300)]
)
def test_times_are_rounded_up_as_people_say_them(seconds: float, said: int) -> None:
    assert rounded_s(seconds) == said


CLIPS = st.lists(
    st.builds(ClipWork, st.floats(1, 600), st.floats(0, 100), st.floats(0, 2000)), min_size=1, max_size=12
)


@given(CLIPS, st.integers(1, 4))
def test_more_hands_never_take_longer(clips: list[ClipWork], hands: int) -> None:
    few, many = left_s(clips, hands), left_s(clips, hands + 1)
    if few is not None:
        assert many is not None
        assert many <= few + 1e-6


def test_what_is_left_is_read_from_the_steps(db: Database) -> None:
    """Three clips of a minute: one made in thirty seconds, one half-way, one waiting."""
    with db.write() as session:
        lesson = make.lesson(session, clips=3)
        for clip in lesson.clips:
            clip.plan = None
        recording = make.recording(session, lesson)
        assert queries.left_s(session, recording, NOW, 2) is None
        for n in (1, 2):
            actions.step_running(session, recording.id, StepKind.CLIP, n, NOW)
        actions.step_done(session, recording.id, StepKind.CLIP, 1, NOW + timedelta(seconds=30))
        actions.step_progress(session, recording.id, recording.attempt, StepKind.CLIP, 2, 50.0, None)
        session.flush()
        session.refresh(recording)
        later = NOW + timedelta(seconds=15)
        assert queries.left_s(session, recording, later, 1) == 50.0
        assert queries.left_s(session, recording, later, 2) == 30.0
