"""Recordings and their steps, as the database keeps them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import cue_queries
from library.catalog import queries as catalog_queries
from library.catalog.actions import Cut
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import NOBODY
from library.intake import actions, queries
from library.intake.files import objects
from library.intake.rules import TRANSCRIPT_MAX_BYTES, RecordingState, StepKind
from library.intake.tables import Original, Recording, Step
from library.intake.transcripts import taking
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together
from transcode.cutting.audio_profile import AudioProfile
from transcode.cutting.pauses import Pause
from transcode.reading.facts import AudioFacts, Facts

pytestmark = pytest.mark.dear(10)

SHA = "ab" * 32


def begin(session: Session, lesson: Lesson, upload_id: str = "u1") -> Recording:
    return actions.begin(
        session, lesson, upload_id=upload_id, file_name="a.mp4", size_bytes=10, person_id=None, now=NOW
    )


def test_a_lesson_has_one_recording_and_a_failed_one_is_replaced(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, state=LessonState.DRAFT)
        begin(session, lesson, "u1")
        second = begin(session, lesson, "u2")  # the first was never finished
        assert [r.upload_id for r in queries.in_state(session, RecordingState.RECEIVING)] == ["u2"]
        for state in ("waiting", "working", "ready"):
            second.state = state
            with pytest.raises(Conflict, match="lesson_has_recording"):
                begin(session, lesson, "u3")
        second.state = RecordingState.REFUSED
        assert begin(session, lesson, "u3").state == "receiving"


def test_two_uploads_for_one_lesson_at_once_leave_one(db: Database) -> None:
    with db.write() as session:
        lesson_id = make.lesson(session, state=LessonState.DRAFT).id

    def start(n: int) -> str:
        with db.write() as session:
            return begin(session, catalog_queries.lesson(session, lesson_id), f"u{n}").id

    for result in together([lambda n=n: start(n) for n in range(4)]):
        assert isinstance(result, str | Conflict)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Recording)) == 1


def test_the_same_bytes_taken_in_twice_at_once_are_one_original(db: Database) -> None:
    with db.write() as session:
        ids = [make.recording(session, make.lesson(session, f"课{n}")).id for n in range(4)]

    def take_in(recording_id: str) -> bool:
        with db.write() as session:
            recording = queries.recording(session, recording_id)
            return actions.take_in(session, recording, SHA, objects.original_key(SHA), NOW)

    assert sorted(together([lambda i=i: take_in(i) for i in ids]), key=str) == [False, False, False, True]
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Original)) == 1
        twins = queries.twins(session, NOBODY, queries.recording(session, ids[0]))
        assert {t.title for t in twins} == {"课1", "课2", "课3"}


def test_twins_that_may_not_be_seen_are_not_told_of(db: Database) -> None:
    with db.write() as session:
        owner = make.person(session)
        hidden = make.recording(session, make.lesson(session, state=LessonState.DRAFT, owner=owner))
        shown = make.recording(session, make.lesson(session))
        for recording in (hidden, shown):
            actions.take_in(session, recording, SHA, objects.original_key(SHA), NOW)
        assert queries.twins(session, NOBODY, shown) == []
        assert [t.id for t in queries.twins(session, owner, shown)] == [hidden.lesson_id]


def test_an_upload_that_is_given_up_takes_an_empty_draft_along_and_no_other(db: Database) -> None:
    with db.write() as session:
        empty = make.lesson(session, "空", state=LessonState.DRAFT)
        full = make.lesson(session, "有文稿", state=LessonState.DRAFT, spoken=["一"])
        recordings = [begin(session, empty, "u1").id, begin(session, full, "u2").id]
        for recording_id in recordings:
            actions.give_up(session, queries.recording(session, recording_id), NOW)
    with db.read() as session:
        assert session.scalars(select(Lesson.title)).all() == ["有文稿"]
        assert session.scalar(select(func.count()).select_from(Recording)) == 0


# ---------------------------------------------------------------------- steps


def test_a_run_from_waiting_to_ready(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, state=LessonState.DRAFT)
        recording = begin(session, lesson)
        actions.received(session, recording)
        actions.received(session, recording)
        assert recording.state == "waiting"
        clips = catalog.put_clips(session, lesson, [Cut(0, 60, "pause"), Cut(60, 100, "end")])
        for kind in ("receive", "probe", "split"):
            actions.step_running(session, recording.id, kind, 0, NOW)
            actions.step_done(session, recording.id, kind, 0, NOW)
        actions.plan_steps(session, recording, clips)
        actions.plan_steps(session, recording, clips)
        work = queries.work(session, recording)
        assert [(s.kind, s.n, s.state) for s in work.steps] == [
            ("receive", 0, "done"),
            ("probe", 0, "done"),
            ("split", 0, "done"),
            ("clip", 1, "waiting"),
            ("clip", 2, "waiting"),
            ("captions", 0, "waiting"),
            ("index", 0, "waiting"),
        ]
        actions.step_running(session, recording.id, StepKind.CLIP, 1, NOW)
        actions.step_progress(session, recording.id, 0, StepKind.CLIP, 1, 100.0, 0.5)
        session.expire_all()
        running = queries.work(session, recording).steps[3]
        assert (running.state, running.percent, running.eta_s) == ("running", 99.0, 0.5)
        assert 10 < queries.work(session, recording).percent < 60
        for kind, n in (("clip", 1), ("clip", 2), ("captions", 0), ("index", 0)):
            actions.finish(session, recording, NOW)
            assert recording.state == "working"  # interrupted is not finished
            actions.step_done(session, recording.id, kind, n, NOW)
        actions.finish(session, recording, NOW)
        assert recording.state == "ready"
        assert queries.work(session, recording).percent == 100


def test_a_failure_is_told_and_a_retry_keeps_what_is_done(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=2)
        recording = make.recording(session, lesson)
        actions.step_done(session, recording.id, StepKind.CLIP, 1, NOW)
        actions.step_failed(
            session,
            recording.id,
            "clip",
            2,
            code="disk_full",
            values={"free_bytes": 0},
            hopeless=False,
            now=NOW,
        )
        actions.finish(session, recording, NOW)
        assert (recording.state, recording.reason, recording.reason_args) == (
            "failed",
            "disk_full",
            {"free_bytes": 0},
        )
        assert actions.retry(session, recording) == 1
        session.expire_all()
        states = {(s.kind, s.n): (s.state, s.reason) for s in queries.work(session, recording).steps}
        assert states["clip", 1] == ("done", None)
        assert states["clip", 2] == ("waiting", None)
        assert (recording.state, recording.reason) == ("waiting", None)
        with pytest.raises(Conflict, match="nothing_to_retry"):
            actions.retry(session, recording)


def test_a_refusal_is_told_and_already_here_can_be_accepted(db: Database) -> None:
    with db.write() as session:
        recording = make.recording(session, make.lesson(session, clips=1))
        values = {"title": "已有", "lesson": "x"}
        actions.step_failed(
            session, recording.id, "receive", 0, code="already_here", values=values, hopeless=True, now=NOW
        )
        actions.finish(session, recording, NOW)
        assert (recording.state, recording.accepted_twin) == ("refused", False)
        actions.retry(session, recording)
        assert (recording.state, recording.accepted_twin) == ("waiting", True)


def test_steps_of_clips_that_are_gone_go_too(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=3)
        recording = make.recording(session, lesson)
        clips = catalog.put_clips(session, lesson, [Cut(0, 60, "pause"), Cut(60, 180, "end")])
        actions.plan_steps(session, recording, clips)
        steps = [(s.n, s.clip_id) for s in queries.work(session, recording).steps if s.kind == "clip"]
        assert steps == [(1, clips[0].id), (2, clips[1].id)]


def test_a_deleted_recording_is_told_as_gone(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        recording_id = make.recording(session, lesson).id
        catalog.delete_lesson(session, lesson, NOW)
        session.expire_all()
        with pytest.raises(NotFound):
            queries.recording(session, recording_id)
        assert session.scalar(select(func.count()).select_from(Step)) == 0


def test_what_a_person_has_uploaded_counts_also_while_it_arrives(db: Database) -> None:
    with db.write() as session:
        person = make.person(session)
        make.recording(session, make.lesson(session), person)
        lesson = make.lesson(session, state=LessonState.DRAFT)
        actions.begin(
            session,
            lesson,
            upload_id="u",
            file_name="a.mp4",
            size_bytes=7,
            person_id=person.person_id,
            now=NOW,
        )
        assert queries.used_bytes(session, str(person.person_id)) == 1_000_007
        assert [x.id for _r, x in queries.arriving(session, str(person.person_id))] == [lesson.id]
        assert queries.used_bytes(session, "0" * 16) == 0


# ---------------------------------------------------------------------- what is said

SRT = "1\n00:00:01,000 --> 00:00:04,000\n同志们好。\n\n2\n00:01:30,000 --> 00:01:50,000\n到此结束。\n"


def cues(session: Session, lesson: Lesson) -> list[CueLine]:
    return cue_queries.cues(session, lesson.id)


def heard(recording: Recording, duration_s: float) -> None:
    """Note what the probe and the audio pass find in a recording with a pause in its middle."""
    sound = AudioFacts(0, "aac", 2, 48000, 64000, 0.0, duration_s)
    recording.facts = Facts("mp4", "mov", duration_s, 0.0, 1, None, sound, ()).to_json()
    middle = duration_s / 2
    recording.profile = AudioProfile((Pause(middle - 1, middle + 1, 20.0),), -20.0, -3.0).to_json()


def test_a_transcript_longer_than_the_recording_is_cut_at_its_end(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        heard(make.recording(session, lesson), 100.0)
        taking.take(session, lesson, taking.read(SRT.encode("gb18030"), "讲稿.srt"), NOW)
        assert lesson.transcript == "exact"
        assert cues(session, lesson) == [CueLine(1, 4, "同志们好。"), CueLine(90, 100, "到此结束。")]


def test_plain_text_waits_for_the_recording_and_then_gets_estimated_times(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        recording = make.recording(session, lesson)
        words = taking.read("同志们好。\n到此结束。".encode(), "讲稿.txt")
        taking.take(session, lesson, words, NOW)
        assert lesson.transcript == "plain"
        heard(recording, 60.0)
        taking.fit(session, lesson, recording, NOW)
        assert lesson.transcript == "estimated"
        times = [(c.start_s, c.end_s) for c in cues(session, lesson)]
        assert all(a is not None and b is not None and 0 <= a < b <= 60 for a, b in times)
        revision = lesson.revision
        taking.fit(session, lesson, recording, NOW)
        assert lesson.revision == revision


def test_who_speaks_stays_with_the_words_whatever_becomes_of_their_times(db: Database) -> None:
    with db.write() as session:
        lesson = make.lesson(session, clips=1)
        recording = make.recording(session, lesson)
        minutes = "主持人(00:00:02): 同志们好\n王老师(00:00:09): 共同富裕"
        taking.take(session, lesson, taking.read(minutes.encode(), "纪要.txt"), NOW)
        heard(recording, 9.5)
        taking.fit(session, lesson, recording, NOW)
        assert cues(session, lesson) == [
            CueLine(2.0, 9.0, "同志们好", "主持人"),
            CueLine(9.0, 9.5, "共同富裕", "王老师"),
        ]
        plain = taking.read("主持人：同志们好\n大家好".encode(), "文稿.txt")
        taking.take(session, lesson, plain, NOW, replace=True)
        assert lesson.transcript == "estimated"
        assert [(c.text, c.speaker) for c in cues(session, lesson)] == [
            ("同志们好", "主持人"),
            ("大家好", ""),
        ]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"x" * (TRANSCRIPT_MAX_BYTES + 1), "a.txt", "transcript_too_large"),
        (b"PK\x03\x04 broken", "a.docx", "transcript_"),
        (b"", "a.srt", "transcript_"),
    ],
)
def test_a_transcript_that_cannot_be_read_is_refused_and_the_old_one_stays(
    db: Database, data: bytes, name: str, code: str
) -> None:
    with db.write() as session:
        lesson = make.lesson(session, spoken=["旧的"])
        with pytest.raises(Invalid) as refused:
            taking.take(session, lesson, taking.read(data, name), NOW)
        assert refused.value.code.startswith(code)
        assert refused.value.values["field"] == "transcript"
        assert [c.text for c in cues(session, lesson)] == ["旧的"]
