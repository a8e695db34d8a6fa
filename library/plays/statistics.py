"""What lecturers and staff see of plays and views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, literal_column, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from library.catalog.queries import measured
from library.catalog.tables import Clip, Lecturer, Lesson
from library.core.clock import midnight
from library.core.paging import clean_number
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.plays import rules
from library.plays.figures import (
    ClipFigures,
    Curve,
    DayFigures,
    Figures,
    LessonFigures,
    LessonLine,
    NodeFigures,
    Overview,
    People,
    Proof,
    SourceFigures,
    Span,
)
from library.plays.queries import held_back
from library.plays.rolled_up import Known, Sums, columns_of, figures_of, total_of, within
from library.plays.rolling import counted_columns
from library.plays.rules import Kind, Source
from library.plays.tables import ClipSum, CurveSum, DaySum, LessonDay, LessonSum, NodeDay, Play, Seal, View

Sort = Literal["views", "title", "watched"]

_LONG_AGO, _LONG_HENCE = date(1970, 1, 1), date(9000, 1, 1)

MOST_LIVE_PLAYS = 20_000
"""A curve is put together from at most so many plays that are not rolled up yet, the newest."""


def lesson_figures(session: Session, lesson_id: str, span: Span) -> LessonFigures:
    """Return what a lesson collected in a span, whoever asks."""
    known = Known(session, span)
    sums = (
        select(DaySum.clip_id, DaySum.node_id, *counted_columns(DaySum))
        .where(DaySum.lesson_id == lesson_id, within(DaySum.day, span))
        .group_by(DaySum.clip_id, DaySum.node_id)
    )
    of_clips, of_branches = Sums(), Sums()
    for clip_id, node_id, *numbers in session.execute(sums):
        figures_of_clip = figures_of(numbers)
        of_clips.add(clip_id, figures_of_clip)
        of_branches.add(node_id, figures_of_clip)
    clips, replaced = _clips(session, lesson_id, known, of_clips)
    return LessonFigures(
        lesson_id=lesson_id,
        span=span,
        total=of_clips.total(),
        people=_people_of_lesson(session, lesson_id, known),
        clips=clips,
        replaced=replaced,
        days=_days(session, known, LessonDay.lesson_id == lesson_id, DaySum.lesson_id == lesson_id),
        branches=_branches(session, of_branches.figures),
        sources=_sources(session, lesson_id, known),
        proof=proof(session),
        held_back=_held_back(session, Play.lesson_id == lesson_id, span),
    )


def overview(
    session: Session, viewer: Viewer, span: Span, *, sort: Sort = "views", page: int = 1, limit: int = 50
) -> Overview:
    """Return what the lessons that a viewer may measure collected in a span.

    These are a lecturer's own, staff's those of their branches and below, and at the root also lessons that
    are gone: their `title` is "". Drafts that nobody watched are left out. A page past the last is empty.
    What the branches of staff watched is counted over all lessons, whoever teaches them.
    """
    everything = _at_root(session, viewer)
    known = Known(session, span)
    listed = _lines(viewer, known, everything=everything)
    count = session.scalar(select(func.count()).select_from(listed)) or 0
    rows = session.execute(
        select(listed)
        .order_by(*_ORDERS[sort](listed.c))
        .offset((clean_number(page) - 1) * limit)
        .limit(limit)
    )
    mine = select(Lesson.id).where(measured(viewer))
    of_days = _days(
        session,
        known,
        true() if everything else LessonDay.lesson_id.in_(mine),
        true() if everything else DaySum.lesson_id.in_(mine),
    )
    return Overview(
        span=span,
        total=total_of(day.figures for day in of_days),
        days=of_days,
        lessons=tuple(LessonLine(i, title, lecturer or "", figures_of(n)) for i, title, lecturer, *n in rows),
        lesson_count=count,
        branches=_nodes_below(session, viewer, known, everything=everything),
        proof=proof(session),
        held_back=_held_back(session, true() if everything else Play.lesson_id.in_(mine), span),
    )


def _held_back(session: Session, lessons: ColumnElement[bool], span: Span) -> int:
    # Days far away, which a calendar has and no moment.
    first = max(span.first, _LONG_AGO) if span.first is not None else _LONG_AGO
    return held_back(session, lessons, midnight(first), midnight(min(span.last, _LONG_HENCE) + timedelta(1)))


def proof(session: Session) -> Proof:
    """Return how far figures can be proven by now."""
    last = select(Seal.day, Seal.link).where(Seal.link.is_not(None)).order_by(Seal.day.desc()).limit(1)
    row = session.execute(last).first()
    return Proof(row.day, row.link) if row is not None else Proof()


# ---------------------------------------------------------------------- parts


def _days(
    session: Session, known: Known, rolled: ColumnElement[bool], live: ColumnElement[bool]
) -> tuple[DayFigures, ...]:
    sums = known.sums(
        select(LessonDay.day, *columns_of(LessonDay)).where(rolled, known.rolled(LessonDay.day)),
        select(DaySum.day, *columns_of(DaySum)).where(live, known.live(DaySum.day)),
        "day",
    )
    rows = session.execute(select(sums).order_by(sums.c.day))
    return tuple(DayFigures(day, figures_of(numbers)) for day, *numbers in rows)


def _of_lessons(known: Known) -> Subquery:
    """Return the sums of all lessons in a span."""
    live = select(DaySum.lesson_id, *columns_of(DaySum)).where(known.live(DaySum.day))
    if known.whole:
        return known.sums(select(LessonSum.lesson_id, *columns_of(LessonSum)), live, "lesson_id")
    rolled = select(LessonDay.lesson_id, *columns_of(LessonDay)).where(known.rolled(LessonDay.day))
    return known.sums(rolled, live, "lesson_id")


def _lines(viewer: Viewer, known: Known, *, everything: bool) -> Subquery:
    """Return the lessons in a viewer's scope with their figures; with `everything` also those gone."""
    sums = _of_lessons(known)
    numbers = [column for column in sums.c if column.name != "lesson_id"]
    lines = (
        select(Lesson.id, Lesson.title, func.coalesce(Lecturer.name, "").label("lecturer"))
        .add_columns(*(func.coalesce(number, 0).label(number.name) for number in numbers))
        .outerjoin(Lecturer, Lesson.lecturer_id == Lecturer.id)
        .outerjoin(sums, sums.c.lesson_id == Lesson.id)
        .where(measured(viewer), or_(Lesson.published_at.is_not(None), sums.c.lesson_id.is_not(None)))
    )
    if not everything:
        return lines.subquery("lines")
    gone = select(sums.c.lesson_id, literal_column("''"), literal_column("''"), *numbers)
    return lines.union_all(gone.where(sums.c.lesson_id.not_in(select(Lesson.id)))).subquery("lines")


