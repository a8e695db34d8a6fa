"""The only reader of the intake tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Viewer
from library.intake import cutting
from library.intake.estimate import ClipWork, rounded_s
from library.intake.estimate import left_s as estimate_left_s
from library.intake.rules import (
    BUSY,
    STEP_ORDER,
    Begun,
    RecordingState,
    StepKind,
    StepState,
    StepView,
    overall_percent,
)
from library.intake.tables import BegunUpload, Recording, Step, WorkerSign
from library.people.tables import Person
from transcode.reading.facts import TrackKind

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def recording(session: Session, recording_id: str) -> Recording:
    """Return a recording; raises NotFound (it may have been deleted while a job was waiting)."""
    found = session.get(Recording, recording_id)
    if found is None:
        raise NotFound("recording_gone")
    return found


def held(session: Session, recording_id: str) -> Recording | None:
    """Return a recording as it is now, held until the transaction ends; None when it is gone."""
    return session.get(Recording, recording_id, with_for_update=True, populate_existing=True)


def attempt_of(session: Session, recording_id: str) -> int | None:
    """Return the number of a recording's present run; None when the recording is gone."""
    return session.scalar(select(Recording.attempt).where(Recording.id == recording_id))


def arrangement(recording: Recording, lesson: Lesson) -> list[Clip]:
    """Return the clips that are wanted, in order: of the arrangement being made, else the lesson's."""
    if recording.wanted is None:
        return list(lesson.clips)
    known = {clip.id: clip for clip in lesson.every_clip}
    return [known[clip_id] for clip_id in recording.wanted if clip_id in known]


def tracks_in_use(recording: Recording) -> dict[TrackKind, int]:
    """Return the indexes of the tracks that clips are made of, or are about to be."""
    facts = recording.facts or {}
    found = {kind: facts[kind]["index"] for kind in TrackKind if facts.get(kind)}
    return {**found, **{TrackKind(kind): index for kind, index in (recording.tracks or {}).items()}}


def is_of_chosen_tracks(recording: Recording) -> bool:
    """Tell whether what is known of a recording is of the tracks that somebody chose."""
    facts = recording.facts or {}
    chosen = recording.tracks or {}
    return all((facts.get(kind) or {}).get("index") == index for kind, index in chosen.items())


def version_of(recording: Recording, clips: Sequence[Clip]) -> str:
    """Return the name of an arrangement, by which a change of it is noticed."""
    return cutting.version(recording.id, [(c.id, c.start_s, c.end_s, c.title) for c in clips])


def clip_step(session: Session, recording_id: str, clip_id: str) -> Step | None:
    """Return the step that makes a clip; None when the clip is not wanted any more."""
    of_the_clip = (Step.recording_id == recording_id, Step.kind == StepKind.CLIP, Step.clip_id == clip_id)
    return session.scalars(select(Step).where(*of_the_clip)).first()


def clips_to_make(session: Session, recording_id: str) -> int:
    """Return how many clips of a recording are still to be made."""
    waiting = (Step.recording_id == recording_id, Step.kind == StepKind.CLIP, Step.state != StepState.DONE)
    return session.scalar(select(func.count()).select_from(Step).where(*waiting)) or 0


def recording_of(session: Session, lesson_id: str) -> Recording | None:
    """Return the recording of a lesson, None when its video is still to come."""
    return session.scalars(select(Recording).where(Recording.lesson_id == lesson_id)).first()


def recordings_of(session: Session, lesson_ids: Sequence[str]) -> dict[str, Recording]:
    """Return the recordings of several lessons, by lesson id; lessons without one are left out."""
    rows = session.scalars(select(Recording).where(Recording.lesson_id.in_(lesson_ids)))
    return {row.lesson_id: row for row in rows}


def recording_by_upload(session: Session, upload_id: str) -> Recording | None:
    """Return the recording that is received under an upload's id."""
    return session.scalars(select(Recording).where(Recording.upload_id == upload_id)).first()


def is_used(session: Session, sha256: str) -> bool:
    """Tell whether a recording is made of these bytes."""
    return (
        session.scalars(select(Recording.id).where(Recording.sha256 == sha256).limit(1)).first() is not None
    )


def used_bytes(session: Session, person_id: str) -> int:
    """Return how many bytes of originals a person has uploaded, what is still arriving included."""
    total = select(func.coalesce(func.sum(Recording.size_bytes), 0)).where(Recording.uploaded_by == person_id)
    return int(session.scalar(total) or 0)


def arriving(session: Session, person_id: str) -> Sequence[tuple[Recording, Lesson]]:
    """Return a person's uploads that have begun and not ended, newest first."""
    rows = session.execute(
        select(Recording, Lesson)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .where(Recording.uploaded_by == person_id, Recording.state == RecordingState.RECEIVING)
        .order_by(Recording.created_at.desc())
    )
    return [(recording, lesson) for recording, lesson in rows]


