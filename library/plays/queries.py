"""The only reader of plays and views; pages read what is rolled up and the days since (see statistics.py)."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.catalog.queries import visible
from library.catalog.tables import Lesson
from library.core.permits import Viewer
from library.plays.rules import Kind
from library.plays.tables import ClipSum, DaySum, LessonDay, LessonSum, Seal, View


def _views() -> ColumnElement[int]:
    """What is called views everywhere: members' and visitors'. Screenings are a figure of their own."""
    return func.sum(DaySum.member_views + DaySum.visitor_views)


def closed_through(session: Session) -> date | None:
    """Return the last day on which no beat earns anything any more, None before the first night."""
    return session.scalar(select(func.max(Seal.day)))


def sealed_through(session: Session) -> date | None:
    """Return the last day that is rolled up and sealed, as all before it are; None before the first night."""
    return session.scalar(select(func.max(Seal.day)).where(Seal.link.is_not(None)))


def since(through: date | None) -> ColumnElement[bool]:
    """Return the days that are not rolled up yet, as a condition on the sums that beats raise."""
    return true() if through is None else DaySum.day > through


def _views_of(
    session: Session,
    rolled: tuple[InstrumentedAttribute[str], ColumnElement[bool]],
    live: tuple[InstrumentedAttribute[str], ColumnElement[bool]],
) -> dict[str, int]:
    """Return views by the ids of lessons or clips: those that are rolled up and those since."""
    through = sealed_through(session)
    key, wanted = live
    rows = session.execute(select(key, _views()).where(wanted, since(through)).group_by(key)).all()
    found = {its: int(n or 0) for its, n in rows}
    if through is not None:
        key, wanted = rolled
        sums = key.class_
        for its, n in session.execute(select(key, sums.member_views + sums.visitor_views).where(wanted)):
            found[its] = found.get(its, 0) + n
    return found


def lesson_views(session: Session, lesson_ids: Sequence[str]) -> dict[str, int]:
    """Return counted views of lessons: the sum over their clips; lessons without views are left out."""
    return _views_of(
        session,
        (LessonSum.lesson_id, LessonSum.lesson_id.in_(lesson_ids)),
        (DaySum.lesson_id, DaySum.lesson_id.in_(lesson_ids)),
    )


def clip_views(session: Session, *lesson_ids: str) -> dict[str, int]:
    """Return counted views of each clip of some lessons; clips without views may be left out."""
    return _views_of(
        session,
        (ClipSum.clip_id, ClipSum.lesson_id.in_(lesson_ids)),
        (DaySum.clip_id, DaySum.lesson_id.in_(lesson_ids)),
    )


def views_of_clips(session: Session, clip_ids: Collection[str]) -> dict[str, int]:
    """Return counted views of some clips, of whatever lessons; clips without views may be left out."""
    return _views_of(
        session,
        (ClipSum.clip_id, ClipSum.clip_id.in_(clip_ids)),
        (DaySum.clip_id, DaySum.clip_id.in_(clip_ids)),
    )


def most_watched(session: Session, viewer: Viewer, limit: int) -> list[str]:
    """Return the ids of the lessons with the most views among those the viewer may see."""
    through = sealed_through(session)
    live = select(DaySum.lesson_id, (DaySum.member_views + DaySum.visitor_views).label("views"))
    rolled = select(LessonSum.lesson_id, (LessonSum.member_views + LessonSum.visitor_views).label("views"))
    sums = union_all(live.where(since(through)), rolled).subquery()
    total = func.sum(sums.c.views)
    rows = session.execute(
        select(sums.c.lesson_id)
        .join(Lesson, Lesson.id == sums.c.lesson_id)
        .where(visible(viewer))
        .group_by(sums.c.lesson_id)
        .having(total > 0)
        .order_by(total.desc(), sums.c.lesson_id.desc())
        .limit(limit)
    )
    return [lesson_id for (lesson_id,) in rows]


def people_of_days(session: Session, lesson_id: str) -> dict[date, int]:
    """Return how many different members and visitors watched a lesson on each day."""
    through = sealed_through(session)
    its = (View.lesson_id == lesson_id) & (View.kind != Kind.GROUP)
    later = true() if through is None else View.day > through
    live = select(View.day, func.count(View.viewer.distinct())).where(its, later).group_by(View.day)
    rolled = select(LessonDay.day, LessonDay.members + LessonDay.visitors)
    rows = session.execute(rolled.where(LessonDay.lesson_id == lesson_id)).all()
    return {day: people for day, people in [*rows, *session.execute(live).all()] if people}
