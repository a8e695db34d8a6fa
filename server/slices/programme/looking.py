"""Lessons that are looked for to be planned."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Lesson
from library.core.permits import Viewer
from library.core.text import clean_line
from library.finding.hits import Finder
from library.finding.indexer import IndexUnavailable
from server.slices.programme.contexts import FoundLesson

MOST_FOUND = 12


def found_lessons(
    session: Session, viewer: Viewer, finder: Finder, q: str, taken: Collection[str | None] = ()
) -> tuple[tuple[FoundLesson, ...] | None, bool]:
    """Return the lessons that `q` finds, those first whose title or id it is (None: nothing is asked
    for); and whether the search is away."""
    q = clean_line(q)
    if not q:
        return None, False
    away = False
    ids = [q, *catalog.lessons_titled(session, viewer, [q]).get(q, ())]
    lessons: dict[str, Lesson] = {one.id: one for one in catalog.lessons_by_ids(session, viewer, ids)}
    try:
        hits = finder.find(session, viewer, q, limit=4 * MOST_FOUND, moments=1)
        lessons |= {row.lesson.id: row.lesson for row in hits.rows if row.lesson.id not in lessons}
    except IndexUnavailable:
        away = True
    return tuple(found_lesson(one, taken) for one in list(lessons.values())[:MOST_FOUND]), away


def found_lesson(lesson: Lesson, taken: Collection[str | None] = ()) -> FoundLesson:
    """Return a lesson as lists of found ones show it."""
    return FoundLesson(
        id=lesson.id,
        title=lesson.title,
        lecturer=lesson.lecturer.name if lesson.lecturer else "",
        state=lesson.state,
        taken=lesson.id in taken,
    )