def open_uploads(session: Session) -> list[tuple[str, int]]:
    """Return the id and the size in bytes of every upload that has begun and not ended."""
    receiving = (Recording.state == RecordingState.RECEIVING, Recording.upload_id.is_not(None))
    rows = session.execute(select(Recording.upload_id, Recording.size_bytes).where(*receiving))
    return [(str(upload_id), size_bytes) for upload_id, size_bytes in rows]


def waiting_bytes(session: Session) -> int:
    """Return how many bytes the recordings have of which clips are being made, or about to be."""
    total = select(func.coalesce(func.sum(Recording.size_bytes), 0)).where(Recording.state.in_(BUSY))
    return int(session.scalar(total) or 0)


def begun_by(session: Session, account: str, now: datetime) -> Begun:
    """Return what an account (a keyed hash) has begun to upload."""
    return _begun(session, BegunUpload.account == account, now)


def begun_from(session: Session, address: str, now: datetime) -> Begun:
    """Return what has been begun to upload from an address (a keyed hash)."""
    return _begun(session, BegunUpload.address == address, now)


def has_begun_before(session: Session, moment: datetime) -> bool:
    """Tell whether there are notes of uploads that were begun before a moment."""
    old = select(BegunUpload.upload_id).where(BegunUpload.begun_at < moment).limit(1)
    return session.scalars(old).first() is not None


def _begun(session: Session, whose: ColumnElement[bool], now: datetime) -> Begun:
    open_now = (
        select(func.count())
        .select_from(BegunUpload)
        .join(Recording, Recording.upload_id == BegunUpload.upload_id)
        .where(whose, Recording.state == RecordingState.RECEIVING)
    )
    hour = select(func.count()).select_from(BegunUpload).where(whose, BegunUpload.begun_at > now - _HOUR)
    day = select(func.coalesce(func.sum(BegunUpload.size_bytes), 0)).where(
        whose, BegunUpload.begun_at > now - _DAY
    )
    return Begun(*(int(session.scalar(one) or 0) for one in (open_now, hour, day)))


def in_state(session: Session, *states: RecordingState, most: int | None = None) -> Sequence[Recording]:
    """Return the recordings in one of `states`, oldest first; `most` of them, None for all."""
    wanted = select(Recording).where(Recording.state.in_(states)).order_by(Recording.id)
    return session.scalars(wanted.limit(most)).all()


@dataclass(frozen=True)
class QueueLine:
    """A recording, with the name of its lesson and of whoever uploaded it ("" for nobody)."""

    recording: Recording
    title: str
    who: str


