"""Uploads of which nothing became: refused, failed, cancelled, while their lesson is a draft without a clip
that plays. What came of a lesson that plays is not here: deleting it is the lesson's own affair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict, Invalid
from library.core.paging import Page, clean_number
from library.core.permits import Viewer
from library.intake.rules import RETRIABLE, RecordingState
from library.intake.tables import Recording
from library.people.tables import Person

MOST = 100
"""Uploads that are deleted at once: all of it is one transaction."""


@dataclass(frozen=True)
class Unfit:
    """An upload of which nothing became: whose, how large, since when, and why."""

    recording_id: str
    lesson_id: str
    title: str
    who: str
    file_name: str
    size_bytes: int
    state: RecordingState
    since: datetime
    reason: str
    reason_args: dict[str, Any]


def unfit(session: Session, number: int = 1, size: int = 50) -> Page[Unfit]:
    """Return a page of them, the largest first."""
    number = clean_number(number)
    order = (Recording.size_bytes.desc(), Recording.id)
    return Page(_rows(session, (), size, (number - 1) * size, order), number, size, sums(session)[0])


def sums(session: Session) -> tuple[int, int]:
    """Return how many there are, of how many bytes."""
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Recording.size_bytes), 0))
        .select_from(Recording)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .where(*_WHERE)
    ).one()
    return row[0], int(row[1])


def chosen(session: Session, recording_ids: Sequence[str]) -> list[Unfit]:
    """Return those of some recordings that can be deleted; raises Invalid: unfit_none, unfit_many."""
    ids = sorted(set(recording_ids))
    if not ids:
        raise Invalid("unfit_none", field="upload")
    if len(ids) > MOST:
        raise Invalid("unfit_many", field="upload", most=MOST, count=len(ids))
    return _rows(session, (Recording.id.in_(ids),), MOST, 0, (Recording.id,))


def delete(
    session: Session, viewer: Viewer, recording_ids: Sequence[str], count: int, now: datetime
) -> tuple[int, int]:
    """Delete uploads with their lessons, `count` of them as whoever confirmed it has seen; returns how many,
    and how many bytes. They do not come back; their bytes go with the next clearing.

    Raises Invalid: unfit_none, unfit_many, Conflict("unfit_changed") where it is not the same any more: then
    nothing is deleted.
    """
    catalog.next_revision(session)  # as every writer of lessons: nobody begins a run of one meanwhile
    session.flush()
    session.expire_all()
    found = chosen(session, recording_ids)
    if len(found) != count:
        raise Conflict("unfit_changed", count=len(found), confirmed=count)
    for one in found:
        held = session.get_one(Recording, one.recording_id, with_for_update=True, populate_existing=True)
        if held.state not in RETRIABLE:
            raise Conflict("unfit_changed", count=len(found) - 1, confirmed=count)
        catalog.delete_lesson(session, session.get_one(Lesson, one.lesson_id), now, viewer.writer_id)
    return len(found), sum(one.size_bytes for one in found)


_WHERE: tuple[ColumnElement[bool], ...] = (
    Recording.state.in_(RETRIABLE),
    Lesson.state == LessonState.DRAFT,
    ~exists().where(Clip.lesson_id == Lesson.id, Clip.ready_at.is_not(None)),
)


def _rows(
    session: Session, where: tuple[ColumnElement[bool], ...], size: int, offset: int, order: tuple[Any, ...]
) -> list[Unfit]:
    rows = session.execute(
        select(Recording, Lesson.title, Person.name)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .outerjoin(Person, Person.id == Recording.uploaded_by)
        .where(*_WHERE, *where)
        .order_by(*order)
        .limit(size)
        .offset(offset)
    )
    return [
        Unfit(
            *(one.id, one.lesson_id, title, name or "", one.file_name, one.size_bytes, one.state),
            *(one.created_at, one.reason or "", one.reason_args or {}),
        )
        for one, title, name in rows
    ]
