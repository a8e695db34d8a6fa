"""The only reader of the tables of hearing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from library.catalog import transcript_queries as given
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.hearing import rules
from library.hearing.rules import OPEN, AskedAs, Chosen, Heard, RecognitionState, SpeechMode
from library.hearing.tables import Choice, Chunk, Recognition
from library.intake import queries as intake
from library.intake.rules import BUSY, RecordingState
from library.intake.tables import Recording
from library.intake.transcripts import telling
from library.people.tables import Person
from speech.words import Word, plain
from transcode.remarks import Remark


def held(session: Session, recording_id: str) -> Recognition | None:
    """Return a recording's recognition as it is now, held until the transaction ends; None without one."""
    return session.get(Recognition, recording_id, with_for_update=True, populate_existing=True)


def recognition(session: Session, recording_id: str) -> Recognition | None:
    """Return a recording's recognition; None when it was never asked for."""
    return session.get(Recognition, recording_id)


def recognition_of(session: Session, lesson_id: str) -> Recognition | None:
    """Return the recognition of a lesson's recording; None when it was never asked for."""
    return session.scalars(
        select(Recognition)
        .join(Recording, Recording.id == Recognition.recording_id)
        .where(Recording.lesson_id == lesson_id)
    ).first()


def run_of(session: Session, recording_id: str) -> int | None:
    """Return the number of the present run while a recognition is open; None when there is none to do."""
    return session.scalar(
        select(Recognition.run).where(Recognition.recording_id == recording_id, Recognition.state.in_(OPEN))
    )


def counts(session: Session) -> dict[RecognitionState, int]:
    """Return how many recordings wait to be heard, are being heard, and could not be."""
    shown, state = (*OPEN, RecognitionState.FAILED), Recognition.state
    rows = session.execute(select(state, func.count()).where(state.in_(shown)).group_by(state))
    found = {one: n for one, n in rows}  # noqa: C416
    return {one: found[one] for one in shown if one in found}


def others_first(session: Session) -> bool:
    """Tell whether a recording is being made into clips, or waits to be."""
    return session.scalars(select(Recording.id).where(Recording.state.in_(BUSY)).limit(1)).first() is not None


def to_do(session: Session) -> list[tuple[str, int]]:
    """Return (recording id, run) of the open recognitions of recordings that play, oldest wish first."""
    rows = session.execute(
        select(Recognition.recording_id, Recognition.run)
        .join(Recording, Recording.id == Recognition.recording_id)
        .where(Recognition.state.in_(OPEN), Recording.state == RecordingState.READY)
        .order_by(Recognition.wanted_at, Recognition.recording_id)
    )
    return [(recording_id, run) for recording_id, run in rows]


def choice_of(session: Session, person_id: str) -> SpeechMode | None:
    """Return whether somebody's own lessons are heard; None where they chose nothing."""
    return session.scalar(select(Choice.mode).where(Choice.person_id == person_id))


def holds_for(session: Session, server: SpeechMode, lesson: Lesson) -> Chosen:
    """Return what holds for a lesson: what its owner chose, or the server's settings."""
    theirs = None if lesson.owner_id is None else choice_of(session, lesson.owner_id)
    return rules.what_holds(server, theirs)


