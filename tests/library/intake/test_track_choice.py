"""Another sound for a lesson: what is made again, and that the old clips play until then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Conflict, Invalid
from library.intake import actions, arranging, queries, track_choice
from library.intake.tables import Recording
from tests.library.intake.test_arranging import ask, cut_lesson, steps
from transcode.reading.facts import Facts, Track, TrackKind

AUDIO = TrackKind.AUDIO


def two_sounds(session: Session) -> tuple[Recording, Lesson, Facts]:
    """A lesson of two clips that play, its recording with a second sound and one that cannot be read."""
    row, lesson = cut_lesson(session, clips=2)
    facts = Facts.from_json(row.facts or {})
    tracks = (Track(0, AUDIO, 1, "aac"), Track(1, AUDIO, 2, "aac"), Track(2, AUDIO, 3, "apac", usable=False))
    facts = replace(facts, tracks=tracks)
    row.facts = facts.to_json()
    session.flush()
    return row, lesson, facts


def test_all_clips_are_made_again_and_play_until_then(db: Database) -> None:
    with db.write() as session:
        row, lesson, facts = two_sounds(session)
        plans, attempt = [clip.plan for clip in lesson.clips], row.attempt
        assert track_choice.choose_tracks(session, row, lesson, {AUDIO: 1})
        assert (row.state, row.attempt, row.tracks) == ("waiting", attempt + 1, {"audio": 1})
        assert [clip.plan for clip in lesson.clips] == plans
        assert {state for kind, _n, state in steps(session, row) if kind != "receive"} == {"waiting"}
        assert not queries.is_of_chosen_tracks(row)
        # What the worker does: the probe finds the other sound, and what was heard of the first is forgotten.
        assert facts.audio is not None
        actions.note_facts(session, row, lesson, replace(facts, audio=replace(facts.audio, index=1)))
        assert queries.is_of_chosen_tracks(row)
        assert row.profile is None
        actions.plan_steps(session, row, lesson.clips)
        assert [state for kind, _n, state in steps(session, row) if kind == "clip"] == ["waiting"] * 2
        track_choice.made_again(session, row.id, row.attempt, lesson.clips[0].id)
        actions.plan_steps(session, row, lesson.clips)
        assert [state for kind, _n, state in steps(session, row) if kind == "clip"] == ["done", "waiting"]
        track_choice.made_again(session, row.id, row.attempt, lesson.clips[1].id)
        assert row.remake is None


def test_the_same_again_makes_nothing_and_what_cannot_be_read_is_no_choice(db: Database) -> None:
    with db.write() as session:
        row, lesson, _ = two_sounds(session)
        assert not track_choice.choose_tracks(session, row, lesson, {AUDIO: 0, TrackKind.VIDEO: None})
        assert row.state == "ready"
        for index in (2, 7):
            with pytest.raises(Invalid) as refused:
                track_choice.choose_tracks(session, row, lesson, {AUDIO: index})
            assert refused.value.code == "unknown_choice"
        row.facts = None
        with pytest.raises(Conflict) as early:
            track_choice.choose_tracks(session, row, lesson, {AUDIO: 1})
        assert early.value.code == "tracks_not_yet"


def test_cutting_otherwise_meanwhile_forgets_no_clip_that_is_to_be_made_again(db: Database) -> None:
    with db.write() as session:
        row, lesson, _ = two_sounds(session)
        track_choice.choose_tracks(session, row, lesson, {AUDIO: 1})
        ask(session, row, lesson, (0, 60), (70, 120))
        arranging.cancel(session, row, lesson, lesson.created_at)
        assert row.state == "cancelled", "there is still something to make"
        assert [state for kind, _n, state in steps(session, row) if kind == "clip"] == ["waiting"] * 2


def test_a_run_that_is_over_notes_nothing(db: Database) -> None:
    with db.write() as session:
        row, lesson, _ = two_sounds(session)
        track_choice.choose_tracks(session, row, lesson, {AUDIO: 1})
        track_choice.made_again(session, row.id, row.attempt - 1, lesson.clips[0].id)
        assert row.remake == [clip.id for clip in lesson.clips]
