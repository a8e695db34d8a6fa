"""Taking a transcript for a lesson: read, kept, laid over the recording, and in use unless it fits worse.

Writes through the catalogue's writers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.catalog import transcript_queries as given
from library.catalog import transcript_versions as versions
from library.catalog.rules import CueLine, ShiftReason, TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.errors import Invalid
from library.intake import queries
from library.intake.rules import TRANSCRIPT_MAX_BYTES, quality_of
from library.intake.tables import Recording
from library.intake.transcript_rules import (
    MOST_SHIFT_S,
    Figures,
    Fitting,
    Heard,
    Shown,
    Told,
    account,
    shown,
    worse,
)
from transcode.cutting.audio_profile import AudioProfile
from transcode.errors import Refused
from transcode.reading.facts import Facts
from transcode.remarks import Remark
from transcode.transcripts.fitting import StreamClock, stream_clock
from transcode.transcripts.parsing import parse_transcript


@dataclass(frozen=True)
class Words:
    """A transcript file as read. `timed` when the lines have times; `clock` as its header names it."""

    timed: bool
    lines: tuple[CueLine, ...]
    file_name: str = ""
    remarks: tuple[Remark, ...] = ()
    clock: StreamClock | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a transcript: its version, and why it fits worse than the one in use.

    `against` is empty when it is in use; else the lesson has what it had. `changed`: other words are in use.
    """

    version: TranscriptVersion
    against: tuple[Remark, ...] = ()
    changed: bool = False

    def remarks(self) -> tuple[Remark, ...]:
        """Return that it is not in use and why; nothing when it is."""
        if not self.against:
            return ()
        return (_waits(self.version), *self.against)


def read(data: bytes, file_name: str) -> Words:
    """Read a transcript file; raises Invalid with the reason when it cannot be read."""
    if len(data) > TRANSCRIPT_MAX_BYTES:
        raise Invalid("transcript_too_large", field="transcript", most_bytes=TRANSCRIPT_MAX_BYTES)
    try:
        transcript = parse_transcript(data, file_name)
    except Refused as refused:
        raise Invalid(refused.code, field="transcript", **dict(refused.details)) from refused
    lines = tuple(CueLine(**asdict(cue)) for cue in transcript.cues)
    timed = transcript.kind == "timed"
    return Words(timed, lines, file_name, transcript.warnings, stream_clock(data) if timed else None)


def take(
    session: Session,
    lesson: Lesson,
    words: Words,
    now: datetime,
    *,
    person_id: str | None = None,
    replace: bool = False,
    shift_s: float | None = None,
) -> Taken:
    """Keep a transcript, and use it unless it fits worse than the one in use or `replace` says so.

    `shift_s`: what to add to all times, chosen by a person; None leaves it to the rules. Raises Invalid.
    """
    present = versions.keep_present(session, lesson)
    version, new = versions.add(session, lesson, _new(words), person_id, now)
    chosen_s = _checked(shift_s)
    if chosen_s is not None and not words.timed:
        raise Invalid("shift_untimed", field="shift_s")
    if present is not None and present.n == version.n and chosen_s is None:
        return Taken(version)
    heard = _heard(queries.recording_of(session, lesson.id))
    became = _lay(version, heard, _chosen(version) if chosen_s is None else chosen_s)
    if present is not None and present.n != version.n and not replace:
        against = worse(_figures(version), _figures(present, heard))
        if against:
            session.flush()
            return Taken(version, against)
    before = lesson.revision
    versions.use(session, lesson, version, became.quality, became.lines, now, touched=new)
    return Taken(version, (), new or lesson.revision != before)


def use(session: Session, lesson: Lesson, n: int, now: datetime) -> TranscriptVersion:
    """Use one of the transcripts that a lesson was given; raises NotFound."""
    versions.keep_present(session, lesson)
    version = given.version(session, lesson.id, n)
    became = _lay(version, _heard(queries.recording_of(session, lesson.id)), _chosen(version))
    versions.use(session, lesson, version, became.quality, became.lines, now)
    return version


def move(session: Session, lesson: Lesson, n: int, shift_s: float, now: datetime) -> TranscriptVersion:
    """Move all times of one of a lesson's transcripts, by `shift_s` from those in its file, and use it.

    Raises NotFound, Invalid.
    """
    versions.keep_present(session, lesson)
    version = given.version(session, lesson.id, n)
    if version.quality is not TranscriptQuality.EXACT:
        raise Invalid("shift_untimed", field="shift_s")
    became = _lay(version, _heard(queries.recording_of(session, lesson.id)), _checked(shift_s))
    versions.use(session, lesson, version, became.quality, became.lines, now)
    return version


def fit(session: Session, lesson: Lesson, recording: Recording, now: datetime) -> None:
    """Lay what a lesson was given over its recording, once that was heard; what was laid stays as it is."""
    heard = _heard(recording)
    if heard is None:
        return
    present = versions.keep_present(session, lesson)
    for version in given.versions(session, lesson.id):
        if version.shift_reason in (ShiftReason.OPEN, ShiftReason.CHOSEN) and version.fit is None:
            became = _lay(version, heard, _chosen(version))
            if version is present:
                versions.use(session, lesson, version, became.quality, became.lines, now)
    session.flush()