def open_of_owner(session: Session, person_id: str) -> list[Recognition]:
    """Return the open recognitions of somebody's own lessons, held until the transaction ends."""
    rows = session.scalars(
        select(Recognition)
        .join(Recording, Recording.id == Recognition.recording_id)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .where(Lesson.owner_id == person_id, Recognition.state.in_(OPEN))
        .order_by(Recognition.recording_id)
        .with_for_update(of=Recognition)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def always_heard(session: Session, server: SpeechMode, most: int) -> list[tuple[str, bool]]:
    """Return lessons whose recordings play, that have no words, or words without times, that nobody has asked
    to be heard and that always are: the newest, at most so many, and whether their lecturers chose that."""
    always = Choice.mode == SpeechMode.ALWAYS
    if server is SpeechMode.ALWAYS:
        always = or_(always, Choice.mode.is_(None))
    elif session.scalars(select(Choice.person_id).where(always).limit(1)).first() is None:
        return []  # in most libraries, and asked every few seconds
    wordless = (TranscriptQuality.NONE, TranscriptQuality.ESTIMATED)
    rows = (
        select(Recording, Choice.mode)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .outerjoin(Recognition, Recognition.recording_id == Recording.id)
        .outerjoin(Choice, Choice.person_id == Lesson.owner_id)
        .where(
            Recording.state == RecordingState.READY,
            Lesson.transcript.in_(wordless),
            Recognition.recording_id.is_(None),
            always,
        )
        .order_by(Recording.id.desc())
        .execution_options(yield_per=100)
    )
    with session.execute(rows) as read:
        # Those without sound stand in nobody's way: they are never asked for, however many there are.
        found = ((one.lesson_id, mode is not None) for one, mode in read if has_sound(one))
        return list(islice(found, most))


def has_sound(recording: Recording) -> bool:
    """Tell whether something is to be heard in a recording; taken for so before it was probed."""
    return recording.facts is None or recording.facts.get("audio") is not None


def unplaced(session: Session) -> list[tuple[str, int, str]]:
    """Return (lesson id, n, recording id) of texts that are not laid over what was heard."""
    rows = session.execute(
        select(TranscriptVersion.lesson_id, TranscriptVersion.n, Recording.id)
        .join(Recording, Recording.lesson_id == TranscriptVersion.lesson_id)
        .join(
            Recognition,
            and_(
                Recognition.recording_id == Recording.id,
                Recognition.state == RecognitionState.DONE,
                # Begun anew, or heard before another sound was chosen: the words of it are not there.
                Recognition.heard_s > 0,
            ),
        )
        .where(TranscriptVersion.quality == TranscriptQuality.PLAIN, TranscriptVersion.alignment.is_(None))
        .order_by(TranscriptVersion.lesson_id, TranscriptVersion.n.desc())
    )
    return [(lesson_id, n, recording_id) for lesson_id, n, recording_id in rows]


def heard(session: Session, recording_id: str, until_s: float | None = None) -> Heard:
    """Return what was heard of a recording; of the words those that begin before `until_s`."""
    rows = session.execute(
        select(Chunk.start_s, Chunk.words, Chunk.pauses, Chunk.remarks)
        .where(Chunk.recording_id == recording_id)
        .order_by(Chunk.n)
    )
    words: list[Word] = []
    pauses: list[tuple[float, float]] = []
    remarks: list[Remark] = []
    for start_s, said, silent, told in rows:
        if until_s is not None and start_s >= until_s:
            break
        words += (Word(*word) for word in said if until_s is None or word[0] < until_s)
        pauses += ((first_s, last_s) for first_s, last_s in silent)
        remarks += (Remark.from_json(one) for one in told)
    return Heard(tuple(words), tuple(pauses), tuple(remarks))


def word_starts(session: Session, lesson_id: str) -> list[tuple[float, int]]:
    """Return when each word of a lesson's recording begins and how many of its characters are spoken.

    As far as a machine heard it: none where nobody let one hear it.
    """
    one = recognition_of(session, lesson_id)
    words = () if one is None else heard(session, one.recording_id).words
    spoken_ones = ((round(word.start_s, 2), len(plain(word.text))) for word in words)
    return [(start_s, characters) for start_s, characters in spoken_ones if characters]


@dataclass(frozen=True)
class Progress:
    """How far a recognition is. `reason` (with `reason_args`) is why it failed. `asked_as`: why it was asked
    for, None where nobody knows; `asked_by` by whom, "" where nobody did or they are gone."""

    state: RecognitionState
    percent: float
    left_s: float | None
    heard_s: float
    duration_s: float | None
    run: int
    reason: str | None
    reason_args: dict[str, Any]
    asked_as: AskedAs | None = None
    asked_by: str = ""


def progress(session: Session, lesson: Lesson, now: datetime) -> Progress | None:
    """Return how far a lesson's recognition is; None when it was never asked for."""
    one = recognition_of(session, lesson.id)
    if one is None:
        return None
    at_work = one.state is RecognitionState.WORKING and one.started_at is not None
    worked_s = (now - one.started_at).total_seconds() if at_work and one.started_at else 0.0
    done = one.state is RecognitionState.DONE
    return Progress(
        one.state,
        100.0 if done else min(99.0, rules.percent(one.heard_s, lesson.duration_s)),
        rules.left_s(one.heard_s, one.from_s, worked_s, lesson.duration_s) if at_work else None,
        one.heard_s,
        lesson.duration_s,
        one.run,
        one.reason,
        dict(one.reason_args or {}),
        one.asked_as,
        _name(session, one.wanted_by),
    )


def _name(session: Session, person_id: str | None) -> str:
    person = None if person_id is None else session.get(Person, person_id)
    return "" if person is None else person.name


def account_of(
    session: Session, given_ones: Sequence[TranscriptVersion], recording: Recording | None
) -> tuple[Remark, ...]:
    """Return the account of a lesson as `transcripts.telling.account_of`, and that its text waits to be laid
    over a recording that a machine is still to hear."""
    text = unplaced_text(given_ones)
    one = None if text is None or recording is None else recognition(session, recording.id)
    said = None if text is None or one is None else rules.text_remark(one.state, text.cues)
    return (*telling.account_of(given_ones, recording), *(() if said is None else (said,)))


def lesson_account(session: Session, lesson: Lesson) -> tuple[Remark, ...]:
    """Return `account_of` for one lesson."""
    rows = given.versions(session, lesson.id)
    return account_of(session, rows, intake.recording_of(session, lesson.id))


def unplaced_text(given_ones: Sequence[TranscriptVersion]) -> TranscriptVersion | None:
    """Return the transcript in use of those given where it is a text that lies nowhere yet; else None."""
    present = next((one for one in given_ones if one.in_use), None)
    plain = present is not None and present.quality is TranscriptQuality.PLAIN
    return present if plain and present is not None and present.alignment is None else None


def may_be_heard(session: Session, lesson_id: str) -> bool:
    """Tell whether a lesson has a recording with sound, which will play or plays."""
    recording = intake.recording_of(session, lesson_id)
    usable = recording is not None and recording.state is not RecordingState.REFUSED
    return usable and recording is not None and has_sound(recording)
