"""The only reader of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, extract, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from library.catalog.offline_rules import may_keep
from library.catalog.permits import Action, Audience, LessonFacts, LessonState, may, told_to_sign_in
from library.catalog.rules import Genre, LessonKind, TranscriptQuality, shared_topics
from library.catalog.tables import AudienceToken, Clip, Lecturer, Lesson, LessonTopic, Topic
from library.core.database import Unindexed
from library.core.errors import Forbidden, NotFound, SignInNeeded
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, audience_of, oversees_all, scope_of
from library.core.text import name_key
from library.organisation import queries as organisation
from library.people.tables import Person


def facts(lesson: Lesson) -> LessonFacts:
    """Return what permits need to know of a lesson."""
    return LessonFacts(
        state=lesson.state,
        audience=lesson.audience,
        owner_id=lesson.owner_id,
        node_path=lesson.node.path,
        chosen=frozenset(lesson.chosen),
    )


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return permits' VIEW decision as a condition on Lesson; by it no lesson is looked up in an index, for
    it is about nearly all of them: what else is asked for is."""
    published = Unindexed(Lesson.state) == LessonState.PUBLISHED
    if viewer.person_id is None:
        return and_(published, Lesson.audience == Audience.EVERYONE)
    tokens = audience_of(viewer)
    open_to: ColumnElement[bool] = Lesson.audience.in_([one for one in Audience if str(one) in tokens])
    named = sorted(tokens - {str(one) for one in Audience})
    if named:
        holders = select(AudienceToken.lesson_id).where(AudienceToken.token.in_(named))
        open_to = or_(open_to, and_(Lesson.audience == Audience.CHOSEN, Lesson.id.in_(holders)))
    own = Lesson.owner_id == viewer.person_id
    return or_(and_(published, open_to), own, _held_at(viewer, Role.REVIEWER))


def _held_at(viewer: Viewer, role: Role) -> ColumnElement[bool]:
    held = organisation.outermost(viewer, role)
    return Lesson.node_id.in_(organisation.inside_of(held)) if held else false()


def search_scope(session: Session, viewer: Viewer) -> frozenset[str]:
    """Return the scope tokens with which the viewer asks the search index.

    Whoever reads all of a part of the tree holds those of the nodes below it that own what they may see by
    that alone: few, and asked of the tree as it stands now, so that a moved node is found by its new staff at
    once.
    """
    held = organisation.outermost(viewer, Role.REVIEWER)
    if not held or oversees_all(viewer):
        return scope_of(viewer)
    open_to_them = [one for one in Audience if str(one) in audience_of(viewer)]
    hidden = select(Lesson.node_id).where(
        or_(Lesson.state != LessonState.PUBLISHED, Lesson.audience.not_in(open_to_them)),
        Lesson.node_id.in_(organisation.inside_of(held)),
    )
    return scope_of(viewer, session.scalars(hidden.distinct()))


def measured(viewer: Viewer) -> ColumnElement[bool]:
    """Return permits' STATS decision as a condition on Lesson."""
    if viewer.person_id is None:
        return false()
    own = Lesson.owner_id == viewer.person_id if viewer.has(Role.LECTURER) else false()
    kept = and_(Lesson.state == LessonState.PUBLISHED, _held_at(viewer, Role.SECRETARY), visible(viewer))
    return or_(own, kept, _held_at(viewer, Role.STAFF))


def lesson(session: Session, lesson_id: str) -> Lesson:
    """Return a lesson whoever asks; raises NotFound."""
    found = session.get(Lesson, lesson_id)
    if found is None:
        raise NotFound
    return found


def lesson_for(session: Session, viewer: Viewer, lesson_id: str, action: Action = Action.VIEW) -> Lesson:
    """Return a lesson with which the viewer may do `action`.

    Raises SignInNeeded when signing in may open it to a visitor, NotFound when they may not even see it (its
    existence is nobody's business), else Forbidden.
    """
    found = lesson(session, lesson_id)
    known = facts(found)
    if told_to_sign_in(viewer, known):
        raise SignInNeeded("lesson_for_signed_in")
    if not may(viewer, Action.VIEW, known):
        raise NotFound
    if not may(viewer, action, known):
        raise Forbidden if viewer.signed_in else SignInNeeded
    return found