def forget_fits(session: Session, lesson: Lesson, now: datetime) -> None:
    """Take back what a recording that goes away said of a lesson's transcripts."""
    present = versions.keep_present(session, lesson)
    versions.forget_fits(session, lesson)
    if present is not None:
        became = _lay(present, None, _chosen(present))
        versions.use(session, lesson, present, became.quality, became.lines, now)


def account_of(given_ones: Sequence[TranscriptVersion], recording: Recording | None) -> tuple[Remark, ...]:
    """Return the account of a lesson, from the transcripts it was given (newest first) and its recording."""
    present = next((version for version in given_ones if version.in_use), None)
    newest = given_ones[0] if given_ones else None
    # One that was in use and then exchanged has been decided about.
    waits = newest is not None and present is not None and newest.n > present.n and newest.used_at is None
    waiting = newest if waits else None
    told = None if present is None else told_of(present, waiting)
    media = (recording.facts or {}).get("remarks", ()) if recording is not None else ()
    return account(told, [Remark.from_json(value) for value in media])


def lesson_account(session: Session, lesson: Lesson) -> tuple[Remark, ...]:
    """Return `account_of` for one lesson."""
    return account_of(given.versions(session, lesson.id), queries.recording_of(session, lesson.id))


def told_of(version: TranscriptVersion, waiting: TranscriptVersion | None = None) -> Told:
    """Return what is to be said of a transcript, and of one that waits for somebody's decision."""
    return Told(
        cues=version.cues,
        reading=tuple(Remark.from_json(value) for value in version.remarks),
        shift_s=version.shift_s,
        reason=version.shift_reason,
        fitting=fitting_of(version),
        waiting_n=waiting.n if waiting is not None else None,
        waiting_name=waiting.file_name if waiting is not None else "",
    )


def fitting_of(version: TranscriptVersion) -> Fitting | None:
    """Return how a version lies over its recording; None when it has no times, or nothing was heard yet."""
    return None if version.fit is None else Fitting.from_json(version.fit)


def compared(session: Session, lesson: Lesson, n: int) -> tuple[Remark, ...]:
    """Return why one of a lesson's transcripts fits worse than the one in use; raises NotFound."""
    version, present = given.version(session, lesson.id, n), given.version_in_use(session, lesson.id)
    if present is None or present.n == n:
        return ()
    heard = _heard(queries.recording_of(session, lesson.id))
    return worse(_figures(version, heard), _figures(present, heard))


def _waits(version: TranscriptVersion) -> Remark:
    return Remark("transcript_waits", 1, {"n": version.n, "name": version.file_name})


def _new(words: Words) -> versions.NewVersion:
    return versions.NewVersion(
        quality_of(timed=words.timed),
        words.lines,
        words.file_name,
        words.remarks,
        None if words.clock is None else asdict(words.clock),
    )


def _checked(shift_s: float | None) -> float | None:
    if shift_s is not None and not abs(shift_s) <= MOST_SHIFT_S:  # nan is refused too
        raise Invalid("shift_too_far", field="shift_s", most_s=MOST_SHIFT_S)
    return None if shift_s is None else round(shift_s, 3)


def _chosen(version: TranscriptVersion) -> float | None:
    return version.shift_s if version.shift_reason is ShiftReason.CHOSEN else None


def _heard(recording: Recording | None) -> Heard | None:
    """Return what was heard; None before that, for times are moved once and not again with every step."""
    if recording is None or recording.facts is None or recording.profile is None:
        return None
    facts = Facts.from_json(recording.facts)
    pauses = AudioProfile.from_json(recording.profile).pauses
    return Heard(facts.duration_s, pauses, facts.demuxer, facts.start_s)


def _lay(version: TranscriptVersion, heard: Heard | None, chosen_s: float | None) -> Shown:
    """Lay a version over what was heard, and note how it lies."""
    clock = StreamClock(**version.clock) if version.clock else None
    became = shown(version.quality, versions.lines_of(version), heard, clock=clock, chosen_s=chosen_s)
    laid = None if became.fitting is None else became.fitting.to_json()
    versions.note_fit(version, became.shift_s, became.reason, laid)
    return became


def _figures(version: TranscriptVersion, heard: Heard | None = None) -> Figures:
    if version.fit is None and heard is not None and version.shift_reason is ShiftReason.OPEN:
        became = shown(version.quality, versions.lines_of(version), heard)
        return Figures(version.quality, version.words, became.fitting.fit if became.fitting else None)
    laid = fitting_of(version)
    return Figures(version.quality, version.words, None if laid is None else laid.fit)


def beginning(session: Session, lesson: Lesson, n: int, most: int = 3) -> tuple[str, ...]:
    """Return the first lines of one of a lesson's transcripts; raises NotFound."""
    return tuple(line.text for line in versions.lines_of(given.version(session, lesson.id, n))[:most])
