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
from library.hearing.rules import OPEN, AskedAs, RecognitionState, SpeechMode
from library.hearing.tables import Choice, Chunk, Recognition
from library.intake import queries as intake
from library.intake.rules import RecordingState


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


def choose(session: Session, person_id: str, mode: SpeechMode | None, now: datetime) -> int:
    """Note whether somebody's own lessons are to be heard, None: as the server has it; returns how many
    recognitions that stopped.

    Who wants never to be heard is not heard from now on; what was heard stays.
    """
    row = session.get(Choice, person_id, with_for_update=True, populate_existing=True)
    if mode is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        insert_new(session, Choice, ["person_id"], {"person_id": person_id, "mode": mode, "chosen_at": now})
    else:
        row.mode, row.chosen_at = mode, now
    session.flush()
    stopped = queries.open_of_owner(session, person_id) if mode is SpeechMode.NEVER else []
    for one in stopped:
        cancel(session, one, now)
    return len(stopped)


def want(
    session: Session,
    lesson_id: str,
    person_id: str | None,
    now: datetime,
    asked_as: AskedAs = AskedAs.WANTED,
) -> Recognition:
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
        "asked_as": asked_as,
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
    one.wanted_by, one.wanted_at, one.asked_as = person_id, now, asked_as
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


def want_those_without_words(session: Session, server: SpeechMode, now: datetime, most: int = 20) -> int:
    """Ask for recordings that play without words and that are always heard, by what their lecturers chose and
    by `server`, what holds where they chose nothing; returns how many."""
    found = queries.always_heard(session, server, most)
    for lesson_id, by_lecturer in found:
        want(session, lesson_id, None, now, AskedAs.LECTURER if by_lecturer else AskedAs.SERVER)
    return len(found)
