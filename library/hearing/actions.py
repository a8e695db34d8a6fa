"""The only writer of the tables of hearing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.core.database import insert_new
from library.core.errors import Conflict
from library.hearing import queries
from library.hearing.rules import OPEN, RecognitionState
from library.hearing.tables import Chunk, Recognition
from library.intake import queries as intake
from library.intake.rules import RecordingState
from library.intake.tables import Recording


class Over(Exception):
    """The run is over: it was cancelled, another has begun, or the recording is gone."""


@dataclass(frozen=True)
class NewChunk:
    """A stretch that was heard, as `tables.Chunk` keeps it."""

    start_s: float
    end_s: float
    words: Sequence[Sequence[Any]]
    pauses: Sequence[Sequence[float]] = ()
    remarks: Sequence[Mapping[str, Any]] = ()


def want(session: Session, lesson_id: str, person_id: str | None, now: datetime) -> Recognition:
    """Ask that a lesson's recording be heard; what is going on goes on, what was heard whole is heard anew.

    What failed or was cancelled goes on behind what is kept. Raises Conflict("nothing_to_hear") where there
    is no recording, or none with sound.
    """
    recording = intake.recording_of(session, lesson_id)
    if recording is None or recording.state is RecordingState.REFUSED or not queries.has_sound(recording):
        raise Conflict("nothing_to_hear")
    values = {
        "recording_id": recording.id,
        "state": RecognitionState.WAITING,
        "wanted_by": person_id,
        "wanted_at": now,
    }
    insert_new(session, Recognition, ["recording_id"], values)
    one = queries.held(session, recording.id)
    if one is None:
        raise Conflict("nothing_to_hear")
    if one.state in OPEN:
        return one
    if one.state is RecognitionState.DONE:
        _forget_chunks(session, one)
        one.version_n = None
    one.wanted_by, one.wanted_at = person_id, now
    _start_run(one)
    session.flush()
    return one


def cancel(session: Session, one: Recognition, now: datetime) -> None:
    """Stop a recognition; what was heard of whole clips stays. Raises Conflict("not_recognising")."""
    if one.state not in OPEN:
        raise Conflict("not_recognising")
    one.state, one.finished_at = RecognitionState.CANCELLED, now
    one.run += 1
    session.flush()


def start_run(session: Session, recording_id: str, run: int) -> int | None:
    """Begin another run in the place of `run`, which ended without a verdict; returns its number.

    None when that is not the present one any more.
    """
    one = queries.held(session, recording_id)
    if one is None or one.run != run or one.state not in OPEN:
        return None
    _start_run(one)
    session.flush()
    return one.run


def _start_run(one: Recognition) -> None:
    one.run += 1
    one.state, one.reason, one.reason_args = RecognitionState.WAITING, None, {}
    one.finished_at = None


def _forget_chunks(session: Session, one: Recognition) -> None:
    session.execute(delete(Chunk).where(Chunk.recording_id == one.recording_id))
    one.heard_s, one.until_s = 0.0, 0.0


def present_run(session: Session, recording_id: str, run: int) -> Recognition:
    """Return a recognition, held until the transaction ends; raises Over when `run` is over."""
    one = queries.held(session, recording_id)
    if one is None or one.run != run or one.state not in OPEN:
        raise Over
    return one


def begin(
    session: Session, one: Recognition, *, track: int | None, model: str, now: datetime
) -> tuple[float, float]:
    """Note that a run is at work; returns from where it hears on, and how much of it is shown already.

    What was heard in another sound, or by another model, is forgotten.
    """
    if (one.track, one.model) != (track, model):
        _forget_chunks(session, one)
    one.state, one.started_at, one.from_s = RecognitionState.WORKING, now, one.heard_s
    one.track, one.model = track, model
    session.flush()
    return one.heard_s, one.until_s


def keep(session: Session, recording_id: str, run: int, chunk: NewChunk) -> None:
    """Keep a stretch that was heard. One that is kept already is kept once; raises Over."""
    one = present_run(session, recording_id, run)
    if chunk.end_s <= one.heard_s:
        return
    known = select(func.count()).select_from(Chunk).where(Chunk.recording_id == recording_id)
    session.add(
        Chunk(
            recording_id=recording_id,
            n=session.scalar(known) or 0,
            start_s=chunk.start_s,
            end_s=chunk.end_s,
            words=[list(word) for word in chunk.words],
            pauses=[list(pause) for pause in chunk.pauses],
            remarks=[dict(remark) for remark in chunk.remarks],
        )
    )
    one.heard_s = chunk.end_s
    session.flush()


def let_wait(session: Session, recording_id: str, run: int) -> None:
    """Note that a run has stood back for others; the next one goes on. Raises Over."""
    present_run(session, recording_id, run).state = RecognitionState.WAITING
    session.flush()


def note_shown(one: Recognition, version_n: int, until_s: float) -> None:
    """Note that a recording is shown up to a moment, in which of the lesson's transcripts."""
    one.version_n, one.until_s = version_n, until_s


def done(session: Session, recording_id: str, run: int, now: datetime) -> None:
    """Note that a recording was heard to its end; raises Over."""
    one = present_run(session, recording_id, run)
    one.state, one.finished_at = RecognitionState.DONE, now
    session.flush()


def failed(
    session: Session, recording_id: str, run: int, code: str, values: Mapping[str, Any], now: datetime
) -> None:
    """Note why a run ended without success; raises Over."""
    one = present_run(session, recording_id, run)
    one.state, one.finished_at = RecognitionState.FAILED, now
    one.reason, one.reason_args = code, dict(values)
    session.flush()


def give_up_run(session: Session, recording_id: str, run: int, now: datetime) -> None:
    """Close a run that took the worker down with it time and again, unless it is over."""
    one = queries.held(session, recording_id)
    if one is not None and one.run == run and one.state in OPEN:
        failed(session, recording_id, run, "gave_up", {}, now)


def want_those_without_words(session: Session, now: datetime, most: int = 20) -> int:
    """Ask for recordings that play without words, for nobody; returns how many."""
    found: list[Recording] = queries.without_words(session, most)
    for recording in found:
        want(session, recording.lesson_id, None, now)
    return len(found)
