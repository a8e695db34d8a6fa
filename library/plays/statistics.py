"""What lecturers and staff see of plays and views."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Subquery, and_, func, literal_column, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.catalog.queries import measured
from library.catalog.tables import Clip, Lecturer, Lesson
from library.core.paging import clean_number
from library.core.permits import Role, Viewer
from library.people import queries as people
from library.plays import rules
from library.plays.figures import (
    BranchFigures,
    ClipFigures,
    Curve,
    DayFigures,
    Figures,
    LessonFigures,
    LessonLine,
    Overview,
    People,
    Proof,
    SourceFigures,
    Span,
)
from library.plays.rules import Kind
from library.plays.tables import DaySum, Play, View

Sort = Literal["views", "title", "watched"]

MOST_LIVE_PLAYS = 20_000
"""A curve is put together from at most so many plays that are not rolled up yet, the newest."""


def lesson_figures(session: Session, lesson_id: str, span: Span) -> LessonFigures:
    """Return what a lesson collected in a span, whoever asks."""
    sums = (
        select(DaySum.clip_id, DaySum.branch_id, *_sums())
        .where(DaySum.lesson_id == lesson_id, _within(DaySum.day, span))
        .group_by(DaySum.clip_id, DaySum.branch_id)
    )
    of_clips, of_branches = _Sums(), _Sums()
    for clip_id, branch_id, *numbers in session.execute(sums):
        its = _figures(numbers)
        of_clips.add(clip_id, its)
        of_branches.add(branch_id, its)
    clips, replaced = _clips(session, lesson_id, span, of_clips)
    days = (
        select(DaySum.day, *_sums())
        .where(DaySum.lesson_id == lesson_id, _within(DaySum.day, span))
        .group_by(DaySum.day)
        .order_by(DaySum.day)
    )
    return LessonFigures(
        lesson_id=lesson_id,
        span=span,
        total=of_clips.total(),
        people=_people(session, and_(View.lesson_id == lesson_id, _within(View.day, span))),
        clips=clips,
        replaced=replaced,
        days=tuple(DayFigures(day, _figures(numbers)) for day, *numbers in session.execute(days)),
        branches=_branches(session, of_branches.figures),
        sources=_sources(session, lesson_id, span),
        proof=proof(session),
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
    listed = _lines(viewer, span, everything=everything)
    count = session.scalar(select(func.count()).select_from(listed)) or 0
    rows = session.execute(
        select(listed)
        .order_by(*_ORDERS[sort](listed.c))
        .offset((clean_number(page) - 1) * limit)
        .limit(limit)
    )
    mine = select(Lesson.id).where(measured(viewer))
    days = (
        select(DaySum.day, *_sums())
        .where(_within(DaySum.day, span), true() if everything else DaySum.lesson_id.in_(mine))
        .group_by(DaySum.day)
        .order_by(DaySum.day)
    )
    of_days = tuple(DayFigures(day, _figures(numbers)) for day, *numbers in session.execute(days))
    return Overview(
        span=span,
        total=_total(day.figures for day in of_days),
        days=of_days,
        lessons=tuple(LessonLine(i, title, lecturer or "", _figures(n)) for i, title, lecturer, *n in rows),
        lesson_count=count,
        branches=_branches_below(session, viewer, span, everything=everything),
        proof=proof(session),
    )


def proof(session: Session) -> Proof:
    """Return how far figures can be proven by now."""
    return Proof()


# ---------------------------------------------------------------------- parts


def _lines(viewer: Viewer, span: Span, *, everything: bool) -> Subquery:
    """Return the lessons in a viewer's scope with their figures; with `everything` also those gone."""
    sums = (
        select(DaySum.lesson_id, *_sums())
        .where(_within(DaySum.day, span))
        .group_by(DaySum.lesson_id)
        .subquery("sums")
    )
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
    "views": lambda c: ((c.member_views + c.visitor_views).desc(), c.title, c.id),
    "watched": lambda c: (c.watched_s.desc(), c.title, c.id),
    "title": lambda c: (c.title, c.id),
}


def _sums() -> list[ColumnElement[Any]]:
    """The columns of Figures, in its order."""
    columns: list[InstrumentedAttribute[Any]] = [
        DaySum.member_views,
        DaySum.visitor_views,
        DaySum.group_views,
        DaySum.group_people,
        DaySum.completes,
        DaySum.watched_s,
    ]
    return [func.sum(column).label(column.key) for column in columns]


def _figures(numbers: Iterable[Any]) -> Figures:
    members, visitors, screenings, screened, completes, watched_s = (number or 0 for number in numbers)
    return Figures(
        int(members),
        int(visitors),
        int(screenings),
        int(screened),
        int(completes),
        round(float(watched_s), 3),
    )