def queue(session: Session, states: Sequence[RecordingState], number: int, size: int) -> Page[QueueLine]:
    """Return one page of the recordings in some states, whosever they are; the oldest first."""
    number = clean_number(number)
    some = Recording.state.in_(states)
    total = session.scalar(select(func.count()).select_from(Recording).where(some)) or 0
    rows = session.execute(
        select(Recording, Lesson.title, Person.name)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .outerjoin(Person, Person.id == Recording.uploaded_by)
        .where(some)
        .order_by(Recording.created_at, Recording.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page([QueueLine(one, title, who or "") for one, title, who in rows], number, size, total)


def count_by_state(session: Session) -> dict[RecordingState, int]:
    """Return how many recordings are in each state, those without any as well."""
    rows = session.execute(select(Recording.state, func.count().label("n")).group_by(Recording.state))
    found = {row.state: row.n for row in rows}
    return {state: found.get(state, 0) for state in RecordingState}


def steps_at_work(session: Session) -> dict[tuple[StepKind, StepState], int]:
    """Return how many steps of recordings that a run is at are of each kind and in each state."""
    rows = session.execute(
        select(Step.kind, Step.state, func.count())
        .join(Recording, Recording.id == Step.recording_id)
        .where(Recording.state.in_(BUSY))
        .group_by(Step.kind, Step.state)
    )
    found = {(kind, state): n for kind, state, n in rows}
    return {(kind, state): found.get((kind, state), 0) for kind in StepKind for state in StepState}


def oldest_since(session: Session) -> dict[RecordingState, datetime]:
    """Return since when the oldest recording of each busy state is there; states without any are left out.

    A waiting one since it has been received, one at work since its running step began; where neither is
    known, since its upload began.
    """
    waits = func.coalesce(func.max(Step.finished_at), Recording.created_at)
    works = func.coalesce(func.min(Step.started_at), Recording.created_at)
    found = {}
    for state, since, of_steps in (
        (RecordingState.WAITING, waits, (Step.kind == StepKind.RECEIVE,)),
        (RecordingState.WORKING, works, (Step.state == StepState.RUNNING,)),
    ):
        each = (
            select(since.label("since"))
            .select_from(Recording)
            .outerjoin(Step, and_(Step.recording_id == Recording.id, *of_steps))
            .where(Recording.state == state)
            .group_by(Recording.id, Recording.created_at)
            .subquery()
        )
        oldest = session.scalar(select(func.min(each.c.since)))
        if oldest is not None:
            found[state] = oldest
    return found


def twins(session: Session, viewer: Viewer, recording: Recording) -> list[Lesson]:
    """Return the other lessons made of the same file that the viewer may see, oldest recording first.

    A lesson whose recording was refused is made of nothing and is left out.
    """
    return twins_of(session, viewer, [recording])[recording.id]


def twins_of(session: Session, viewer: Viewer, recordings: Sequence[Recording]) -> dict[str, list[Lesson]]:
    """Return what `twins` says of several recordings, by recording id."""
    hashes = {r.sha256 for r in recordings if r.sha256 is not None}
    if not hashes:
        return {r.id: [] for r in recordings}
    same = session.execute(
        select(Recording.id, Recording.sha256, Recording.lesson_id)
        .where(Recording.sha256.in_(hashes), Recording.state != RecordingState.REFUSED)
        .order_by(Recording.created_at, Recording.id)
    ).all()
    seen = {
        x.id: x for x in catalog.lessons_by_ids(session, viewer, [lesson_id for _i, _s, lesson_id in same])
    }
    return {
        r.id: [
            seen[lesson_id]
            for other_id, sha256, lesson_id in same
            if sha256 == r.sha256 and other_id != r.id and lesson_id in seen
        ]
        for r in recordings
    }


@dataclass(frozen=True)
class StepLine:
    """A step with everything the progress page shows of it."""

    kind: StepKind
    n: int
    state: StepState
    percent: float
    eta_s: float | None
    reason: str | None
    reason_args: dict[str, Any]
    clip_id: str | None


@dataclass(frozen=True)
class Work:
    """Where a recording is: its state, how far in percent, every step in order, and why it stopped."""

    state: RecordingState
    percent: float
    steps: tuple[StepLine, ...]
    reason: str | None
    reason_args: dict[str, Any]


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return steps in the order in which they follow each other."""
    return sorted(steps, key=lambda s: (STEP_ORDER[s.kind], s.n))


def work(session: Session, recording: Recording) -> Work:
    """Return the state of a recording's way through the pipeline."""
    return _work(recording, session.scalars(select(Step).where(Step.recording_id == recording.id)).all())


def left_s(session: Session, recording: Recording, now: datetime, side_by_side: int) -> float | None:
    """Return how much longer a run's clips will take, rounded as people say it; None when nobody knows."""
    if recording.state is not RecordingState.WORKING:
        return None
    rows = session.execute(
        select(Step, Clip.start_s, Clip.end_s)
        .join(Clip, Clip.id == Step.clip_id)
        .where(Step.recording_id == recording.id, Step.kind == StepKind.CLIP)
        .order_by(Step.n)
    )
    clips = [
        ClipWork(
            duration_s=end_s - start_s,
            percent=step.percent,
            worked_s=((step.finished_at or now) - step.started_at).total_seconds()
            if step.started_at
            else 0.0,
        )
        for step, start_s, end_s in rows
    ]
    found_s = estimate_left_s(clips, side_by_side)
    return None if found_s is None else float(rounded_s(found_s))


def _work(recording: Recording, steps: Iterable[Step]) -> Work:
    lines = [
        StepLine(s.kind, s.n, s.state, s.percent, s.eta_s, s.reason, s.reason_args or {}, s.clip_id)
        for s in in_order(steps)
    ]
    percent = overall_percent(StepView(s.kind, s.n, s.state, s.percent) for s in lines)
    if recording.state is RecordingState.RECEIVING:
        percent = 0.0
    return Work(recording.state, percent, tuple(lines), recording.reason, recording.reason_args or {})


def works(session: Session, lesson_ids: Sequence[str]) -> dict[str, tuple[Recording, Work]]:
    """Return the recordings of several lessons with where they are, by lesson id."""
    recordings = recordings_of(session, lesson_ids)
    steps: dict[str, list[Step]] = {r.id: [] for r in recordings.values()}
    for step in session.scalars(select(Step).where(Step.recording_id.in_(steps))):
        steps[step.recording_id].append(step)
    return {lesson_id: (r, _work(r, steps[r.id])) for lesson_id, r in recordings.items()}


@dataclass(frozen=True)
class WorkerSeen:
    """A worker by its name, and when it last gave a sign of life, by its own clock."""

    name: str
    at: datetime


def workers_seen(session: Session) -> list[WorkerSeen]:
    """Return every worker that ever gave a sign of life, by name."""
    rows = session.scalars(select(WorkerSign).order_by(WorkerSign.executor_id))
    return [WorkerSeen(one.executor_id, one.seen_at) for one in rows]


def worker_signs(session: Session) -> dict[str, int]:
    """Return how often each worker that ever was gave a sign of life, by its name."""
    return {one.executor_id: one.signs for one in session.scalars(select(WorkerSign))}
