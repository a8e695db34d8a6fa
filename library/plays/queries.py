"""The only reader of plays and views; pages read what is rolled up and the days since (see statistics.py)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Select,
    bindparam,
    cast,
    func,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.plays.rules import SHOWN, Kind
from library.plays.tables import ClipSum, DaySum, LessonDay, LessonSum, Play, Seal, View, Watcher


def _views(sums: type[DaySum | LessonSum | ClipSum]) -> ColumnElement[int]:
    """What is called views everywhere: members' and visitors'. Screenings are a figure of their own."""
    return sums.member_views + sums.visitor_views


def _weight(sums: type[DaySum | LessonSum]) -> ColumnElement[int]:
    """What lists of lessons are ordered by: members' views and screenings, each once.

    Not visitors' views, which a script can be many of; nor how many people were at a screening, which is what
    one of them said.
    """
    return sums.member_views + sums.group_views


def closed_through(session: Session) -> date | None:
    """Return the last day on which no beat earns anything any more, None before the first night."""
    return session.scalar(select(func.max(Seal.day)))


def sealed_through(session: Session) -> date | None:
    """Return the last day that is rolled up and sealed, as all before it are; None before the first night."""
    return session.scalar(select(func.max(Seal.day)).where(Seal.link.is_not(None)))


def _live() -> ColumnElement[bool]:
    """Return the days that are not rolled up yet, as a condition on the sums that beats raise."""
    through = select(func.max(Seal.day)).where(Seal.link.is_not(None)).scalar_subquery()
    return DaySum.day > func.coalesce(through, date.min)


def _views_of(session: Session, live: Select[str, int], rolled: Select[str, int]) -> dict[str, int]:
    """Return views by the ids of lessons or clips, in one statement: those rolled up and those since."""
    return {row_id: int(n or 0) for row_id, n in session.execute(_both(live, rolled))}


def _both(live: Select[str, int], rolled: Select[str, int]) -> Select[str, int]:
    both = union_all(live.where(_live()), rolled).subquery()
    key, views = both.c
    return select(key, func.sum(views)).group_by(key)


def lesson_views(session: Session, lesson_ids: Sequence[str]) -> dict[str, int]:
    """Return counted views of lessons: the sum over their clips; lessons without views are left out."""
    rows = session.execute(_of_lessons(), {"ids": lesson_ids})
    return {lesson_id: int(n or 0) for lesson_id, n in rows}


@cache
def _of_lessons() -> Select[str, int]:
    """Return the statement, put together once: that takes longer than to run it."""
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    return _both(
        select(DaySum.lesson_id, _views(DaySum)).where(DaySum.lesson_id.in_(ids)),
        select(LessonSum.lesson_id, _views(LessonSum)).where(LessonSum.lesson_id.in_(ids)),
    )


def lesson_weights(session: Session, lesson_ids: Sequence[str]) -> dict[str, int]:
    """Return what lists of lessons are ordered by: members' views and screenings; those without are left
    out."""
    return _views_of(
        session,
        select(DaySum.lesson_id, _weight(DaySum)).where(DaySum.lesson_id.in_(lesson_ids)),
        select(LessonSum.lesson_id, _weight(LessonSum)).where(LessonSum.lesson_id.in_(lesson_ids)),
    )


def declared(session: Session, place: str, since: datetime) -> int:
    """Return how many people screenings have declared at a place since a moment, of each clip the most.

    `place` is a branch, or "g:<person>" for somebody who belongs to none. Whoever opens the same screening
    again declares nothing new; of what a gathering was shown the roll tells.
    """
    where = Play.viewer == place if place.startswith("g:") else Play.node_id == place
    each = (
        select(func.max(Play.people).label("people"))
        .where(where, Play.kind == Kind.GROUP, Play.started_at > since)
        .where(Play.viewer.not_like(f"{SHOWN}%"))
        .group_by(Play.viewer, Play.clip_id)
        .subquery()
    )
    return int(session.scalar(select(func.coalesce(func.sum(each.c.people), 0))) or 0)


def held_back(session: Session, lessons: ColumnElement[bool], first: datetime, end: datetime) -> int:
    """Return how many plays of some lessons, begun from `first` until before `end`, have passed the rule and
    are not counted because their address has had its share."""
    begun = (Play.started_at >= first, Play.started_at < end)
    return session.scalar(select(func.count()).where(Play.held, ~Play.counted, *begun, lessons)) or 0


def clip_views(session: Session, *lesson_ids: str) -> dict[str, int]:
    """Return counted views of each clip of some lessons; clips without views may be left out."""
    return _views_of(
        session,
        select(DaySum.clip_id, _views(DaySum)).where(DaySum.lesson_id.in_(lesson_ids)),
        select(ClipSum.clip_id, _views(ClipSum)).where(ClipSum.lesson_id.in_(lesson_ids)),
    )


def views_of_clips(session: Session, clip_ids: Collection[str]) -> dict[str, int]:
    """Return counted views of some clips, of whatever lessons; clips without views may be left out."""
    return _views_of(
        session,
        select(DaySum.clip_id, _views(DaySum)).where(DaySum.clip_id.in_(clip_ids)),
        select(ClipSum.clip_id, _views(ClipSum)).where(ClipSum.clip_id.in_(clip_ids)),
    )


def played(session: Session, clip_ids: Collection[str]) -> set[str]:
    """Return those of some clips that a play has begun of."""
    return set(session.scalars(select(Play.clip_id).where(Play.clip_id.in_(clip_ids)).distinct()))


def watched_lessons(session: Session, person_id: str, lesson_ids: Collection[str]) -> set[str]:
    """Return those of some lessons of which somebody has watched something that counted, for themselves.

    A screening that they sat in is nobody's play, and watching is forgotten after a while
    (`WEIKE_KEEP_WATCHERS_DAYS`).
    """
    theirs = (Watcher.viewer == f"p:{person_id}", Watcher.viewed_at.is_not(None))
    wanted = select(Watcher.lesson_id).where(*theirs, Watcher.lesson_id.in_(list(lesson_ids)))
    return set(session.scalars(wanted.distinct())) if lesson_ids else set()


def completed_clips(session: Session, person_id: str, clip_ids: Collection[str]) -> set[str]:
    """Return those of some clips that somebody has seen to the end (ViewRule.complete_share), for themselves.

    One statement, by the primary key; as `watched_lessons` it forgets after a while.
    """
    return completed(session, f"p:{person_id}", clip_ids)


def completed(session: Session, viewer: str, clip_ids: Collection[str]) -> set[str]:
    """Return those of some clips that a viewer (`tables.Watcher`) has seen to the end, for themselves."""
    theirs = (Watcher.viewer == viewer, Watcher.completed_at.is_not(None))
    wanted = select(Watcher.clip_id).where(*theirs, Watcher.clip_id.in_(list(clip_ids)))
    return set(session.scalars(wanted)) if clip_ids else set()


def completed_rows(person_id: str, clip_ids: Collection[str]) -> Select[str, float]:
    """Return the statement of `completed_clips`, with an empty second column: for whoever asks more of the
    same clips in one go."""
    theirs = (Watcher.viewer == f"p:{person_id}", Watcher.completed_at.is_not(None))
    return select(Watcher.clip_id, cast(null(), Float)).where(*theirs, Watcher.clip_id.in_(list(clip_ids)))


def most_watched(session: Session, limit: int) -> list[tuple[str, int]]:
    """Return (id, weight) of the published lessons that members and screenings watched most, whoever asks."""
    live = select(DaySum.lesson_id, _weight(DaySum).label("weight")).where(_live())
    rolled = select(LessonSum.lesson_id, _weight(LessonSum).label("weight"))
    sums = union_all(live, rolled).subquery()
    total = func.sum(sums.c.weight)
    rows = session.execute(
        select(sums.c.lesson_id, total)
        .join(Lesson, Lesson.id == sums.c.lesson_id)
        .where(Lesson.state == LessonState.PUBLISHED)
        .group_by(sums.c.lesson_id)
        .having(total > 0)
        .order_by(total.desc(), sums.c.lesson_id.desc())
        .limit(limit)
    )
    return [(lesson_id, int(weight)) for lesson_id, weight in rows]


def by_weight(session: Session, which: ColumnElement[bool], offset: int, size: int) -> Sequence[str]:
    """Return the ids of the lessons that fit a condition, those that members and screenings watched most
    first, then the newest; `size` of them from `offset` on."""
    live = select(DaySum.lesson_id, func.sum(_weight(DaySum)).label("weight")).where(_live())
    since = live.group_by(DaySum.lesson_id).subquery()
    rolled = func.coalesce(_weight(LessonSum), 0)
    rows = (
        select(Lesson.id)
        .outerjoin(LessonSum, LessonSum.lesson_id == Lesson.id)
        .outerjoin(since, since.c.lesson_id == Lesson.id)
        .where(which)
        .order_by(
            (rolled + func.coalesce(since.c.weight, 0)).desc(), Lesson.published_at.desc(), Lesson.id.desc()
        )
    )
    return session.scalars(rows.offset(offset).limit(size)).all()


def people_of_days(session: Session, lesson_id: str) -> dict[date, int]:
    """Return how many different members and visitors watched a lesson on each day."""
    through = sealed_through(session)
    of_lesson = (View.lesson_id == lesson_id) & (View.kind != Kind.GROUP)
    later = true() if through is None else View.day > through
    live = select(View.day, func.count(View.viewer.distinct())).where(of_lesson, later).group_by(View.day)
    rolled = select(LessonDay.day, LessonDay.members + LessonDay.visitors)
    rows = session.execute(rolled.where(LessonDay.lesson_id == lesson_id)).all()
    return {day: people for day, people in [*rows, *session.execute(live).all()] if people}
