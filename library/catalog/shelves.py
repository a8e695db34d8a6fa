"""What pages of many lessons ask for, in a time that does not grow with the library: the newest by the index,
and no count beyond what is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.catalog.queries import visible
from library.catalog.tables import Clip, Lecturer, Lesson, LessonTopic, Topic
from library.core.database import Unindexed
from library.core.permits import Viewer

MOST_COUNTED = 1_000
"""Lessons that are counted on a page: of more it is said that there are more."""

LOOKED_AT = 200
"""The newest lessons by whose topics home leads on."""


def published(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on Lesson that it is published and that the viewer may see it; as with `visible`
    no lesson is looked up by it."""
    return (Unindexed(Lesson.state) == LessonState.PUBLISHED) & visible(viewer)


@dataclass(frozen=True)
class Of:
    """The lessons of a lecturer, or about a topic: what is published of them is found in its order by an
    index of their own, however many others there are."""

    what: Literal["lecturer", "topic"]
    id: str

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on Lesson."""
        if self.what == "lecturer":
            return Lesson.lecturer_id == self.id
        return Lesson.id.in_(select(LessonTopic.lesson_id).where(LessonTopic.topic_id == self.id))


Which = Of | ColumnElement[bool] | None
"""What fits: of one lecturer or topic, a condition on Lesson that many fit, or everything."""


def newest_ids(session: Session, viewer: Viewer, size: int, which: Which = None) -> Sequence[str]:
    """Return the ids of the newest published lessons that a viewer may see, of those that fit."""
    return page_ids(session, viewer, which, 0, size)


def _fits(viewer: Viewer, which: Which) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on Lesson that it is published, that the viewer may see it, and that it fits."""
    if not isinstance(which, Of):
        # What is published has its moment, and in its order is an index: no other order is looked up in it.
        every = (Lesson.state == LessonState.PUBLISHED, visible(viewer))
        return every if which is None else (*every, which)
    if which.what == "lecturer":
        return (which.condition, published(viewer))
    link = (LessonTopic.topic_id == which.id, LessonTopic.lesson_id == Lesson.id)
    return (*link, LessonTopic.published_at.is_not(None), published(viewer))


def _newest_first(which: Which) -> tuple[ColumnElement[Any], ...]:
    if isinstance(which, Of) and which.what == "topic":
        return (LessonTopic.published_at.desc(), LessonTopic.lesson_id.desc())
    return (Lesson.published_at.desc(), Lesson.id.desc())


def clips_that_play(session: Session, viewer: Viewer, lesson_ids: Collection[str]) -> dict[str, list[str]]:
    """Return the ids of the clips that play of those of some lessons that are published and that a viewer
    may see, in their order; lessons without any are left out. One statement, and no row is read whole."""
    rows = session.execute(
        select(Clip.lesson_id, Clip.id)
        .join(Lesson, Lesson.id == Clip.lesson_id)
        .where(Clip.lesson_id.in_(list(lesson_ids)), Clip.plan.is_not(None), Clip.n.is_not(None))
        .where(published(viewer))
        .order_by(Clip.lesson_id, Clip.n)
    )
    found: dict[str, list[str]] = {}
    for lesson_id, clip_id in rows:
        found.setdefault(lesson_id, []).append(clip_id)
    return found


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


def count_published(session: Session, viewer: Viewer, most: int = MOST_COUNTED, which: Which = None) -> int:
    """Return how many published lessons a viewer may see, of those that fit; no more than `most` are
    counted."""
    few = select(Lesson.id).where(*_fits(viewer, which)).limit(most)
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


def lines(session: Session, viewer: Viewer, which: Of, most: int = LOOKED_THROUGH) -> list[Line]:
    """Return the published lessons that fit and that a viewer may see, the newest first."""
    columns = (Lesson.id, Lesson.lecturer_id, Lesson.taught_on, Lesson.node_id)
    found = select(*columns).where(*_fits(viewer, which)).order_by(*_newest_first(which))
    return [Line(*row) for row in session.execute(found.limit(most))]


def page_ids(session: Session, viewer: Viewer, which: Which, offset: int, size: int) -> Sequence[str]:
    """Return the ids of some published lessons that fit, in their order, the newest first."""
    found = select(Lesson.id).where(*_fits(viewer, which)).order_by(*_newest_first(which))
    return session.scalars(found.offset(offset).limit(size)).all()


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