_ORDERS: Mapping[str, Any] = {
    "views": lambda c: ((c.member_views + c.group_views).desc(), c.title, c.id),
    "watched": lambda c: ((c.watched_s - c.visitor_s).desc(), c.title, c.id),
    "title": lambda c: (c.title, c.id),
}


def _people(session: Session, views: ColumnElement[bool]) -> People:
    """Return how many different members and visitors made the views."""
    counted = select(View.kind, func.count(View.viewer.distinct())).where(views, View.kind != Kind.GROUP)
    counted_by_kind = dict(session.execute(counted.group_by(View.kind)).all())
    return People(counted_by_kind.get(Kind.MEMBER, 0), counted_by_kind.get(Kind.VISITOR, 0))


def _newcomers(of: InstrumentedAttribute[str], known: Known) -> ColumnElement[bool]:
    """Return the views since the roll-ups of those who had none of the same lesson, or clip, before."""
    earlier = aliased(View)
    before = exists().where(
        getattr(earlier, of.key) == of, earlier.viewer == View.viewer, earlier.day <= known.through
    )
    return and_(known.live(View.day), ~before)


def _people_of_lesson(session: Session, lesson_id: str, known: Known) -> People:
    of_lesson = View.lesson_id == lesson_id
    if not known.whole:
        return _people(session, and_(of_lesson, within(View.day, known.span)))
    new = _people(session, and_(of_lesson, _newcomers(View.lesson_id, known)))
    rolled = session.get(LessonSum, lesson_id)
    return _together(new, People(rolled.members, rolled.visitors)) if rolled is not None else new


def _together(some: People, others: People) -> People:
    return People(some.members + others.members, some.visitors + others.visitors)


def _people_of_clips(session: Session, lesson_id: str, known: Known) -> dict[str, People]:
    wanted = _newcomers(View.clip_id, known) if known.whole else within(View.day, known.span)
    counted = session.execute(
        select(View.clip_id, View.kind, func.count(View.viewer.distinct()))
        .where(View.lesson_id == lesson_id, wanted, View.kind != Kind.GROUP)
        .group_by(View.clip_id, View.kind)
    )
    found: dict[str, People] = {}
    for clip_id, kind, n in counted:
        people = People(members=n) if kind == Kind.MEMBER else People(visitors=n)
        found[clip_id] = _together(found.get(clip_id, People()), people)
    if known.whole:
        for row in session.scalars(select(ClipSum).where(ClipSum.lesson_id == lesson_id)):
            people = People(row.members, row.visitors)
            found[row.clip_id] = _together(found.get(row.clip_id, People()), people)
    return found


