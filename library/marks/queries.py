"""The only reader of what people marked for themselves; every question is somebody's about their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, join, joinedload, selectinload

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lecturer, Lesson
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Viewer
from library.core.text import clean_line
from library.marks import rules
from library.marks.tables import Favourite, HistoryChoice, Note, Seen

HISTORY_SIZE, FAVOURITES_SIZE, NOTES_SIZE = 40, 24, 40

_WATCHED = join(join(Seen, Clip, Clip.id == Seen.clip_id), Lesson, Lesson.id == Clip.lesson_id)


@dataclass(frozen=True)
class Beside:
    """What somebody has marked of a clip: where they stopped in it (None: never there), whether they keep
    it, and its lesson."""

    stopped_s: float | None = None
    clip_kept: bool = False
    lesson_kept: bool = False


@dataclass(frozen=True)
class Watched:
    """A line of somebody's history."""

    lesson: Lesson
    clip: Clip
    at_s: float
    at: datetime


@dataclass(frozen=True)
class Kept:
    """A favourite; `seen`: its person still sees the lesson."""

    thing_id: str
    at: datetime
    lesson: Lesson
    clip: Clip | None
    seen: bool = True


@dataclass(frozen=True)
class Noted:
    """A note; `lesson` is None where it is gone, or not for its writer any more."""

    note: Note
    lesson: Lesson | None


def beside(session: Session, person_id: str, clip: Clip) -> Beside:
    """Return what somebody marked of a clip; one statement."""
    stopped = select(Seen.at_s).where(Seen.person_id == person_id, Seen.clip_id == clip.id)
    row = session.execute(
        select(
            stopped.scalar_subquery(),
            _is_kept(person_id, clip.id),
            _is_kept(person_id, clip.lesson_id),
        )
    ).one()
    return Beside(row[0], bool(row[1]), bool(row[2]))


def stopped_in(session: Session, person_id: str | None, clips: Sequence[Clip]) -> dict[str, float]:
    """Return in which of some clips somebody stopped, and at which second; one statement, none for nobody."""
    if person_id is None or not clips:
        return {}
    rows = session.execute(stopped_rows(person_id, [clip.id for clip in clips]))
    return {row[0]: row[1] for row in rows}


def stopped_rows(person_id: str, clip_ids: Collection[str]) -> Select[str, float]:
    """Return the statement of `stopped_in`, for whoever asks more of the same clips in one go."""
    return select(Seen.clip_id, Seen.at_s).where(
        Seen.person_id == person_id, Seen.clip_id.in_(list(clip_ids))
    )


def choice_of(session: Session, person_id: str) -> HistoryChoice | None:
    """Return what somebody chose about their history, None for nothing."""
    return session.get(HistoryChoice, person_id)


def clips_seen_by(session: Session, viewer: Viewer, clip_ids: Collection[str]) -> Sequence[Clip]:
    """Return those of some clips that a viewer may see; one statement."""
    rows = select(Clip).join(Lesson, Lesson.id == Clip.lesson_id)
    return session.scalars(rows.where(Clip.id.in_(list(clip_ids)), catalog.visible(viewer))).all()


def _is_kept(person_id: str, thing_id: str) -> ColumnElement[bool]:
    return exists().where(Favourite.person_id == person_id, Favourite.thing_id == thing_id)


def of_lesson(session: Session, person_id: str, lesson: Lesson) -> tuple[float | None, bool, str | None]:
    """Return where in the lecture somebody stopped last (None: never there), whether they keep the
    lesson, and in which clip it was, which may be one of an old cut; one statement."""
    stopped = (
        select(Clip.start_s + Seen.at_s)
        .select_from(Seen)
        .join(Clip, Clip.id == Seen.clip_id)
        .where(Seen.person_id == person_id, Clip.lesson_id == lesson.id)
        .order_by(Seen.at.desc(), Seen.clip_id)
        .limit(1)
    )
    its = stopped.with_only_columns(Seen.clip_id)
    kept = _is_kept(person_id, lesson.id)
    row = session.execute(select(stopped.scalar_subquery(), kept, its.scalar_subquery())).one()
    return row[0], bool(row[1]), row[2]


