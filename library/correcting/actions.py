"""The only writer of correcting. The lines are written by the catalogue's writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import transcript_versions as versions
from library.catalog.rules import CueLine, ShiftReason
from library.catalog.tables import Lesson, TranscriptVersion
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.text import required_line
from library.correcting import queries, rules
from library.correcting.queries import Pair, Present
from library.correcting.rules import WORDING_MAX, WORDINGS_MAX, Edit
from library.correcting.tables import Stretch, Wording
from library.versions import actions as published
from transcode.remarks import Remark


@dataclass(frozen=True)
class Saved:
    """What a lesson says after a correction; `version` is its number among the lesson's transcripts."""

    present: Present
    version: int


def correct(
    session: Session, lesson: Lesson, base: str, edits: Sequence[Edit], person_id: str | None, now: datetime
) -> Saved:
    """Exchange lines of what is said in a lesson, as it was at `base`.

    The same again changes nothing. Raises Conflict: "words_changed" when other lines are there by now,
    "words_being_heard" while a machine writes them, "no_words" when there are none; and Invalid.
    """
    catalog.touch(session, lesson)  # from here on nobody else changes them
    present = queries.present(session, lesson)
    if not present.lines:
        raise Conflict("no_words")
    if queries.being_heard(session, lesson.id):
        raise Conflict("words_being_heard")
    stretch = queries.stretch_in_use(session, lesson.id)
    name = rules.edits_tag(edits)
    if stretch is not None and (stretch.base, stretch.edits) == (base, name):
        return Saved(present, stretch.n)
    if present.base != base:
        raise Conflict("words_changed")
    version = versions.keep_present(session, lesson)
    published.keep_present(session, lesson)
    began_by = None if version is None else version.person_id
    if stretch is not None and not rules.goes_on(began_by, stretch.saved_at, person_id, now):
        stretch = None
    if version is not None and version.kept:
        stretch = None  # viewers saw it: what they saw stays
    origin = () if stretch is None else _origin(stretch)
    lines = rules.applied(present.lines, edits, origin, lesson.duration_s)
    if version is not None and lines == present.lines:
        return Saved(present, version.n)
    new = versions.NewVersion(rules.quality_of(present.quality, lines), lines)
    if stretch is None or version is None:
        version, stretch = _begin(session, lesson, version, new, present, person_id, now)
    else:
        versions.go_on(version, new)
    stretch.saved_at, stretch.base, stretch.edits = now, base, name
    versions.use(session, lesson, version, new.quality, lines, now, touched=True, by=person_id)
    published.note_words(session, lesson, person_id, now)
    saved = Present(rules.tag(new.quality, lines), lines, new.quality, waits=version.waits)
    return Saved(saved, version.n)


def _begin(
    session: Session,
    lesson: Lesson,
    before: TranscriptVersion | None,
    new: versions.NewVersion,
    present: Present,
    person_id: str | None,
    now: datetime,
) -> tuple[TranscriptVersion, Stretch]:
    """Begin a stretch; what was odd in the transcript before it, and how that lay, is true of it too."""
    if before is not None:
        remarks = tuple(Remark.from_json(value) for value in before.remarks)
        new = versions.NewVersion(new.quality, new.lines, before.file_name, remarks)
    version, _new = versions.add(session, lesson, new, person_id, now, again=True)
    # The lines lie where they were shown: whatever moved them before, nothing moves them again.
    versions.note_fit(version, 0.0, ShiftReason.CHOSEN, _fit(before))
    session.flush()
    origin = [line.to_json() for line in present.lines]
    stretch = Stretch(lesson_id=lesson.id, n=version.n, origin=origin, saved_at=now, base="", edits="")
    session.add(stretch)
    session.flush()
    return version, stretch


def _fit(before: TranscriptVersion | None) -> dict[str, Any] | None:
    """Return how the lines lie over the recording; no other shift is offered for what people have heard."""
    return None if before is None or before.fit is None else {**before.fit, "offered": None}


def _origin(stretch: Stretch) -> tuple[CueLine, ...]:
    return tuple(CueLine.from_json(value) for value in stretch.origin)


def always(session: Session, lesson: Lesson, was: str, wanted: str, now: datetime) -> Pair:
    """Note that in lessons of this one's lecturer something is always to be written so.

    What was noted of the same words before is replaced. Raises Invalid.
    """
    pair = Pair(required_line(was, "was", WORDING_MAX), required_line(wanted, "now", WORDING_MAX))
    if pair.was == pair.now:
        raise Invalid("same_wording", field="now")
    if lesson.lecturer_id is None and lesson.owner_id is None:
        raise Conflict("nobody_teaches")
    never(session, lesson, pair.was)
    owner_id = lesson.owner_id if lesson.lecturer_id is None else None
    whose = {"lecturer_id": lesson.lecturer_id, "owner_id": owner_id}
    session.add(Wording(id=new_id(), was=pair.was, now=pair.now, made_at=now, **whose))
    session.flush()
    newest = select(Wording.id).where(queries.of_lesson(lesson))
    kept = newest.order_by(Wording.made_at.desc(), Wording.id.desc()).limit(WORDINGS_MAX)
    session.execute(delete(Wording).where(queries.of_lesson(lesson), Wording.id.not_in(kept)))
    return pair


def never(session: Session, lesson: Lesson, was: str) -> None:
    """Take back what `always` noted of some words; nothing happens when there is nothing."""
    session.execute(delete(Wording).where(queries.of_lesson(lesson), Wording.was == was))
