"""What somebody marked for themselves, as pages of clips and lessons, home and their own show it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from library.catalog.tables import Clip, Lesson
from library.core.clock import Clock
from library.core.permits import Viewer
from library.marks import queries, rules
from library.plays import queries as plays
from library.questions.rules import TEXT_MAX
from server.web.parts import ClipCard, Picture
from server.web.shown.media_urls import MediaUrls

ON_HOME = 3
"""Lessons that home offers to go on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMarks:
    """What the page of a clip shows of its reader's own marks; `person` is "" for whoever has no account.

    `resume_s` is where the clip goes on, 0 for its start. `seen` are the ids of the lesson's clips that they
    saw to the end. `now_ms` is the server's clock, by which the page says when somebody was where.
    """

    person: str = ""
    resume_s: float = 0.0
    clip_kept: bool = False
    lesson_kept: bool = False
    seen: frozenset[str] = frozenset()
    now_ms: int = 0
    note_max: int = rules.NOTE_MAX
    question_max: int = TEXT_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOn:
    """A lesson that goes on: the `n`-th of `count` clips, at a second of it (0: from its start).
    `told`: the second stands in the address, because it was reached in another clip, of an old cut."""

    lesson_id: str
    title: str
    lecturer: str | None
    clip_id: str
    n: int
    count: int
    at_s: float
    length_s: float
    picture: Picture | None = None
    told: bool = False

    @property
    def url(self) -> str:
        """Where it goes on: without a second where the page of the clip knows it."""
        return f"/clips/{self.clip_id}?t={self.at_s:g}" if self.told else f"/clips/{self.clip_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonMarks:
    """What the page of a lesson shows of its reader's own marks. `go_on` is None where they never began, or
    came to the end."""

    kept: bool = False
    go_on: GoOn | None = None
    seen: frozenset[str] = frozenset()
    all_seen: bool = False


def clip_marks(
    session: Session, viewer: Viewer, clip: Clip, cards: Sequence[ClipCard], clock: Clock
) -> ClipMarks:
    """Return somebody's marks of a clip: two statements, and none for whoever has no account."""
    now_ms = int(clock().timestamp() * 1000)
    if viewer.person_id is None:
        return ClipMarks(now_ms=now_ms)
    found = queries.beside(session, viewer.person_id, clip)
    length_s = clip.duration_s or clip.end_s - clip.start_s
    return ClipMarks(
        person=viewer.person_id,
        resume_s=rules.resume_at(found.stopped_s or 0.0, length_s),
        clip_kept=found.clip_kept,
        lesson_kept=found.lesson_kept,
        seen=frozenset(plays.completed_clips(session, viewer.person_id, [card.id for card in cards])),
        now_ms=now_ms,
    )


def lesson_marks(session: Session, viewer: Viewer, lesson: Lesson, media: MediaUrls) -> LessonMarks | None:
    """Return somebody's marks of a lesson: two statements, and none for whoever has no account."""
    if viewer.person_id is None:
        return None
    stopped_s, kept, clip_id = queries.of_lesson(session, viewer.person_id, lesson)
    playable = [clip.id for clip in lesson.clips if clip.plan is not None]
    seen = frozenset(plays.completed_clips(session, viewer.person_id, playable))
    found = rules.continued(lesson.clips, stopped_s) if stopped_s is not None else None
    return LessonMarks(
        kept=kept,
        go_on=_go_on(lesson, *found, media, clip_id) if found is not None else None,
        seen=seen,
        all_seen=bool(playable) and seen.issuperset(playable),
    )


def go_on(session: Session, viewer: Viewer, media: MediaUrls, most: int = ON_HOME) -> tuple[GoOn, ...]:
    """Return the lessons in whose middle somebody stopped, the newest first: one statement."""
    found = queries.going_on(session, viewer, most)
    return tuple(_go_on(watched.lesson, clip, at_s, media, watched.clip.id) for watched, clip, at_s in found)


def _go_on(lesson: Lesson, clip: Clip, at_s: float, media: MediaUrls, stopped_in: str | None) -> GoOn:
    return GoOn(
        lesson_id=lesson.id,
        title=lesson.title,
        lecturer=lesson.lecturer.name if lesson.lecturer else None,
        clip_id=clip.id,
        n=clip.number,
        count=len(lesson.clips),
        at_s=at_s,
        length_s=clip.duration_s or clip.end_s - clip.start_s,
        picture=media.picture(lesson, clip),
        told=at_s > 0 and clip.id != stopped_in,
    )


def seen_lessons(session: Session, viewer: Viewer | None, lessons: Collection[Lesson]) -> frozenset[str]:
    """Return the ids of those of some lessons whose every clip somebody saw to the end: one statement for all
    of them."""
    if viewer is None or viewer.person_id is None:
        return frozenset()
    clips = {one.id: {clip.id for clip in one.clips if clip.plan is not None} for one in lessons}
    every = {clip_id for ids in clips.values() for clip_id in ids}
    seen = plays.completed_clips(session, viewer.person_id, every)
    return frozenset(lesson_id for lesson_id, ids in clips.items() if ids and ids <= seen)


def with_seen(cards: Sequence[ClipCard], seen: Collection[str]) -> tuple[ClipCard, ...]:
    """Return clips as lists show them, with 看完 on those that somebody saw to the end."""
    return tuple(replace(card, seen=card.id in seen) for card in cards)
