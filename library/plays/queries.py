"""The only reader of plays and views; pages read what is rolled up and the days since (see statistics.py)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.catalog.queries import visible
from library.catalog.tables import Clip, Lesson
from library.core.permits import Viewer
from library.plays.rules import Kind
from library.plays.tables import ClipSum as Rolled
from library.plays.tables import DaySum, LessonSum, Seal, View


def _views() -> ColumnElement[int]:
    """What is called views everywhere: members' and visitors'. Screenings are a figure of their own."""
    return func.sum(DaySum.member_views + DaySum.visitor_views)


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
        (Rolled.clip_id, Rolled.lesson_id.in_(lesson_ids)),
        (DaySum.clip_id, DaySum.lesson_id.in_(lesson_ids)),
    )


def views_of_clips(session: Session, clip_ids: Collection[str]) -> dict[str, int]:
    """Return counted views of some clips, of whatever lessons; clips without views may be left out."""
    return _views_of(
        session,
        (Rolled.clip_id, Rolled.clip_id.in_(clip_ids)),
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


@dataclass(frozen=True)
class ClipSum:
    """What one clip collected; `clip_id` "" and `n` 0 stand for all that were replaced."""

    clip_id: str
    n: int
    views: int
    people: int
    watched_s: float


@dataclass(frozen=True)
class DayRow:
    """What one day brought."""

    day: date
    views: int
    people: int
    watched_s: float


@dataclass(frozen=True)
class LessonStats:
    """What a lesson collected: counted views, different viewers, seconds watched; screenings are left out of
    the first two.

    `clips` are those of its present order, `replaced` the sum of those it had before, None when nobody
    watched them.
    """

    views: int
    people: int
    watched_s: float
    clips: tuple[ClipSum, ...]
    replaced: ClipSum | None
    days: tuple[DayRow, ...]


def lesson_stats(session: Session, lesson_id: str) -> LessonStats:
    """Return a lesson's numbers, per clip and per day (oldest first)."""
    viewers = func.count(View.viewer.distinct())
    alone = (View.lesson_id == lesson_id) & (View.kind != Kind.GROUP)
    people = session.scalar(select(viewers).where(alone)) or 0
    per_clip = select(View.clip_id, viewers).where(alone).group_by(View.clip_id)
    # .all(): a result has keys(), so dict() would take it for a mapping and ask it for each of them.
    clip_people = dict(session.execute(per_clip).all())
    sums = {
        clip_id: (int(views or 0), float(watched_s or 0.0))
        for clip_id, views, watched_s in session.execute(
            select(DaySum.clip_id, _views(), func.sum(DaySum.watched_s))
            .where(DaySum.lesson_id == lesson_id)
            .group_by(DaySum.clip_id)
        )
    }
    clips = []
    present = select(Clip.id).where(Clip.lesson_id == lesson_id, Clip.n.is_not(None)).order_by(Clip.n)
    for n, clip_id in enumerate(session.scalars(present), start=1):
        views, watched_s = sums.pop(clip_id, (0, 0.0))
        clips.append(ClipSum(clip_id, n, views, clip_people.get(clip_id, 0), watched_s))
    replaced = _replaced(session, sums)
    every = [*clips, replaced] if replaced else clips
    return LessonStats(
        views=sum(c.views for c in every),
        people=people,
        watched_s=sum(c.watched_s for c in every),
        clips=tuple(clips),
        replaced=replaced,
        days=tuple(_days(session, lesson_id)),
    )


def _replaced(session: Session, sums: Mapping[str, tuple[int, float]]) -> ClipSum | None:
    """Return the sum of clips that are no longer in their lesson's order."""
    if not sums:
        return None
    alone = View.clip_id.in_(sums) & (View.kind != Kind.GROUP)
    people = session.scalar(select(func.count(View.viewer.distinct())).where(alone)) or 0
    return ClipSum("", 0, sum(n for n, _s in sums.values()), people, sum(s for _n, s in sums.values()))


def people_of_days(session: Session, lesson_id: str) -> dict[date, int]:
    """Return how many different members and visitors watched a lesson on each day."""
    alone = (View.lesson_id == lesson_id) & (View.kind != Kind.GROUP)
    people = select(View.day, func.count(View.viewer.distinct())).where(alone).group_by(View.day)
    return dict(session.execute(people).all())


def _days(session: Session, lesson_id: str) -> list[DayRow]:
    per_day = people_of_days(session, lesson_id)
    rows = session.execute(
        select(DaySum.day, _views(), func.sum(DaySum.watched_s))
        .where(DaySum.lesson_id == lesson_id)
        .group_by(DaySum.day)
        .order_by(DaySum.day)
    )
    return [DayRow(day, int(v or 0), per_day.get(day, 0), float(w or 0.0)) for day, v, w in rows]
