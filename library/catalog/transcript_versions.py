"""The transcripts that a lesson was given: each is kept, one is in use.

With `actions` the writer of the catalogue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.catalog import actions, queries
from library.catalog import transcript_queries as given
from library.catalog.rules import CueLine, ShiftReason, TranscriptQuality, said_characters
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.text import clean_line
from transcode.remarks import Remark

MOST_VERSIONS = 50
"""Kept of one lesson; beyond it the oldest that is not in use makes room."""

_FILE_NAME_MAX = 255


@dataclass(frozen=True)
class NewVersion:
    """A transcript as it was read. `clock`: what its header says of its times, as JSON."""

    quality: TranscriptQuality
    lines: Sequence[CueLine]
    file_name: str = ""
    remarks: Sequence[Remark] = ()
    clock: Mapping[str, Any] | None = None


def digest_of(quality: TranscriptQuality, lines: Sequence[CueLine], clock: Mapping[str, Any] | None) -> str:
    """Return the name of what a transcript says and when."""
    said = json.dumps([quality, [asdict(line) for line in lines], clock], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def lines_of(version: TranscriptVersion) -> list[CueLine]:
    """Return a version's lines as they were read."""
    return [CueLine(**line) for line in version.lines]


def add(
    session: Session, lesson: Lesson, new: NewVersion, person_id: str | None, now: datetime
) -> tuple[TranscriptVersion, bool]:
    """Keep a transcript, not in use yet; returns its version, and whether it is new and the lesson touched.

    The same lines again are the version that is here already.
    """
    digest = digest_of(new.quality, new.lines, new.clock)
    known = given.version_by_digest(session, lesson.id, digest)
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
        digest=digest,
        cues=len(new.lines),
        words=said_characters(line.text for line in new.lines),
        lines=[asdict(line) for line in new.lines],
        remarks=[remark.to_json() for remark in new.remarks],
        clock=None if new.clock is None else dict(new.clock),
        shift_s=0.0,
        shift_reason=ShiftReason.OPEN,
        in_use=False,
    )
    session.add(version)
    if version.n > MOST_VERSIONS:
        session.flush()
        _make_room(session, lesson.id)
    return version, True


def _make_room(session: Session, lesson_id: str) -> None:
    of_lesson = (TranscriptVersion.lesson_id == lesson_id, TranscriptVersion.in_use.is_(False))
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
    lines = queries.cues(session, lesson.id)
    if not timed:
        lines = [CueLine(**{**asdict(line), "start_s": None, "end_s": None}) for line in lines]
    quality = TranscriptQuality.EXACT if timed else TranscriptQuality.PLAIN
    version, _new = add(session, lesson, NewVersion(quality, lines), None, lesson.created_at)
    version.in_use, version.used_at = True, lesson.created_at
    session.flush()
    return version


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
) -> None:
    """Make a version the one in use: `lines` are its own as the recording shows them, of that `quality`.

    `touched`: this transaction has touched the lesson.
    """
    shown = quality if lines else TranscriptQuality.NONE
    differs = lesson.transcript is not shown or (lines and queries.cues(session, lesson.id) != list(lines))
    if not touched and (differs or not version.in_use):
        actions.touch(session, lesson)
    for other in given.versions(session, lesson.id) if version.n > 1 or not touched else ():
        other.in_use = other.in_use and other is version
    if not version.in_use:
        version.in_use, version.used_at = True, now
    if differs:
        actions.put_cues(session, lesson, quality, lines)
    session.flush()


def forget_fits(session: Session, lesson: Lesson) -> None:
    """Take back what a recording said of a lesson's transcripts: another one is to come."""
    for version in given.versions(session, lesson.id):
        chosen = version.shift_reason is ShiftReason.CHOSEN
        reason = ShiftReason.CHOSEN if chosen else ShiftReason.OPEN
        note_fit(version, version.shift_s if chosen else 0.0, reason, None)
    session.flush()
