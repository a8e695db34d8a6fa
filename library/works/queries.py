"""The only reader of works. What a viewer may not see of a lesson is not there, and not counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.catalog.shelves import Of, published
from library.catalog.tables import Clip, Lesson
from library.core.database import Unindexed
from library.core.errors import Forbidden, NotFound, SignInNeeded
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.core.rights import Act, somewhere
from library.organisation import queries as organisation
from library.works.formats import WORDED
from library.works.permits import may_edit_series, may_keep_site
from library.works.rules import MOST_HONOURS, HonourLevel, Shown
from library.works.tables import Episode, Honour, LessonFile, LessonSite, Series, Site

PAGE_SIZE = 24
MOST_OFFERED = 200


# ---------------------------------------------------------------- series


def may_edit(viewer: Viewer, series: Series) -> bool:
    """Tell whether the viewer may change a series."""
    return may_edit_series(viewer, series.node.path, series.owner_id)


def series_for(session: Session, viewer: Viewer, series_id: str, *, edit: bool = False) -> Series:
    """Return a series that the viewer may see: who sees an episode of it, and who may change it.

    Raises NotFound; with `edit` also SignInNeeded and Forbidden for who may see it only.
    """
    row = session.get(Series, series_id)
    if row is None:
        raise NotFound
    if may_edit(viewer, row):
        return row
    if session.scalar(select(Series.id).where(Series.id == series_id, _seen(viewer))) is None:
        raise NotFound
    if edit:
        raise Forbidden if viewer.signed_in else SignInNeeded
    return row


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on Series that the viewer sees an episode."""
    return exists(
        select(Episode.lesson_id)
        .join(Lesson, Lesson.id == Episode.lesson_id)
        .where(Episode.series_id == Series.id, catalog.visible(viewer))
    )


def _kept(viewer: Viewer) -> ColumnElement[bool]:
    """Return permits' SERIES_EDIT decision as a condition on Series."""
    if viewer.person_id is None:
        return false()
    own = Series.owner_id == viewer.person_id if viewer.has(Role.LECTURER) else false()
    held = organisation.outermost(viewer, Role.STAFF)
    return or_(own, Series.node_id.in_(organisation.inside_of(held))) if held else or_(own)


def order_of(session: Session, series_id: str) -> list[str]:
    """Return the ids of all lessons of a series in their order, whoever asks."""
    rows = select(Episode.lesson_id).where(Episode.series_id == series_id)
    return list(session.scalars(rows.order_by(Episode.n, Episode.lesson_id)))


def episodes(session: Session, viewer: Viewer, series_id: str) -> list[Lesson]:
    """Return the episodes that the viewer may see, in their order."""
    return catalog.lessons_by_ids(session, viewer, order_of(session, series_id))


@dataclass(frozen=True)
class SeriesRow:
    """A series in a list, with how many episodes the viewer sees of it."""

    series: Series
    count: int