def is_paused(session: Session, person_id: str) -> bool:
    """Tell whether somebody's history is paused."""
    choice = choice_of(session, person_id)
    return choice is not None and choice.paused


def history(
    session: Session, viewer: Viewer, wanted: str = "", number: int = 1, size: int = HISTORY_SIZE
) -> Page[Watched]:
    """Return a page of what the viewer watched, the newest first, as far as they still see it; `wanted`: with
    these words in the title, or that lecturer's."""
    number = clean_number(number)
    where = [Seen.person_id == viewer.person_id, catalog.visible(viewer)]
    words = clean_line(wanted)[: rules.QUERY_MAX]
    if words:
        in_names = Lesson.lecturer_id.in_(select(Lecturer.id).where(_has(Lecturer.name, words)))
        where.append(or_(_has(Lesson.title, words), in_names))
    total = session.scalar(select(func.count()).select_from(_WATCHED).where(*where)) or 0
    rows = (
        select(Seen.at_s, Seen.at, Clip, Lesson)
        .select_from(_WATCHED)
        .where(*where)
        .order_by(Seen.at.desc(), Seen.clip_id)
        .limit(size)
        .offset((number - 1) * size)
    )
    found = [Watched(lesson, clip, at_s, at) for at_s, at, clip, lesson in session.execute(rows)]
    return Page(found, number, size, total)