def _total(many: Iterable[Figures]) -> Figures:
    total = Figures()
    for its in many:
        total = Figures(
            total.member_views + its.member_views,
            total.visitor_views + its.visitor_views,
            total.screenings + its.screenings,
            total.screened_people + its.screened_people,
            total.completes + its.completes,
            round(total.watched_s + its.watched_s, 3),
        )
    return total


@dataclass
class _Sums:
    """Figures added up by an id."""

    figures: dict[str, Figures]

    def __init__(self) -> None:
        self.figures = {}

    def add(self, key: str, its: Figures) -> None:
        self.figures[key] = _total((self.figures[key], its)) if key in self.figures else its

    def total(self) -> Figures:
        return _total(self.figures.values())


def _within(day: InstrumentedAttribute[Any], span: Span) -> ColumnElement[bool]:
    upper = day <= span.last
    return upper if span.first is None else and_(day >= span.first, upper)


def _people(session: Session, views: ColumnElement[bool]) -> People:
    counted = session.execute(
        select(View.kind, func.count(View.viewer.distinct()))
        .where(views, View.kind != Kind.GROUP)
        .group_by(View.kind)
    )
    its = dict(counted.all())
    return People(its.get(Kind.MEMBER, 0), its.get(Kind.VISITOR, 0))


def _people_of_clips(session: Session, lesson_id: str, span: Span) -> dict[str, People]:
    counted = session.execute(
        select(View.clip_id, View.kind, func.count(View.viewer.distinct()))
        .where(View.lesson_id == lesson_id, _within(View.day, span), View.kind != Kind.GROUP)
        .group_by(View.clip_id, View.kind)
    )
    found: dict[str, People] = {}
    for clip_id, kind, n in counted:
        its = found.get(clip_id, People())
        found[clip_id] = replace(its, members=n) if kind == Kind.MEMBER else replace(its, visitors=n)
    return found


def _clips(
    session: Session, lesson_id: str, span: Span, sums: _Sums
) -> tuple[tuple[ClipFigures, ...], ClipFigures | None]:
    """Return the figures of the lesson's present clips, and of all that were before them together."""
    people_of = _people_of_clips(session, lesson_id, span)
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
    gone = and_(View.lesson_id == lesson_id, _within(View.day, span), View.clip_id.in_(left))
    return clips, ClipFigures("", 0, "", 0.0, _total(left.values()), _people(session, gone))


def _curves(session: Session, lengths_s: Mapping[str, float]) -> dict[str, Curve]:
    """Return the retention of clips, by their ids; those that nobody watched are left out."""
    rows = session.execute(
        select(Play.clip_id, Play.ranges)
        .where(Play.clip_id.in_(lengths_s), Play.counted, Play.kind != Kind.GROUP)
        .order_by(Play.started_at.desc())
        .limit(MOST_LIVE_PLAYS)
    )
    found: dict[str, Curve] = {}
    for clip_id, ranges in rows:
        length_s = lengths_s[clip_id]
        empty = Curve(rules.curve_step_s(length_s), (0,) * rules.curve_steps(length_s), 0)
        its = found.get(clip_id, empty)
        covered = rules.covered_steps(ranges, its.step_s, len(its.plays))
        found[clip_id] = Curve(
            its.step_s, tuple(a + b for a, b in zip(its.plays, covered, strict=True)), its.of + 1
        )
    return found


def _branches(session: Session, figures: Mapping[str, Figures]) -> tuple[BranchFigures, ...]:
    names = people.branch_names(session, figures)
    its = [BranchFigures(branch, names.get(branch, ""), f) for branch, f in figures.items()]
    return tuple(sorted(its, key=lambda one: (-one.figures.views, one.name, one.branch_id)))


def _at_root(session: Session, viewer: Viewer) -> bool:
    return viewer.holds_at(Role.STAFF, people.root_branch(session).path)


def _branches_below(
    session: Session, viewer: Viewer, span: Span, *, everything: bool
) -> tuple[BranchFigures, ...] | None:
    if not viewer.has(Role.STAFF):
        return None
    sums = select(DaySum.branch_id, *_sums()).where(_within(DaySum.day, span)).group_by(DaySum.branch_id)
    found = {branch: _figures(numbers) for branch, *numbers in session.execute(sums)}
    if not everything:
        own: Collection[str] = {branch.id for branch in people.branches_under(session, viewer, Role.STAFF)}
        found = {branch: figures for branch, figures in found.items() if branch in own}
    return _branches(session, found)


def _sources(session: Session, lesson_id: str, span: Span) -> tuple[SourceFigures, ...]:
    """Return where views came from, most first; screenings are left out."""
    counted = session.execute(
        select(View.source, func.count())
        .where(View.lesson_id == lesson_id, _within(View.day, span), View.kind != Kind.GROUP)
        .group_by(View.source)
    )
    its = [SourceFigures(source, views) for source, views in counted]
    return tuple(sorted(its, key=lambda one: (-one.views, one.source)))
