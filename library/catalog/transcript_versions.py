"""The transcripts that a lesson was given: each is kept, one is in use.

With `actions` the writer of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import actions, cue_queries
from library.catalog import transcript_queries as given
from library.catalog.new_version import NewVersion as NewVersion
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine, ShiftReason, TranscriptQuality
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.text import clean_line
from transcode.remarks import Remark

MOST_VERSIONS = 50
"""Kept of one lesson; beyond it the oldest that is not in use makes room."""

_FILE_NAME_MAX = 255


def lines_of(version: TranscriptVersion) -> list[CueLine]:
    """Return a version's lines as they were read."""
    return [CueLine.from_json(line) for line in version.lines]


def add(
    session: Session,
    lesson: Lesson,
    new: NewVersion,
    person_id: str | None,
    now: datetime,
    *,
    again: bool = False,
) -> tuple[TranscriptVersion, bool]:
    """Keep a transcript, not in use yet; returns its version, and whether it is new and the lesson touched.

    The same lines again are the version that is here already, unless one is wanted `again`: one that goes on
    being written must be nobody else's.
    """
    known = None if again else given.version_by_digest(session, lesson.id, new.digest)
    if known is not None:
        return known, False
    actions.touch(session, lesson)
    of_lesson = TranscriptVersion.lesson_id == lesson.id
    last = session.scalar(select(func.max(TranscriptVersion.n)).where(of_lesson)) or 0
    version = TranscriptVersion(
        lesson_id=lesson.id,
        n=last + 1,
        made_at=now,
        person_id=person_id,
        file_name=clean_line(new.file_name)[:_FILE_NAME_MAX],
        quality=new.quality,
        digest=new.digest,
        cues=len(new.lines),
        words=new.words,
        lines=new.rows,
        remarks=[remark.to_json() for remark in new.remarks],
        clock=None if new.clock is None else dict(new.clock),
        repairs=[dict(one) for one in new.repairs] or None,
        shift_s=0.0,
        shift_reason=ShiftReason.OPEN,
        in_use=False,
    )
    session.add(version)
    if version.n > MOST_VERSIONS:
        session.flush()
        _make_room(session, lesson.id)
    return version, True


def put_heard(
    session: Session, lesson: Lesson, n: int | None, new: NewVersion, now: datetime
) -> TranscriptVersion:
    """Keep what a machine heard: as version `n` while that is still there and recognised, else as a new one.

    While a recording is heard its version grows. The lesson was touched.
    """
    known = None if n is None else session.get(TranscriptVersion, (lesson.id, n))
    if known is None or known.quality is not TranscriptQuality.RECOGNISED:
        version, _new = add(session, lesson, new, None, now)
        return version
    _write(known, new)
    session.flush()
    return known


def rewrite(
    version: TranscriptVersion, lines: Sequence[CueLine], repairs: Sequence[Mapping[str, Any]]
) -> None:
    """Let a version say other lines; what was read or heard of it stays."""
    remarks = [Remark.from_json(value) for value in version.remarks]
    _write(version, NewVersion(version.quality, lines, remarks=remarks, clock=version.clock, repairs=repairs))


def _write(version: TranscriptVersion, new: NewVersion) -> None:
    version.lines, version.digest, version.cues, version.words = (
        new.rows,
        new.digest,
        len(new.lines),
        new.words,
    )
    version.remarks = [remark.to_json() for remark in new.remarks]
    version.repairs = [dict(one) for one in new.repairs] or None


