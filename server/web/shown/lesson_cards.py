"""Lessons and clips as lists show them: with their picture, their counted views and their highest honour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.permits import Viewer
from library.plays.view_counts import ViewCounts
from library.works import queries as works
from server.web.parts import ClipCard, LessonCard, LessonRef
from server.web.shown.marks import Marks, marks_of
from server.web.shown.media_urls import MediaUrls
from server.web.shown.works import honour_line


class LessonCards:
    """Makes cards of lessons and clips."""

    def __init__(self, media: MediaUrls, counts: ViewCounts) -> None:
        self._media, self._counts = media, counts

    def one(self, lesson: Lesson, views: int) -> LessonCard:
        """Return a lesson as lists show it."""
        first = next((clip for clip in lesson.clips if clip.plan), None)
        return LessonCard(
            id=lesson.id,
            title=lesson.title,
            lecturer=lesson.lecturer.name if lesson.lecturer else None,
            lecturer_id=lesson.lecturer_id,
            date=lesson.taught_on,
            topics=tuple(link.topic.name for link in lesson.topics),
            duration_s=lesson.duration_s,
            clip_count=len(lesson.clips),
            views=views,
            kind=lesson.kind,
            genre=lesson.genre,
            state=lesson.state,
            audience=lesson.audience,
            picture=self._media.lesson_picture(lesson, first),
        )

    def most_watched(self, session: Session) -> tuple[str, ...]:
        """Return the ids of what members and screenings watched most, whoever may see it."""
        return self._counts.most_watched(session)

    def of(
        self,
        session: Session,
        lessons: Sequence[Lesson],
        viewer: Viewer | None = None,
        own: Marks | None = None,
    ) -> tuple[LessonCard, ...]:
        """Return lessons as lists show them, with their counted views; for `viewer` with how far they are in
        them, in one statement more; `own`: where that is known already."""
        views = self._counts.of_lessons(session, [lesson.id for lesson in lessons])
        given = works.honours(session, [lesson.id for lesson in lessons])
        best = {lesson_id: honour_line(rows[0]) for lesson_id, rows in given.items()}
        own = own or marks_of(session, viewer, lessons)
        return tuple(
            replace(own.on(self.one(one, views.get(one.id, 0)), one), honour=best.get(one.id))
            for one in lessons
        )

    def noting(self, lessons: dict[str, Lesson]) -> Callable[[Lesson], LessonCard]:
        """Return what makes cards without their views, and notes of which lessons: what somebody saw of all
        lessons of a page is asked once."""

        def card(lesson: Lesson) -> LessonCard:
            lessons[lesson.id] = lesson
            return self.one(lesson, 0)

        return card

    def other_years(
        self, session: Session, viewer: Viewer, lessons: Sequence[Lesson]
    ) -> tuple[LessonCard, ...]:
        """Return lessons of the same topics in other years, without their views."""
        return tuple(self.one(other, 0) for other in catalog.same_topic(session, viewer, lessons))

    def of_clips(self, session: Session, lesson: Lesson) -> tuple[ClipCard, ...]:
        """Return a lesson's clips in order."""
        views = self._counts.of_lesson(session, lesson.id)
        words = cue_queries.first_words_of(session, lesson)
        return tuple(
            ClipCard(
                id=clip.id,
                n=clip.number,
                title=clip.title,
                start_s=clip.start_s,
                duration_s=clip.duration_s or clip.end_s - clip.start_s,
                views=views.get(clip.id, 0),
                ready=clip.plan is not None,
                poster_url=self._media.poster(lesson, clip),
                picture=self._media.picture(lesson, clip),
                stills=clip.stills,
                first_words=words.get(clip.id, ""),
            )
            for clip in lesson.clips
        )


def lesson_ref(lesson: Lesson) -> LessonRef:
    """Return just enough of a lesson to name it."""
    return LessonRef(
        id=lesson.id,
        title=lesson.title,
        lecturer=lesson.lecturer.name if lesson.lecturer else None,
        published=lesson.state is LessonState.PUBLISHED,
    )