def _clips(
    session: Session, lesson_id: str, known: Known, sums: Sums
) -> tuple[tuple[ClipFigures, ...], ClipFigures | None]:
    """Return the figures of the lesson's present clips, and of all that were before them together."""
    people_of = _people_of_clips(session, lesson_id, known)
    present = session.execute(
        select(Clip.id, Clip.title, func.coalesce(Clip.duration_s, Clip.end_s - Clip.start_s))
        .where(Clip.lesson_id == lesson_id, Clip.n.is_not(None))
        .order_by(Clip.n)
    ).all()
    curves = _curves(session, {clip_id: length_s for clip_id, _title, length_s in present})
    left = dict(sums.figures)
    clips = tuple(
        ClipFigures(
            clip_id=clip_id,
            n=n,
            title=title,
            length_s=length_s,
            figures=left.pop(clip_id, Figures()),
            people=people_of.get(clip_id, People()),
            curve=curves.get(clip_id),
        )
        for n, (clip_id, title, length_s) in enumerate(present, start=1)
    )
    if not left:
        return clips, None
    gone = and_(View.lesson_id == lesson_id, within(View.day, known.span), View.clip_id.in_(left))
    return clips, ClipFigures("", 0, "", 0.0, total_of(left.values()), _people(session, gone))


def _curves(session: Session, lengths_s: Mapping[str, float]) -> dict[str, Curve]:
    """Return the retention of clips, by their ids; those that nobody watched are left out."""
    held = session.scalars(select(CurveSum).where(CurveSum.clip_id.in_(lengths_s)))
    found = {row.clip_id: Curve(row.step_s, tuple(row.steps), row.of) for row in held}
    rolled = session.scalar(select(func.max(Seal.day)).where(Seal.curves_at.is_not(None)))
    live = select(Play.clip_id, Play.ranges).where(Play.clip_id.in_(lengths_s))
    if rolled is not None:
        live = live.where(Play.started_at >= midnight(rolled + timedelta(days=1)))
    live = live.where(Play.counted, Play.kind != Kind.GROUP)
    for clip_id, ranges in session.execute(live.order_by(Play.started_at.desc()).limit(MOST_LIVE_PLAYS)):
        curve = found.get(clip_id) or _nothing_yet(lengths_s[clip_id])
        covered = rules.covered_steps(ranges, curve.step_s, len(curve.plays))
        found[clip_id] = Curve(curve.step_s, tuple(rules.add_steps(curve.plays, covered)), curve.of + 1)
    return found


def _nothing_yet(length_s: float) -> Curve:
    return Curve(rules.curve_step_s(length_s), (0,) * rules.curve_steps(length_s), 0)


def _branches(session: Session, figures: Mapping[str, Figures]) -> tuple[NodeFigures, ...]:
    names = organisation.node_names(session, figures)
    found = [NodeFigures(branch, names.get(branch, ""), f) for branch, f in figures.items()]
    return tuple(sorted(found, key=lambda one: (-one.figures.weight, one.name, one.node_id)))


def _at_root(session: Session, viewer: Viewer) -> bool:
    return viewer.holds_at(Role.STAFF, organisation.root_node(session).path)


def _nodes_below(
    session: Session, viewer: Viewer, known: Known, *, everything: bool
) -> tuple[NodeFigures, ...] | None:
    if not viewer.has(Role.STAFF):
        return None
    sums = known.sums(
        select(NodeDay.node_id, *columns_of(NodeDay)).where(known.rolled(NodeDay.day)),
        select(DaySum.node_id, *columns_of(DaySum)).where(known.live(DaySum.day)),
        "node_id",
    )
    found = {branch: figures_of(numbers) for branch, *numbers in session.execute(select(sums))}
    if not everything:
        own: Collection[str] = {branch.id for branch in organisation.nodes_under(session, viewer, Role.STAFF)}
        found = {branch: figures for branch, figures in found.items() if branch in own}
    return _branches(session, found)


def _sources(session: Session, lesson_id: str, known: Known) -> tuple[SourceFigures, ...]:
    """Return where views came from, most first; screenings are left out."""
    views: Counter[str] = Counter()
    live = (
        select(View.source, func.count())
        .where(View.lesson_id == lesson_id, known.live(View.day), View.kind != Kind.GROUP)
        .group_by(View.source)
    )
    for source, n in session.execute(live):
        views[source] += n
    rolled = select(*(func.sum(getattr(LessonDay, f"from_{source}")) for source in Source))
    wanted = (LessonDay.lesson_id == lesson_id, known.rolled(LessonDay.day))
    for source, n in zip(Source, session.execute(rolled.where(*wanted)).one(), strict=True):
        views[source] += n or 0
    found = [SourceFigures(str(source), n) for source, n in views.items() if n]
    return tuple(sorted(found, key=lambda one: (-one.views, one.source)))
