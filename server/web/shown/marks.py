"""What somebody marked for themselves, as pages of clips and lessons, home and their own show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import union_all
from sqlalchemy.orm import Session

from library.catalog.tables import Clip, Lesson
from library.core.clock import Clock
from library.core.permits import Viewer
from library.marks import queries, rules
from library.plays import queries as plays
from library.questions.rules import TEXT_MAX
from server.web.parts import ClipCard, LessonCard, Picture
from server.web.shown.media_urls import MediaUrls

ON_HOME = 3
"""Lessons that home offers to go on with."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What somebody saw of some clips: those seen to the end, and where they stopped. Theirs alone."""

    seen: frozenset[str] = frozenset()
    stopped: Mapping[str, float] = field(default_factory=dict)

    def has_seen(self, lesson: Lesson) -> bool:
        """Tell whether they saw every clip of a lesson to the end."""
        playable = [clip.id for clip in lesson.clips if clip.plan is not None]
        return bool(playable) and self.seen.issuperset(playable)

    def far(self, clips: Iterable[Clip]) -> int:
        """Return how far they are in some clips, in hundredths: 0 where they began none, at most 99."""
        done_s = all_s = 0.0
        for clip in clips:
            length_s = clip.duration_s or clip.end_s - clip.start_s
            all_s += length_s
            done_s += length_s if clip.id in self.seen else min(length_s, self.stopped.get(clip.id, 0.0))
        return max(1, min(99, round(100 * done_s / all_s))) if done_s and all_s else 0

    def on(self, card: LessonCard, lesson: Lesson) -> LessonCard:
        """Return a lesson's card with what they saw of it."""
        if not self.seen and not self.stopped:
            return card
        if self.has_seen(lesson):
            return replace(card, seen=True)
        return replace(card, far=self.far(clip for clip in lesson.clips if clip.plan is not None))

    def on_clips(self, cards: Sequence[ClipCard], clips: Sequence[Clip]) -> tuple[ClipCard, ...]:
        """Return a lesson's clips as lists show them, with what they saw of each."""
        of = {clip.id: clip for clip in clips}
        return tuple(
            replace(card, seen=True) if card.id in self.seen else replace(card, far=self.far([of[card.id]]))
            for card in cards
        )


def marks_of(session: Session, viewer: Viewer | None, lessons: Iterable[Lesson]) -> Marks:
    """Return what somebody saw of all lessons of a page: one statement, none for whoever has no account."""
    person_id = viewer.person_id if viewer is not None else None
    if person_id is None:
        return Marks()
    ids = {clip.id for lesson in lessons for clip in lesson.clips if clip.plan is not None}
    if not ids:
        return Marks()
    both = union_all(plays.completed_rows(person_id, ids), queries.stopped_rows(person_id, ids))
    found = [(row[0], row[1]) for row in session.execute(both)]
    return Marks(
        frozenset(clip_id for clip_id, at_s in found if at_s is None),
        {clip_id: at_s for clip_id, at_s in found if at_s is not None},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMarks:
    """What the page of a clip shows of its reader's own marks; `person` is "" for whoever has no account.

    `resume_s` is where the clip goes on, 0 for its start. `own` is what they saw of the
    lesson's clips. `now_ms` is the server's clock, by which the page says when somebody was where.
    """

    person: str = ""
    resume_s: float = 0.0
    clip_kept: bool = False
    lesson_kept: bool = False
    own: Marks = Marks()
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
    own: Marks = Marks()


def clip_marks(session: Session, viewer: Viewer, clip: Clip, lesson: Lesson, clock: Clock) -> ClipMarks:
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
        own=marks_of(session, viewer, [lesson]),
        now_ms=now_ms,
    )


def lesson_marks(
    session: Session, viewer: Viewer, lesson: Lesson, media: MediaUrls, others: Sequence[Lesson] = ()
) -> LessonMarks | None:
    """Return somebody's marks of a lesson, `own` also of others on its page: two statements, and none for
    whoever has no account."""
    if viewer.person_id is None:
        return None
    stopped_s, kept, clip_id = queries.of_lesson(session, viewer.person_id, lesson)
    own = marks_of(session, viewer, [lesson, *others])
    found = rules.continued(lesson.clips, stopped_s) if stopped_s is not None else None
    return LessonMarks(
        kept=kept,
        go_on=_go_on(lesson, *found, media, clip_id) if found is not None else None,
        own=own,
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