def clip(session: Session, clip_id: str) -> Clip:
    """Return a clip whoever asks; raises NotFound."""
    found = session.get(Clip, clip_id)
    if found is None:
        raise NotFound
    return found


def clip_for(session: Session, viewer: Viewer, clip_id: str) -> Clip:
    """Return a clip the viewer may watch; raises NotFound and SignInNeeded as lesson_for does."""
    found = clip(session, clip_id)
    lesson_for(session, viewer, found.lesson_id)
    return found


def clips_to_keep(session: Session, viewer: Viewer, clip_ids: Collection[str]) -> set[str]:
    """Return those of some clips that play, that the viewer may watch and a device may keep, in one
    statement."""
    wanted = select(Clip.id, Lesson.state, Lesson.audience).join(Lesson, Lesson.id == Clip.lesson_id)
    rows = session.execute(wanted.where(Clip.id.in_(clip_ids), Clip.plan.is_not(None), visible(viewer)))
    return {clip_id for clip_id, state, audience in rows if may_keep(state, audience)}


def clip_at(lesson: Lesson, at_s: float) -> Clip | None:
    """Return the clip that plays a moment of the lecture, else the next, else the last; None without any."""
    after = [clip for clip in lesson.clips if clip.end_s > at_s] or lesson.clips[-1:]
    return after[0] if after else None


def lesson_by_key(session: Session, key: str) -> Lesson | None:
    """Return the lesson an old library knew as `key`."""
    return session.scalars(select(Lesson).where(Lesson.key == key)).first()


def _loaded() -> Select[Lesson]:
    """Return a select of lessons with what lists show of them, in a fixed number of statements."""
    return select(Lesson).options(
        selectinload(Lesson.owner).load_only(Person.name),
        selectinload(Lesson.topics),
        selectinload(Lesson.clips),
    )


@dataclass(frozen=True)
class Filters:
    """What a list of lessons is narrowed to; None means all."""

    topic: str | None = None
    lecturer: str | None = None
    year: int | None = None
    genre: Genre | None = None
    owner_id: str | None = None
    state: LessonState | None = None
    since: date | None = None
    until: date | None = None
    playable: bool = False
    handled: bool = False
    node_id: str | None = None


