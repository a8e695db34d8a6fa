"""What pages of many lessons ask for, in a time that does not grow with the library: the newest by the index,
and no count beyond what is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.catalog.queries import visible
from library.catalog.tables import Lecturer, Lesson, LessonTopic, Topic
from library.core.permits import Viewer

MOST_COUNTED = 1_000
"""Lessons that are counted on a page: of more it is said that there are more."""

LOOKED_AT = 200
"""The newest lessons by whose topics home leads on."""


def published(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on Lesson that it is published and that the viewer may see it."""
    return (Lesson.state == LessonState.PUBLISHED) & visible(viewer)


def newest_ids(
    session: Session, viewer: Viewer, size: int, which: ColumnElement[bool] | None = None
) -> Sequence[str]:
    """Return the ids of the newest published lessons that a viewer may see, of those that fit a condition."""
    return session.scalars(_newest(viewer, which).limit(size)).all()


def _newest(viewer: Viewer, which: ColumnElement[bool] | None) -> Select[str]:
    # What is published has its moment, and in its order is an index: no other order is looked up in it.
    found = select(Lesson.id).where(published(viewer))
    if which is not None:
        found = found.where(which)
    return found.order_by(Lesson.published_at.desc(), Lesson.id.desc())


def some_topics(session: Session, lesson_ids: Collection[str], most: int) -> list[tuple[str, str, int]]:
    """Return (id, name, how many of these lessons) of the topics of some lessons, the most frequent first."""
    if not lesson_ids:
        return []
    of = func.count()
    rows = session.execute(
        select(Topic.id, Topic.name, of)
        .join(LessonTopic, LessonTopic.topic_id == Topic.id)
        .where(LessonTopic.lesson_id.in_(lesson_ids))
        .group_by(Topic.id, Topic.name)
        .order_by(of.desc(), Topic.name)
        .limit(most)
    )
    return [(topic_id, name, n) for topic_id, name, n in rows]


def count_published(
    session: Session, viewer: Viewer, most: int = MOST_COUNTED, which: ColumnElement[bool] | None = None
) -> int:
    """Return how many published lessons a viewer may see, of those that fit a condition; no more than `most`
    are counted."""
    few = select(Lesson.id).where(published(viewer), *([] if which is None else [which])).limit(most)
    return session.scalar(select(func.count()).select_from(few.subquery())) or 0


def only_once(*shelves: Sequence[str], shown: Collection[str] = (), most: int) -> list[list[str]]:
    """Return shelves without what stands before: on one of them, or among `shown`; each has `most` at most.

    >>> only_once(["a", "b"], ["b", "c"], shown={"a"}, most=2)
    [['b'], ['c']]
    """
    seen: Counter[str] = Counter(shown)
    told: list[list[str]] = []
    for shelf in shelves:
        kept: list[str] = []
        for one in shelf:
            if len(kept) == most:
                break
            if not seen[one]:
                seen[one] += 1
                kept.append(one)
        told.append(kept)
    return told


LOOKED_THROUGH = 500
"""The newest lessons of a lecturer or a topic from which is told what stands beside them."""


@dataclass(frozen=True)
class Line:
    """What is counted of a lesson."""

    id: str
    lecturer_id: str | None
    taught_on: date | None
    node_id: str


def lines(
    session: Session, viewer: Viewer, which: ColumnElement[bool], most: int = LOOKED_THROUGH
) -> list[Line]:
    """Return the published lessons that fit a condition and that a viewer may see, the newest first."""
    columns = (Lesson.id, Lesson.lecturer_id, Lesson.taught_on, Lesson.node_id)
    found = select(*columns).where(published(viewer), which)
    rows = session.execute(found.order_by(Lesson.published_at.desc(), Lesson.id.desc()).limit(most))
    return [Line(*row) for row in rows]


def page_ids(
    session: Session, viewer: Viewer, which: ColumnElement[bool], offset: int, size: int
) -> Sequence[str]:
    """Return the ids of some published lessons that fit a condition, in their order, the newest first."""
    return session.scalars(_newest(viewer, which).offset(offset).limit(size)).all()


def lecturers(session: Session, ids: Collection[str]) -> list[tuple[str, str]]:
    """Return (id, name) of some lecturers, by name: in no other order, because nobody ranks persons."""
    rows = session.execute(
        select(Lecturer.id, Lecturer.name).where(Lecturer.id.in_(ids)).order_by(Lecturer.name)
    )
    return [(one, name) for one, name in rows] if ids else []


def years(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Return the years in which lessons were taught, the latest first, each with how many.

    >>> years([Line("a", None, date(2025, 1, 1), "n"), Line("b", None, None, "n")])
    [(2025, 1)]
    """
    found = Counter(line.taught_on.year for line in lines if line.taught_on is not None)
    return sorted(found.items(), reverse=True)


def first_met(values: Sequence[str | None], most: int) -> list[str]:
    """Return the first `most` different values in their order, without None."""
    return [one for one in dict.fromkeys(values) if one is not None][:most]