def _has(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    return column.icontains(words, autoescape=True)


LOOKED_AT = 30
"""So many places, the newest, are looked at for the lessons that go on."""


def going_on(session: Session, viewer: Viewer, most: int) -> list[tuple[Watched, Clip, float]]:
    """Return the lessons in whose middle the viewer stopped, the newest first: what they watched last of
    each, and the clip and its second with which it goes on. One statement."""
    if viewer.person_id is None:
        return []
    rows = (
        select(Seen.at_s, Seen.at, Clip, Lesson)
        .select_from(_WATCHED)
        .where(Seen.person_id == viewer.person_id, catalog.visible(viewer))
        .order_by(Seen.at.desc(), Seen.clip_id)
        .limit(LOOKED_AT)
        .options(joinedload(Lesson.clips))
    )
    found: dict[str, tuple[Watched, Clip, float] | None] = {}
    for at_s, at, clip, lesson in session.execute(rows).unique():
        if lesson.id in found:
            continue
        next_up = rules.continued(lesson.clips, clip.start_s + at_s)
        found[lesson.id] = (Watched(lesson, clip, at_s, at), *next_up) if next_up else None
    return [one for one in found.values() if one is not None][:most]


# ---------------------------------------------------------------------- favourites


def count_favourites(session: Session, person_id: str) -> int:
    """Return how many lessons and clips somebody keeps."""
    wanted = select(func.count()).select_from(Favourite).where(Favourite.person_id == person_id)
    return session.scalar(wanted) or 0


def is_kept(session: Session, person_id: str, thing_id: str) -> bool:
    """Tell whether somebody keeps a lesson or a clip."""
    return bool(session.scalar(select(_is_kept(person_id, thing_id))))


def favourites(
    session: Session, viewer: Viewer, number: int = 1, size: int = FAVOURITES_SIZE, *, gone: bool = False
) -> Page[Kept]:
    """Return a page of what the viewer keeps and still sees, the newest first; `gone`: also what they do not
    see any more, which counts all the same."""
    number = clean_number(number)
    where = [Favourite.person_id == viewer.person_id]
    if not gone:
        where.append(catalog.visible(viewer))
    joined = select(func.count()).select_from(Favourite).join(Lesson, Lesson.id == Favourite.lesson_id)
    total = session.scalar(joined.where(*where)) or 0
    rows = (
        select(Favourite, Lesson, Clip, catalog.visible(viewer))
        .join(Lesson, Lesson.id == Favourite.lesson_id)
        .outerjoin(Clip, Clip.id == Favourite.clip_id)
        .where(*where)
        .order_by(Favourite.at.desc(), Favourite.thing_id)
        .limit(size)
        .offset((number - 1) * size)
        .options(selectinload(Lesson.clips))
    )
    found = [
        Kept(one.thing_id, one.at, lesson, clip, bool(seen))
        for one, lesson, clip, seen in session.execute(rows)
    ]
    return Page(found, number, size, total)


# ---------------------------------------------------------------------- notes


def count_notes(session: Session, person_id: str) -> int:
    """Return how many notes somebody has."""
    wanted = select(func.count()).select_from(Note).where(Note.person_id == person_id)
    return session.scalar(wanted) or 0


def own_note(session: Session, person_id: str, note_id: str, *, held: bool = False) -> Note:
    """Return a note of somebody's own; raises NotFound. `held`: until the transaction ends."""
    row = session.get(Note, note_id, with_for_update=held)
    if row is None or row.person_id != person_id:
        raise NotFound
    return row


@dataclass(frozen=True)
class NoteFilters:
    """Which notes: of a lesson, between two seconds of its lecture, with words in them."""

    lesson_id: str | None = None
    from_s: float | None = None
    to_s: float | None = None
    words: str = ""


def _note_conditions(person_id: str, filters: NoteFilters) -> list[ColumnElement[bool]]:
    where = [Note.person_id == person_id]
    if filters.lesson_id is not None:
        where.append(Note.lesson_id == filters.lesson_id)
    if filters.from_s is not None:
        where.append(Note.moment_s >= filters.from_s)
    if filters.to_s is not None:
        where.append(Note.moment_s < filters.to_s)
    words = clean_line(filters.words)[: rules.QUERY_MAX]
    if words:
        where.append(_has(Note.text, words))
    return where


def notes_of_clip(session: Session, person_id: str, clip: Clip) -> Sequence[Note]:
    """Return somebody's notes on a clip in the order of its seconds, at most NOTES_SIZE * 5."""
    where = _note_conditions(person_id, NoteFilters(clip.lesson_id, clip.start_s, clip.end_s))
    rows = select(Note).where(*where).order_by(Note.moment_s, Note.id).limit(NOTES_SIZE * 5)
    return session.scalars(rows).all()


def notes(session: Session, viewer: Viewer, filters: NoteFilters, number: int = 1) -> Page[Noted]:
    """Return a page of the viewer's notes: those of a lesson by its seconds, all of them the newest first."""
    number = clean_number(number)
    where = _note_conditions(viewer.person_id or "", filters)
    total = session.scalar(select(func.count()).select_from(Note).where(*where)) or 0
    order = (Note.moment_s, Note.id) if filters.lesson_id else (Note.made_at.desc(), Note.id.desc())
    rows = select(Note).where(*where).order_by(*order)
    shown = session.scalars(rows.limit(NOTES_SIZE).offset((number - 1) * NOTES_SIZE)).all()
    return Page(_with_lessons(session, viewer, shown), number, NOTES_SIZE, total)


def one_note(session: Session, viewer: Viewer, note_id: str) -> Noted:
    """Return a note of the viewer's own with its lesson; raises NotFound."""
    row = own_note(session, viewer.person_id or "", note_id)
    return _with_lessons(session, viewer, [row])[0]


def all_notes(session: Session, viewer: Viewer) -> list[Noted]:
    """Return all notes of the viewer, by lesson and second: for taking them along."""
    rows = select(Note).where(Note.person_id == viewer.person_id)
    ordered = rows.order_by(Note.lesson_id, Note.moment_s, Note.id).limit(rules.NOTES_MOST)
    return _with_lessons(session, viewer, session.scalars(ordered).all())


def _with_lessons(session: Session, viewer: Viewer, shown: Sequence[Note]) -> list[Noted]:
    ids = sorted({row.lesson_id for row in shown if row.lesson_id is not None})
    lessons: dict[str, Lesson] = {}
    for begin in range(0, len(ids), 500):
        found = catalog.lessons_by_ids(session, viewer, ids[begin : begin + 500])
        lessons |= {one.id: one for one in found}
    return [Noted(row, lessons.get(row.lesson_id or "")) for row in shown]