def note_places(version: TranscriptVersion, places: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
    """Note where the lines of a text are said, and the figures of that."""
    version.places, version.alignment = dict(places), dict(figures)


def forget_places(session: Session, lesson: Lesson) -> None:
    """Forget where texts are said: the recording is to be heard anew, or another one is to come."""
    for version in given.versions(session, lesson.id):
        version.places, version.alignment = None, None
    session.flush()


def _make_room(session: Session, lesson_id: str) -> None:
    loose = (TranscriptVersion.in_use.is_(False), TranscriptVersion.kept.is_(False))
    of_lesson = (TranscriptVersion.lesson_id == lesson_id, *loose)
    numbers = select(TranscriptVersion.n).where(TranscriptVersion.lesson_id == lesson_id)
    kept = session.scalars(numbers.order_by(TranscriptVersion.n.desc()).limit(MOST_VERSIONS)).all()
    session.execute(delete(TranscriptVersion).where(*of_lesson, TranscriptVersion.n < min(kept)))


def keep_present(session: Session, lesson: Lesson) -> TranscriptVersion | None:
    """Return the version in use; where a lesson has words and no version, they become its first.

    None when nothing is said in the lesson.
    """
    present = given.version_in_use(session, lesson.id)
    if present is not None or lesson.transcript is TranscriptQuality.NONE:
        return present
    timed = lesson.transcript is TranscriptQuality.EXACT
    lines = cue_queries.cues(session, lesson.id)
    if not timed:
        lines = [CueLine(None, None, line.text, line.speaker) for line in lines]
    quality = TranscriptQuality.EXACT if timed else TranscriptQuality.PLAIN
    version, _new = add(session, lesson, NewVersion(quality, lines), None, lesson.created_at)
    version.kept = lesson.published_at is not None
    version.in_use, version.used_at = True, lesson.created_at
    session.flush()
    return version


def go_on(version: TranscriptVersion, new: NewVersion) -> None:
    """Go on writing a version that somebody makes by correcting; how it came about stays."""
    version.quality = new.quality
    rewrite(version, new.lines, ())


def note_fit(
    version: TranscriptVersion, shift_s: float, reason: ShiftReason, fit: Mapping[str, Any] | None
) -> None:
    """Note how far a version's times are moved, why, and how it then lies over the recording."""
    version.shift_s, version.shift_reason, version.fit = shift_s, reason, None if fit is None else dict(fit)


def use(
    session: Session,
    lesson: Lesson,
    version: TranscriptVersion,
    quality: TranscriptQuality,
    lines: Sequence[CueLine],
    now: datetime,
    *,
    touched: bool = False,
    by: str | None = None,
) -> None:
    """Make a version the one in use: `lines` are its own as the recording shows them, of that `quality`.

    `touched`: this transaction has touched the lesson. `by` is who does it, None for the machine itself.
    What somebody does with the words of a published lesson waits (`TranscriptVersion.waits`), and so does
    what the machine does with words that wait.
    """
    if by is not None and not touched:
        actions.touch(session, lesson)
        touched = True
    if lesson.state is LessonState.PUBLISHED and (by is not None or version.waits):
        _use_later(session, lesson, version, quality, lines, now, by)
        return
    shown = quality if lines else TranscriptQuality.NONE
    differs = lesson.transcript is not shown or bool(
        lines and not cue_queries.has_cues(session, lesson.id, lines)
    )
    if not touched and (differs or not version.in_use):
        actions.touch(session, lesson)
    every = given.versions(session, lesson.id)
    for other in every:
        other.in_use = other.in_use and other is version
    if differs or not version.in_use:
        audit.note(session, Deed.TRANSCRIPT, by, thing=lesson.id, n=version.n)
    if not version.in_use:
        version.in_use, version.used_at = True, now
    for other in every:
        other.waits, other.waiting = False, None
    if differs:
        actions.put_cues(session, lesson, quality, lines)
    session.flush()


def _use_later(
    session: Session,
    lesson: Lesson,
    version: TranscriptVersion,
    quality: TranscriptQuality,
    lines: Sequence[CueLine],
    now: datetime,
    by: str | None,
) -> None:
    """Make a version the one in use for those who work on a lesson; viewers go on seeing what they see."""
    all_ = given.versions(session, lesson.id)
    before = next((one for one in all_ if one.in_use), None)
    instead = None if before is None else before.n
    if before is not None and before.waits:
        instead = (before.waiting or {}).get("instead")
    for other in all_:
        other.in_use, other.waits, other.waiting = False, False, None
    version.in_use = True
    if before is not version:
        version.used_at = now
    if quality is not lesson.transcript or cue_queries.cues(session, lesson.id) != list(lines):
        version.waits = True
        version.waiting = {
            "quality": str(quality if lines else TranscriptQuality.NONE),
            "lines": [line.to_json() for line in lines],
            "instead": instead,
        }
        audit.note(session, Deed.TRANSCRIPT, by, thing=lesson.id, n=version.n)
    session.flush()


def waiting_of(version: TranscriptVersion) -> tuple[TranscriptQuality, list[CueLine]]:
    """Return the words of a version that waits as they will be shown."""
    kept = version.waiting or {"quality": TranscriptQuality.NONE, "lines": ()}
    return TranscriptQuality(kept["quality"]), [CueLine.from_json(line) for line in kept["lines"]]


def let_out(session: Session, lesson: Lesson) -> None:
    """Let the words that wait be what viewers see; the lesson was touched."""
    version = given.version_in_use(session, lesson.id)
    if version is None or not version.waits:
        return
    quality, lines = waiting_of(version)
    version.waits, version.waiting = False, None
    actions.put_cues(session, lesson, quality, lines)


def give_up(session: Session, lesson: Lesson) -> None:
    """Let the words that viewers see be in use again; those that waited stay among the versions."""
    version = given.version_in_use(session, lesson.id)
    if version is None or not version.waits:
        return
    instead = (version.waiting or {}).get("instead")
    version.in_use, version.waits, version.waiting = False, False, None
    for other in given.versions(session, lesson.id):
        other.in_use = other.n == instead
    session.flush()


def keep(session: Session, lesson: Lesson) -> None:
    """Note that viewers see the version in use: it stays."""
    version = given.version_in_use(session, lesson.id)
    if version is not None and not version.waits:
        version.kept = True
        session.flush()


def forget_fits(session: Session, lesson: Lesson) -> None:
    """Take back what a recording said of a lesson's transcripts: another one is to come."""
    for version in given.versions(session, lesson.id):
        chosen = version.shift_reason is ShiftReason.CHOSEN
        reason = ShiftReason.CHOSEN if chosen else ShiftReason.OPEN
        note_fit(version, version.shift_s if chosen else 0.0, reason, None)
        version.places, version.alignment = None, None
    session.flush()
