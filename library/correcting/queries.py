"""The only reader of correcting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import Session

from library.catalog import cue_queries, transcript_versions
from library.catalog import transcript_queries as given
from library.catalog.rules import CueLine, TranscriptQuality
from library.catalog.tables import Lesson
from library.core.errors import Conflict, NotFound
from library.correcting import comparing, rules
from library.correcting.comparing import Choice
from library.correcting.rules import Edit
from library.correcting.tables import Stretch, Wording
from library.hearing.rules import OPEN
from library.hearing.tables import Recognition
from library.intake.tables import Recording
from library.intake.transcripts import taking


@dataclass(frozen=True)
class Present:
    """What is said in a lesson now. `base` is the name of these lines, from which corrections are made.

    `waits`: viewers see other lines until these are published.
    """

    base: str
    lines: tuple[CueLine, ...]
    quality: TranscriptQuality = TranscriptQuality.NONE
    waits: bool = False


@dataclass(frozen=True)
class Pair:
    """What a machine hears, and how it is to be written."""

    was: str
    now: str


def present(session: Session, lesson: Lesson) -> Present:
    """Return the lines of a lesson as they are shown, or as they will be once they are published."""
    version = given.version_in_use(session, lesson.id)
    if version is not None and version.waits:
        quality, waiting = transcript_versions.waiting_of(version)
        return Present(rules.tag(quality, waiting), tuple(waiting), quality, waits=True)
    lines = tuple(cue_queries.cues(session, lesson.id))
    return Present(rules.tag(lesson.transcript, lines), lines, lesson.transcript)


def beside(session: Session, lesson_id: str, n: int) -> tuple[CueLine, ...]:
    """Return the lines of one of a lesson's transcripts as they would be shown; raises NotFound."""
    laid = taking.lay_version(session, lesson_id, n)
    if laid is None:
        raise NotFound
    return laid.became.lines


def chosen(
    session: Session, lesson: Lesson, n: int, base: str, choices: Mapping[str, Choice]
) -> tuple[Edit, ...]:
    """Return the corrections of the lines called `base` that take what was chosen beside version `n`.

    None where nothing was chosen, and where all of it has been done: a form that is sent twice changes
    nothing. Raises Conflict: "words_changed" when other lines are in use by now, and as `comparing.rows`.
    """
    wanted = {key: choice for key, choice in choices.items() if choice is not Choice.KEEP}
    if not wanted:
        return ()
    now = present(session, lesson)
    compared = comparing.rows(now.lines, beside(session, lesson.id, n))
    if now.base != base:
        stretch = stretch_in_use(session, lesson.id)
        again = stretch is not None and stretch.base == base
        if again and not any(row.key in wanted and not row.is_decided for row in compared):
            return ()
        raise Conflict("words_changed")
    return comparing.edits(now.lines, compared, wanted, lesson.duration_s)


def being_heard(session: Session, lesson_id: str) -> bool:
    """Tell whether a machine still writes the lines that are in use: they would be exchanged under whoever
    corrects them."""
    version = given.version_in_use(session, lesson_id)
    if version is None:
        return False
    wanted = (
        select(Recognition.recording_id)
        .join(Recording, Recording.id == Recognition.recording_id)
        .where(Recording.lesson_id == lesson_id)
        .where(Recognition.state.in_(OPEN), Recognition.version_n == version.n)
    )
    return session.scalars(wanted).first() is not None


def stretch_in_use(session: Session, lesson_id: str) -> Stretch | None:
    """Return the stretch of corrections that a lesson's words are from; None when they are from no such."""
    version = given.version_in_use(session, lesson_id)
    return None if version is None else session.get(Stretch, (lesson_id, version.n))


def corrected(session: Session, lesson_id: str) -> Collection[int]:
    """Return the numbers of those of a lesson's transcripts that somebody made by correcting."""
    return set(session.scalars(select(Stretch.n).where(Stretch.lesson_id == lesson_id)))


def earlier(session: Session, lesson: Lesson) -> list[Pair]:
    """Return how words are always to be written in lessons of this one's lecturer, the newest first."""
    rows = session.execute(
        select(Wording.was, Wording.now).where(of_lesson(lesson)).order_by(Wording.made_at.desc(), Wording.id)
    )
    return [Pair(was, now) for was, now in rows]


def of_lesson(lesson: Lesson) -> ColumnElement[bool]:
    """Return the condition under which a wording counts in a lesson."""
    if lesson.lecturer_id is not None:
        return Wording.lecturer_id == lesson.lecturer_id
    if lesson.owner_id is None:
        return false()
    return and_(Wording.lecturer_id.is_(None), Wording.owner_id == lesson.owner_id)
