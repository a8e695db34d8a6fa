"""The only reader of what is said in lessons, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import zip_longest

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from library.catalog.rules import CueLine, CueSource, first_words, spans_of
from library.catalog.tables import Clip, Cue, Lesson


def cues(
    session: Session, lesson_id: str, start_s: float | None = None, end_s: float | None = None
) -> list[CueLine]:
    """Return a lesson's cues in order, or those that touch the stretch from `start_s` to `end_s`."""
    wanted = select(
        Cue.start_s, Cue.end_s, Cue.text, Cue.speaker, Cue.source, Cue.confidence, Cue.doubtful
    ).where(Cue.lesson_id == lesson_id)
    if start_s is not None and end_s is not None:
        wanted = wanted.where(Cue.start_s < end_s, Cue.end_s > start_s)
    return [
        CueLine(a, b, text, who, source, confidence, spans_of(doubtful))
        for a, b, text, who, source, confidence, doubtful in session.execute(wanted.order_by(Cue.n))
    ]


def has_cues(session: Session, lesson_id: str, lines: Iterable[CueLine]) -> bool:
    """Tell whether a lesson's cues are exactly these; looks no further than the first that is another."""
    wanted = select(Cue.start_s, Cue.end_s, Cue.text, Cue.speaker).where(Cue.lesson_id == lesson_id)
    # A part at a time: an hour has a thousand lines, and whoever asks holds the database.
    with session.execute(wanted.order_by(Cue.n).execution_options(yield_per=500)) as rows:
        there = (CueLine(*row) for row in rows)
        return all(one == other for one, other in zip_longest(there, lines))


def cues_of_clips(session: Session, clip_ids: Sequence[str]) -> dict[str, list[CueLine]]:
    """Return the timed cues that touch each of some clips, in order; a clip without is left out."""
    found: dict[str, list[CueLine]] = {}
    for clip_id, start_s, end_s, text, source in session.execute(_cues_of_clips(), {"ids": clip_ids}):
        found.setdefault(clip_id, []).append(CueLine(start_s, end_s, text, source=source))
    return found


@cache
def _cues_of_clips() -> Select[str, float | None, float | None, str, CueSource]:
    during = and_(Cue.lesson_id == Clip.lesson_id, Cue.start_s < Clip.end_s, Cue.end_s > Clip.start_s)
    told = select(Clip.id, Cue.start_s, Cue.end_s, Cue.text, Cue.source).join(Cue, during)
    return told.where(Clip.id.in_(bindparam("ids", expanding=True))).order_by(Clip.id, Cue.n)


def cues_of(session: Session, lesson_ids: Sequence[str]) -> dict[str, list[CueLine]]:
    """Return the cues of several lessons, in order, by lesson id; a lesson without cues is left out."""
    wanted = select(Cue.lesson_id, Cue.start_s, Cue.end_s, Cue.text, Cue.source).where(
        Cue.lesson_id.in_(lesson_ids)
    )
    found: dict[str, list[CueLine]] = {}
    for lesson_id, start_s, end_s, text, source in session.execute(wanted.order_by(Cue.lesson_id, Cue.n)):
        found.setdefault(lesson_id, []).append(CueLine(start_s, end_s, text, source=source))
    return found


def first_words_of(session: Session, lesson: Lesson) -> dict[str, str]:
    """Return, for each clip id of a lesson with times, the beginning of what is said in it."""
    lines = [line for line in cues(session, lesson.id) if line.start_s is not None]
    words: dict[str, str] = {}
    for one in lesson.clips:
        inside = [c.text for c in lines if c.start_s is not None and one.start_s <= c.start_s < one.end_s]
        words[one.id] = first_words(inside[:6])
    return words
