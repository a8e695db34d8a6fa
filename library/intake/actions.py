"""With `arranging` the only writer of the intake tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.catalog.permits import LessonState
from library.catalog.rules import LessonKind, TranscriptQuality
from library.catalog.tables import Clip, Lesson
from library.core.database import insert_new, upsert
from library.core.errors import Conflict
from library.core.ids import new_id
from library.core.text import clean_line
from library.intake import queries
from library.intake.rules import BUSY, FILE_NAME_MAX, RETRIABLE, RecordingState, StepKind, StepState
from library.intake.tables import BegunUpload, Original, Recording, Step, WorkerSign
from library.intake.transcripts import taking
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from transcode.cutting.audio_profile import AudioProfile, with_sound
from transcode.pictures.overview import Overview
from transcode.planning.copying import KeyFrames
from transcode.reading.facts import Facts


def begin(
    session: Session,
    lesson: Lesson,
    *,
    upload_id: str | None,
    file_name: str,
    size_bytes: int,
    person_id: str | None,
    now: datetime,
) -> Recording:
    """Note that a recording begins to arrive for a lesson.

    A recording that failed, was refused or cancelled, or whose upload was given up, is replaced; raises
    Conflict("lesson_has_recording") when the lesson already has one that works.
    """
    present = queries.recording_of(session, lesson.id)
    if present is not None:
        if present.state in (*BUSY, RecordingState.READY) or present.wanted is not None:
            raise Conflict("lesson_has_recording")
        _forget_what_was_made(session, lesson, now)
        session.execute(delete(Recording).where(Recording.id == present.id))
    recording_id = new_id()
    values = {
        "id": recording_id,
        "lesson_id": lesson.id,
        "upload_id": upload_id,
        "file_name": clean_line(file_name)[:FILE_NAME_MAX],
        "size_bytes": size_bytes,
        "state": RecordingState.RECEIVING,
        "uploaded_by": person_id,
        "created_at": now,
    }
    if not insert_new(session, Recording, ["lesson_id"], values):  # another upload began in this moment
        raise Conflict("lesson_has_recording")
    return queries.recording(session, recording_id)


def begin_alone(session: Session) -> None:
    """Let no other upload begin until the transaction ends: what is free is promised to one at a time."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer
        session.execute(text(f"LOCK TABLE {BegunUpload.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def note_begun(
    session: Session, upload_id: str, *, account: str, address: str, size_bytes: int, now: datetime
) -> None:
    """Note who began an upload, and from where (both are keyed hashes), for the limits of both."""
    row = BegunUpload(
        upload_id=upload_id, account=account, address=address, begun_at=now, size_bytes=size_bytes
    )
    session.add(row)


def note_ended(session: Session, upload_id: str, received_bytes: int) -> None:
    """Note that no more of an upload will come: from now on what came of it counts."""
    of_it = (BegunUpload.upload_id == upload_id, BegunUpload.size_bytes > received_bytes)
    session.execute(update(BegunUpload).where(*of_it).values(size_bytes=received_bytes))


def forget_begun(session: Session, before: datetime) -> None:
    """Forget uploads that were begun before a moment and do not go on any more."""
    receiving = (Recording.state == RecordingState.RECEIVING, Recording.upload_id.is_not(None))
    still = select(Recording.upload_id).where(*receiving)
    old = (BegunUpload.begun_at < before, BegunUpload.upload_id.not_in(still))
    session.execute(delete(BegunUpload).where(*old))


def _forget_what_was_made(session: Session, lesson: Lesson, now: datetime) -> None:
    """Take away what another recording gave a lesson: its cuts, and how words lie over its sound."""
    if lesson.every_clip:
        catalog.put_clips(session, lesson, [])
    taking.forget_fits(session, lesson, now)


def give_up(session: Session, recording: Recording, now: datetime) -> None:
    """Forget an upload that was cancelled, and its lesson when nothing else hangs on it."""
    lesson = catalog_queries.lesson(session, recording.lesson_id)
    has_words = lesson.transcript is not TranscriptQuality.NONE or bool(lesson.summary)
    if lesson.state is LessonState.DRAFT and lesson.key is None and not has_words:
        catalog.delete_lesson(session, lesson, now)  # and the recording with it
    else:
        session.delete(recording)
        session.flush()


def received(session: Session, recording: Recording) -> None:
    """Note that all bytes are here; the pipeline may begin. Saying it twice changes nothing."""
    if recording.state is RecordingState.RECEIVING:
        recording.state = RecordingState.WAITING
        _ensure_step(session, recording.id, StepKind.RECEIVE, 0)
    session.flush()


def start_run(session: Session, recording: Recording) -> int:
    """Begin a run of the pipeline: what failed waits again, what is done stays. Returns the run's number."""
    recording.attempt += 1
    recording.state, recording.reason, recording.reason_args = RecordingState.WAITING, None, {}
    session.execute(
        update(Step)
        .where(Step.recording_id == recording.id, Step.state != StepState.DONE)
        .values(state=StepState.WAITING, percent=0.0, eta_s=None, reason=None, reason_args={})
    )
    session.flush()
    return recording.attempt


def accept_twin(recording: Recording) -> None:
    """Take it that the same bytes' being here already is no question."""
    recording.accepted_twin = True


def retry(session: Session, recording: Recording) -> int:
    """Run again what failed or was cancelled; raises Conflict("nothing_to_retry").

    "Already here" is thereby accepted.
    """
    if recording.state not in RETRIABLE:
        raise Conflict("nothing_to_retry")
    if recording.reason == "already_here":
        accept_twin(recording)
    return start_run(session, recording)


def _ensure_step(
    session: Session, recording_id: str, kind: StepKind, n: int, clip_id: str | None = None
) -> Step:
    step = session.get(Step, (recording_id, kind, n))
    if step is None:
        step = Step(recording_id=recording_id, kind=kind, n=n, clip_id=clip_id, state=StepState.WAITING)
        session.add(step)
        session.flush()
    return step


def plan_steps(session: Session, recording: Recording, clips: Sequence[Clip]) -> None:
    """Lay out the steps that follow once the clips are known, in their order; those that play are done.

    Except those that play and are to be made again, of other tracks.
    """
    again = set(recording.remake or ())
    clip_steps = (Step.recording_id == recording.id, Step.kind == StepKind.CLIP)
    known = {step.clip_id: step for step in session.scalars(select(Step).where(*clip_steps))}
    times = {clip_id: (step.started_at, step.finished_at) for clip_id, step in known.items()}
    for step in known.values():  # numbers move: all go before the first comes
        session.delete(step)
    session.flush()
    for n, clip in enumerate(clips, start=1):
        step = _ensure_step(session, recording.id, StepKind.CLIP, n, clip.id)
        if clip.plan is not None and clip.id not in again:
            step.state, step.percent = StepState.DONE, 100.0
            step.started_at, step.finished_at = times.get(clip.id, (None, None))
    _ensure_step(session, recording.id, StepKind.CAPTIONS, 0)
    _ensure_step(session, recording.id, StepKind.INDEX, 0)


def step_running(session: Session, recording_id: str, kind: StepKind, n: int, now: datetime) -> None:
    """Note that a step begins."""
    step = _ensure_step(session, recording_id, kind, n)
    step.state, step.percent, step.eta_s, step.reason = StepState.RUNNING, 0.0, None, None
    step.started_at, step.finished_at = now, None
    session.execute(
        update(Recording).where(Recording.id == recording_id).values(state=RecordingState.WORKING)
    )


def step_progress(
    session: Session,
    recording_id: str,
    attempt: int,
    kind: StepKind,
    n: int,
    percent: float,
    eta_s: float | None,
) -> None:
    """Note how far a running step of run `attempt` is; of a run that is over nothing is noted."""
    runs = select(Recording.id).where(Recording.id == recording_id, Recording.attempt == attempt)
    session.execute(
        update(Step)
        .where(Step.recording_id.in_(runs), Step.kind == kind, Step.n == n)
        .values(percent=min(99.0, percent), eta_s=eta_s)
    )


def step_done(session: Session, recording_id: str, kind: StepKind, n: int, now: datetime) -> None:
    """Note that a step is done."""
    step = _ensure_step(session, recording_id, kind, n)
    step.state, step.percent, step.eta_s, step.finished_at = StepState.DONE, 100.0, None, now


def step_failed(
    session: Session,
    recording_id: str,
    kind: StepKind,
    n: int,
    *,
    code: str,
    values: Mapping[str, Any],
    hopeless: bool,
    now: datetime,
) -> None:
    """Note that a step failed and why; `hopeless` says that trying the same again cannot help."""
    step = _ensure_step(session, recording_id, kind, n)
    step.state, step.eta_s, step.finished_at = StepState.FAILED, None, now
    step.reason, step.reason_args, step.hopeless = code, dict(values), hopeless


def take_in(session: Session, recording: Recording, sha256: str, key: str, now: datetime) -> bool:
    """Link a recording to its original; returns whether these bytes are new to the library.

    Until the transaction ends no other recording can be linked to the same original.
    """
    values = {"sha256": sha256, "key": key, "size_bytes": recording.size_bytes, "created_at": now}
    new = insert_new(session, Original, ["sha256"], values)
    session.get(Original, sha256, with_for_update=True)
    recording.sha256 = sha256
    session.flush()
    return new


def hold_unused(session: Session, sha256: str, key: str, size_bytes: int, now: datetime) -> Original | None:
    """Return the original of some bytes, held until the transaction ends; None when it is in use.

    Where its row is missing it is made: an upload of the same bytes then waits, and keeps its own.
    """
    values = {"sha256": sha256, "key": key, "size_bytes": size_bytes, "created_at": now}
    insert_new(session, Original, ["sha256"], values)
    held = session.get_one(Original, sha256, with_for_update=True)
    return None if queries.is_used(session, sha256) else held


def drop_original(session: Session, original: Original) -> None:
    """Forget an original whose bytes are gone, or go."""
    session.delete(original)


def drop_lesson(session: Session, lesson: Lesson, now: datetime) -> str | None:
    """Take a lesson away with its recording, and the original unless another recording is made of it.

    Returns the key of what then lies in the store for nothing, None when it is still needed.
    """
    recording = queries.recording_of(session, lesson.id)
    original = session.get(Original, recording.sha256) if recording and recording.sha256 else None
    catalog.delete_lesson(session, lesson, now)
    if original is None or queries.is_used(session, original.sha256):
        return None
    drop_original(session, original)
    return original.key


def note_facts(session: Session, recording: Recording, lesson: Lesson, facts: Facts) -> None:
    """Note what the probe found out; what was heard and seen of other tracks is forgotten."""
    before = recording.facts or {}
    for kind, track in (("audio", facts.audio), ("video", facts.video)):
        if (before.get(kind) or {}).get("index") != (track.index if track else None):
            _forget_senses(recording, kind)
    if recording.profile is not None:
        facts = with_sound(facts, AudioProfile.from_json(recording.profile))
    kind = LessonKind.VIDEO if facts.video is not None else LessonKind.SOUND
    catalog.set_media(session, lesson, kind=kind, duration_s=facts.duration_s)
    recording.facts = facts.to_json()


def _forget_senses(recording: Recording, kind: str) -> None:
    if kind == "audio":
        recording.profile = None
    else:
        recording.look, recording.key_frames = None, None


def note_sound(recording: Recording, profile: AudioProfile) -> None:
    """Note what was heard, and what the facts of the recording gain by it."""
    recording.profile = profile.to_json()
    if recording.facts is not None:
        recording.facts = with_sound(Facts.from_json(recording.facts), profile).to_json()


def note_look(recording: Recording, look: Overview) -> None:
    """Note what was seen of the picture."""
    recording.look = look.to_json()


def note_key_frames(recording: Recording, key_frames: KeyFrames) -> None:
    """Note where the picture can be cut without encoding it again."""
    recording.key_frames = key_frames.to_json()


def finish(session: Session, recording: Recording, now: datetime) -> None:
    """Close a run: ready when every step is done, else failed or refused for the first step that failed.

    Whoever uploaded it is told.

    A run that was interrupted (neither all done nor one failed) stays `working`: it will be taken up again.
    """
    steps = session.scalars(select(Step).where(Step.recording_id == recording.id)).all()
    failed = [s for s in queries.in_order(steps) if s.state is StepState.FAILED]
    if failed:
        first = failed[0]
        recording.state = RecordingState.REFUSED if first.hopeless else RecordingState.FAILED
        recording.reason, recording.reason_args = first.reason, dict(first.reason_args)
        _tell(session, recording, Kind.UPLOAD_FAILED, now)
    elif steps and all(s.state is StepState.DONE for s in steps):
        recording.state, recording.reason, recording.reason_args = RecordingState.READY, None, {}
        _tell(session, recording, Kind.UPLOAD_READY, now)
    session.flush()


def give_up_run(session: Session, recording: Recording, now: datetime) -> None:
    """Close a run that took the worker down with it time and again; whoever uploaded it is told."""
    recording.state, recording.reason, recording.reason_args = RecordingState.FAILED, "gave_up", {}
    _tell(session, recording, Kind.UPLOAD_FAILED, now)
    session.flush()


def _tell(session: Session, recording: Recording, kind: Kind, now: datetime) -> None:
    key = f"run:{recording.id}:{recording.attempt}"
    notices.tell(session, [recording.uploaded_by], News(kind, recording.lesson_id, key), now)


def worker_lives(session: Session, executor_id: str, now: datetime) -> None:
    """Note a worker's sign of life."""
    row = upsert(session, WorkerSign).values(executor_id=executor_id, signs=1, seen_at=now)
    again = {"signs": WorkerSign.signs + 1, "seen_at": now}
    session.execute(row.on_conflict_do_update(index_elements=["executor_id"], set_=again))