def _conditions(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [visible(viewer)]
    if filters.topic:
        wanted = select(LessonTopic.lesson_id).join(Topic).where(Topic.folded == name_key(filters.topic))
        conditions.append(Lesson.id.in_(wanted))
    if filters.lecturer:
        wanted_names = select(Lecturer.id).where(Lecturer.folded == name_key(filters.lecturer))
        conditions.append(Lesson.lecturer_id.in_(wanted_names))
    if filters.year is not None:
        conditions.append(extract("year", Lesson.taught_on) == filters.year)
    if filters.genre is not None:
        conditions.append(Lesson.genre == filters.genre)
    if filters.owner_id is not None:
        conditions.append(Lesson.owner_id == filters.owner_id)
    if filters.state is not None:
        conditions.append(Lesson.state == filters.state)
    if filters.since is not None:
        conditions.append(Lesson.taught_on >= filters.since)
    if filters.until is not None:
        conditions.append(Lesson.taught_on < filters.until)
    if filters.node_id is not None:
        conditions.append(Lesson.node_id.in_(organisation.inside_of([filters.node_id])))
    if filters.handled:  # those the viewer decides about, or that are their own
        conditions.append(or_(Lesson.owner_id == viewer.person_id, _held_at(viewer, Role.REVIEWER)))
    if filters.playable:
        # Something of it plays, or it is a text whose video is still to come.
        # Asked of each lesson, so that who counts to a hundred looks at no more than these.
        its = (Clip.lesson_id == Lesson.id, Clip.plan.is_not(None), Clip.n.is_not(None))
        conditions.append(
            or_(
                select(Clip.id).where(*its).exists(),
                and_(Lesson.kind == LessonKind.TEXT, Lesson.transcript != TranscriptQuality.NONE),
            )
        )
    return conditions


def lessons_page(
    session: Session, viewer: Viewer, filters: Filters, number: int, size: int, *, oldest_first: bool = False
) -> Page[Lesson]:
    """Return one page of the lessons a viewer may see, newest first."""
    conditions = _conditions(viewer, filters)
    total = session.scalar(select(func.count()).select_from(Lesson).where(*conditions)) or 0
    number = clean_number(number)
    newest = func.coalesce(Lesson.published_at, Lesson.created_at)
    order = (newest.asc(), Lesson.id.asc()) if oldest_first else (newest.desc(), Lesson.id.desc())
    rows = session.scalars(
        _loaded().where(*conditions).order_by(*order).offset((number - 1) * size).limit(size)
    ).all()
    return Page(rows, number, size, total)


def newest_lessons(session: Session, viewer: Viewer, filters: Filters, size: int) -> Sequence[Lesson]:
    """Return the newest lessons that a viewer may see, without counting all there are."""
    newest = func.coalesce(Lesson.published_at, Lesson.created_at)
    found = _loaded().where(*_conditions(viewer, filters)).order_by(newest.desc(), Lesson.id.desc())
    return session.scalars(found.limit(size)).all()


def count_lessons(session: Session, viewer: Viewer, filters: Filters, most: int | None = None) -> int:
    """Return how many lessons a viewer may see; with `most` no more than that are counted."""
    return session.scalar(number_of_lessons(viewer, filters, most)) or 0


def number_of_lessons(viewer: Viewer, filters: Filters, most: int | None = None) -> Select[int]:
    """Return a SELECT of what `count_lessons` returns."""
    found = select(Lesson.id).where(*_conditions(viewer, filters)).limit(most).subquery()
    return select(func.count()).select_from(found)


def lessons_by_ids(session: Session, viewer: Viewer, ids: Sequence[str]) -> list[Lesson]:
    """Return the lessons among `ids` that the viewer may see, in the order of `ids`."""
    found = {row.id: row for row in session.scalars(_by_ids(viewer), {"ids": ids})}
    return [found[i] for i in ids if i in found]


@lru_cache(maxsize=512)
def _by_ids(viewer: Viewer) -> Select[Lesson]:
    """Return a select of lessons among `ids` with what a hit shows of them; put together once, because that
    takes longer than to run it."""
    loaded = select(Lesson).options(selectinload(Lesson.topics), selectinload(Lesson.clips))
    return loaded.where(Lesson.id.in_(bindparam("ids", expanding=True)), visible(viewer))


def titles_of(session: Session, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return (id, title) of lessons by their own ids or those of their clips, whoever asks; reads no more."""
    of_clips = select(Clip.lesson_id).where(Clip.id.in_(ids))
    wanted = or_(Lesson.id.in_(ids), Lesson.id.in_(of_clips))
    rows = session.execute(select(Lesson.id, Lesson.title).where(wanted).order_by(Lesson.title, Lesson.id))
    return [(lesson_id, title) for lesson_id, title in rows]


MOST_OTHERS, MOST_OTHERS_A_YEAR = 6, 2


def same_topic(session: Session, viewer: Viewer, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Return published lessons of the topics that `lessons` share, of other years than theirs, newest first.

    A few, and no more than two of a year; none when they share no topic, or when nobody knows their years.
    """
    topics = shared_topics([[link.topic_id for link in lesson.topics] for lesson in lessons])
    years = {lesson.taught_on.year for lesson in lessons if lesson.taught_on is not None}
    if not topics or not years:
        return []
    year, newest = extract("year", Lesson.taught_on), (Lesson.taught_on.desc(), Lesson.id.desc())
    others = (
        select(Lesson.id, func.row_number().over(partition_by=year, order_by=newest).label("place"))
        .where(
            visible(viewer),
            Lesson.state == LessonState.PUBLISHED,
            Lesson.id.in_(select(LessonTopic.lesson_id).where(LessonTopic.topic_id.in_(topics))),
            Lesson.taught_on.is_not(None),
            year.not_in(years),
        )
        .subquery()
    )
    few = select(others.c.id).where(others.c.place <= MOST_OTHERS_A_YEAR)
    return list(session.scalars(_loaded().where(Lesson.id.in_(few)).order_by(*newest).limit(MOST_OTHERS)))


def lessons_titled(session: Session, viewer: Viewer, titles: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids of the lessons that are called so and that the viewer may see, by title."""
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(Lesson.title, Lesson.id).where(Lesson.title.in_(titles), visible(viewer)).order_by(Lesson.id)
    )
    for title, lesson_id in rows:
        found.setdefault(title, []).append(lesson_id)
    return found


def names_seen(
    session: Session, viewer: Viewer, topics: Collection[str], lecturers: Collection[str]
) -> tuple[set[str], set[str]]:
    """Return those of some topics and lecturers that a lesson has which the viewer may see."""
    held = (
        select(Topic.name)
        .join(LessonTopic, LessonTopic.topic_id == Topic.id)
        .join(Lesson, Lesson.id == LessonTopic.lesson_id)
        .where(Topic.name.in_(topics), visible(viewer))
    )
    taught = (
        select(Lecturer.name)
        .join(Lesson, Lesson.lecturer_id == Lecturer.id)
        .where(Lecturer.name.in_(lecturers), visible(viewer))
    )
    return (
        set(session.scalars(held.distinct())) if topics else set(),
        set(session.scalars(taught.distinct())) if lecturers else set(),
    )


Facet = tuple[str, int]


def facets(
    session: Session, viewer: Viewer, filters: Filters, most: int = 30
) -> tuple[list[Facet], list[Facet], list[Facet]]:
    """Return (topics, lecturers, years) of the lessons a viewer may see, each with its count."""
    conditions = _conditions(viewer, filters)
    count = func.count()
    topics = session.execute(
        select(Topic.name, count)
        .join(LessonTopic, LessonTopic.topic_id == Topic.id)
        .join(Lesson, Lesson.id == LessonTopic.lesson_id)
        .where(*conditions)
        .group_by(Topic.id, Topic.name)
        .order_by(count.desc(), Topic.name)
        .limit(most)
    )
    lecturers = session.execute(
        select(Lecturer.name, count)
        .join(Lesson, Lesson.lecturer_id == Lecturer.id)
        .where(*conditions)
        .group_by(Lecturer.id, Lecturer.name)
        .order_by(count.desc(), Lecturer.name)
        .limit(most)
    )
    year = extract("year", Lesson.taught_on)
    years = session.execute(
        select(year, count)
        .where(*conditions, Lesson.taught_on.is_not(None))
        .group_by(year)
        .order_by(year.desc())
    )
    return (
        [(name, n) for name, n in topics],
        [(name, n) for name, n in lecturers],
        [(str(int(y)), n) for y, n in years],
    )


def genres(session: Session, viewer: Viewer, filters: Filters) -> list[tuple[Genre, int]]:
    """Return the genres of the lessons a viewer may see, in their own order, each with its count."""
    rows = session.execute(
        select(Lesson.genre, func.count()).where(*_conditions(viewer, filters)).group_by(Lesson.genre)
    )
    order = list(Genre)
    return sorted(((genre, n) for genre, n in rows), key=lambda pair: order.index(pair[0]))


def known_names(session: Session, viewer: Viewer, most: int = 500) -> tuple[list[str], list[str]]:
    """Return (lecturers, topics) of the lessons a viewer may see, for suggestions while typing."""
    seen = select(Lesson.id).where(visible(viewer))
    teaches = select(Lesson.lecturer_id).where(Lesson.id.in_(seen))
    about = select(LessonTopic.topic_id).where(LessonTopic.lesson_id.in_(seen))
    lecturers = select(Lecturer.name).where(Lecturer.id.in_(teaches)).order_by(Lecturer.name).limit(most)
    topics = select(Topic.name).where(Topic.id.in_(about)).order_by(Topic.name).limit(most)
    return list(session.scalars(lecturers)), list(session.scalars(topics))


def load(session: Session, ids: Iterable[str]) -> list[Lesson]:
    """Return lessons with all that hangs on them, whoever asks, in the order of their revisions."""
    return list(session.scalars(_loaded().where(Lesson.id.in_(list(ids))).order_by(Lesson.revision)))