def series_page(session: Session, viewer: Viewer, number: int) -> Page[SeriesRow]:
    """Return a page of the series that the viewer may see, those changed last first."""
    seen, number = or_(_seen(viewer), _kept(viewer)), clean_number(number)
    total = session.scalar(select(func.count()).select_from(Series).where(seen)) or 0
    wanted = select(Series).where(seen).order_by(Series.changed_at.desc(), Series.id)
    rows = session.scalars(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(_counted(session, viewer, rows), number, PAGE_SIZE, total)


def _counted(session: Session, viewer: Viewer, rows: Sequence[Series]) -> list[SeriesRow]:
    if not rows:
        return []
    counts = dict(
        session.execute(
            select(Episode.series_id, func.count())
            .join(Lesson, Lesson.id == Episode.lesson_id)
            .where(Episode.series_id.in_([row.id for row in rows]), catalog.visible(viewer))
            .group_by(Episode.series_id)
        ).all()
    )
    return [SeriesRow(row, counts.get(row.id, 0)) for row in rows]


def covers(session: Session, viewer: Viewer, series_ids: Sequence[str]) -> dict[str, Lesson]:
    """Return the first episode that the viewer sees of each series and that plays: its picture stands for
    the series."""
    if not series_ids:
        return {}
    first = (
        select(Episode.series_id, func.min(Episode.n).label("n"))
        .join(Lesson, Lesson.id == Episode.lesson_id)
        .where(
            Episode.series_id.in_(series_ids),
            catalog.visible(viewer),
            exists().where(Clip.lesson_id == Lesson.id, Clip.plan.is_not(None), Clip.n.is_not(None)),
        )
        .group_by(Episode.series_id)
        .subquery()
    )
    rows = session.execute(
        select(Episode.series_id, Episode.lesson_id).join(
            first, (first.c.series_id == Episode.series_id) & (first.c.n == Episode.n)
        )
    )
    of_series = dict(rows.all())
    lessons = {one.id: one for one in catalog.lessons_by_ids(session, viewer, list(of_series.values()))}
    return {series: lessons[lesson] for series, lesson in of_series.items() if lesson in lessons}


def series_kept(session: Session, viewer: Viewer, most: int = MOST_OFFERED) -> Sequence[Series]:
    """Return the series that the viewer may change, those changed last first."""
    if not somewhere(viewer, Act.SERIES_MAKE):
        return ()
    wanted = select(Series).where(_kept(viewer)).order_by(Series.changed_at.desc(), Series.id)
    return session.scalars(wanted.limit(most)).all()


@dataclass(frozen=True)
class InSeries:
    """Where a lesson stands in its series, as the viewer sees it: `n` of `count`, counted from 1, and its
    neighbours there."""

    series: Series
    n: int
    count: int
    previous: Lesson | None
    next: Lesson | None


def place_of(session: Session, viewer: Viewer, lesson_id: str) -> InSeries | None:
    """Return where a lesson that the viewer sees stands in its series; None where it is in none."""
    series_id = session.scalar(select(Episode.series_id).where(Episode.lesson_id == lesson_id))
    if series_id is None:
        return None
    seen = episodes(session, viewer, series_id)
    at = next((n for n, one in enumerate(seen) if one.id == lesson_id), None)
    if at is None:
        return None
    return InSeries(
        session.get_one(Series, series_id),
        at + 1,
        len(seen),
        seen[at - 1] if at else None,
        seen[at + 1] if at + 1 < len(seen) else None,
    )


# ---------------------------------------------------------------- honours and files

_LEVELS = list(HonourLevel)


def _rank(honour: Honour) -> tuple[int, int, str]:
    return _LEVELS.index(honour.level), -honour.year, honour.id


def honours(session: Session, lesson_ids: Collection[str]) -> dict[str, list[Honour]]:
    """Return the honours of lessons that the viewer is known to see, the highest first, then the latest."""
    found: dict[str, list[Honour]] = {}
    if lesson_ids:
        its = (Honour.lesson_id.in_(lesson_ids), Honour.standing == Shown.SHOWN)
        for row in session.scalars(select(Honour).where(*its)):
            found.setdefault(row.lesson_id, []).append(row)
    return {lesson_id: sorted(rows, key=_rank) for lesson_id, rows in found.items()}


def materials(session: Session, lesson_id: str) -> Sequence[LessonFile]:
    """Return the materials of a lesson that the viewer is known to see, in the order in which they came."""
    return [row for row in all_materials(session, lesson_id) if row.standing is Shown.SHOWN]


def all_materials(session: Session, lesson_id: str) -> Sequence[LessonFile]:
    """Return every material of a lesson, also those that wait or are kept, in the order in which they came:
    for who works on it."""
    its = (LessonFile.lesson_id == lesson_id, LessonFile.honour_id.is_(None))
    return session.scalars(select(LessonFile).where(*its).order_by(LessonFile.added_at, LessonFile.id)).all()


def all_honours(session: Session, lesson_id: str) -> Sequence[Honour]:
    """Return every honour of a lesson, also those that wait or are kept: for who works on it."""
    return sorted(session.scalars(select(Honour).where(Honour.lesson_id == lesson_id)).unique(), key=_rank)


def worded_materials(session: Session, lesson_ids: Collection[str]) -> Sequence[LessonFile]:
    """Return the materials of lessons in which something is written and which viewers see."""
    its = (LessonFile.lesson_id.in_(lesson_ids), LessonFile.honour_id.is_(None), LessonFile.words != "")
    return _worded(session, *its) if lesson_ids else ()


def unread_material(session: Session) -> LessonFile | None:
    """Return a material into which nobody looked for words yet."""
    its = (LessonFile.words.is_(None), LessonFile.honour_id.is_(None), LessonFile.format.in_(WORDED))
    return session.scalars(select(LessonFile).where(*its).order_by(LessonFile.id).limit(1)).first()


def materials_by_ids(session: Session, ids: Collection[str]) -> dict[str, LessonFile]:
    """Return materials that viewers see of lessons that the viewer is known to see, with their words."""
    return {row.id: row for row in _worded(session, LessonFile.id.in_(ids))} if ids else {}


def _worded(session: Session, *its: ColumnElement[bool]) -> Sequence[LessonFile]:
    shown = (
        select(LessonFile).where(*its, LessonFile.standing == Shown.SHOWN).options(undefer(LessonFile.words))
    )
    return session.scalars(shown.order_by(LessonFile.lesson_id, LessonFile.id)).all()


def file_for(session: Session, viewer: Viewer, lesson_id: str, file_id: str) -> LessonFile:
    """Return a file of a lesson that the viewer may see; raises as `catalog.lesson_for`, and NotFound.

    What waits and what is kept is there for who sees the lesson's versions.
    """
    lesson = catalog.lesson_for(session, viewer, lesson_id)
    row = session.get(LessonFile, file_id)
    if row is None or row.lesson_id != lesson.id:
        raise NotFound
    honour = session.get(Honour, row.honour_id) if row.honour_id is not None else None
    standing = row.standing if honour is None else honour.standing
    if standing is not Shown.SHOWN and not may(viewer, Action.VERSIONS, catalog.facts(lesson)):
        raise NotFound
    return row


# ---------------------------------------------------------------- sites


def site(session: Session, site_id: str) -> Site:
    """Return a site, which everybody may see; raises NotFound."""
    row = session.get(Site, site_id)
    if row is None:
        raise NotFound
    return row


def may_keep(viewer: Viewer, row: Site) -> bool:
    """Tell whether the viewer may change a site."""
    return may_keep_site(viewer, row.node.path)


def site_kept(session: Session, viewer: Viewer, site_id: str) -> Site:
    """Return a site that the viewer may change; raises NotFound, SignInNeeded, Forbidden."""
    row = site(session, site_id)
    if not may_keep(viewer, row):
        raise Forbidden if viewer.signed_in else SignInNeeded
    return row


@dataclass(frozen=True)
class SiteRow:
    """A site in a list, with how many lessons held there the viewer sees."""

    site: Site
    count: int


def sites_page(session: Session, viewer: Viewer, number: int) -> Page[SiteRow]:
    """Return a page of the sites, by name."""
    number = clean_number(number)
    total = session.scalar(select(func.count()).select_from(Site)) or 0
    wanted = select(Site).order_by(Site.folded).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    rows = session.scalars(wanted).all()
    counts = dict(
        session.execute(
            select(LessonSite.site_id, func.count())
            .join(Lesson, Lesson.id == LessonSite.lesson_id)
            .where(LessonSite.site_id.in_([row.id for row in rows]), catalog.visible(viewer))
            .group_by(LessonSite.site_id)
        ).all()
    )
    return Page([SiteRow(row, counts.get(row.id, 0)) for row in rows], number, PAGE_SIZE, total)


def lessons_at(session: Session, viewer: Viewer, site_id: str, number: int) -> Page[Lesson]:
    """Return a page of the lessons held at a site that the viewer may see, the newest first."""
    number = clean_number(number)
    its = (
        select(Lesson.id)
        .join(LessonSite, LessonSite.lesson_id == Lesson.id)
        .where(LessonSite.site_id == site_id, catalog.visible(viewer))
    )
    total = session.scalar(select(func.count()).select_from(its.subquery())) or 0
    newest = func.coalesce(Lesson.published_at, Lesson.created_at).desc()
    ids = session.scalars(
        its.order_by(newest, Lesson.id).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    return Page(catalog.lessons_by_ids(session, viewer, ids), number, PAGE_SIZE, total)


def site_of(session: Session, lesson_id: str) -> Site | None:
    """Return where a lesson that the viewer is known to see was held."""
    wanted = select(Site).join(LessonSite, LessonSite.site_id == Site.id)
    return session.scalars(wanted.where(LessonSite.lesson_id == lesson_id)).first()


def site_names(session: Session, most: int = MOST_OFFERED) -> list[str]:
    """Return the names of sites, for suggestions while typing."""
    return list(session.scalars(select(Site.name).order_by(Site.folded).limit(most)))


# ---------------------------------------------------------------- of one lecturer, of one topic


@dataclass(frozen=True)
class Given:
    """An honour with the lesson that has it."""

    honour: Honour
    lesson_id: str
    title: str


def _its(
    viewer: Viewer, which: Of | Collection[str], lesson_id: InstrumentedAttribute[str]
) -> tuple[ColumnElement[bool], ...]:
    if isinstance(which, Of):
        # Fewer lessons have an honour or a series than a busy lecturer has lessons.
        its = Unindexed(Lesson.lecturer_id) == which.id if which.what == "lecturer" else which.condition
        return (its, published(viewer))
    return (lesson_id.in_(which),)


def honours_among(
    session: Session,
    viewer: Viewer,
    which: Of | Collection[str],
    most: int = MOST_HONOURS,
) -> list[Given]:
    """Return the highest honours of the published lessons of a lecturer or a topic that the viewer
    may see, or of lessons by their ids, which they are known to see."""
    rank = case({level: n for n, level in enumerate(_LEVELS)}, value=Honour.level)
    rows = session.execute(
        select(Honour, Lesson.id, Lesson.title)
        .join(Lesson, Lesson.id == Honour.lesson_id)
        .where(*_its(viewer, which, Honour.lesson_id), Honour.standing == Shown.SHOWN)
        .order_by(rank, Honour.year.desc(), Honour.id)
        .limit(most)
    ).unique()
    return [Given(honour, lesson_id, title) for honour, lesson_id, title in rows]


def series_among(
    session: Session,
    viewer: Viewer,
    which: Of | Collection[str],
    most: int = PAGE_SIZE,
) -> list[SeriesRow]:
    """Return the series of which the viewer sees an episode of a lecturer or a topic, or that is one
    of some lessons, by their ids, which they are known to see."""
    holds = (
        select(Episode.series_id)
        .join(Lesson, Lesson.id == Episode.lesson_id)
        .where(*_its(viewer, which, Episode.lesson_id))
    )
    wanted = select(Series).where(Series.id.in_(holds)).order_by(Series.changed_at.desc(), Series.id)
    return _counted(session, viewer, session.scalars(wanted.limit(most)).all())
