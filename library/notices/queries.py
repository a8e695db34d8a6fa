"""The only reader of notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, exists, func, or_, select, table
from sqlalchemy.orm import Session

from library.core.database import ID, UtcDateTime
from library.core.paging import Page, clean_number
from library.core.permits import Viewer
from library.notices import rules
from library.notices.rules import BY_ITSELF, MOST, Kind, Way
from library.notices.tables import Notice, NoticeChoice, NoticeRead, NoticeReader

PAGE_SIZE = 30

_PEOPLE = table("people_person", column("id", ID), column("created_at", UtcDateTime()))
"""People lie above notices, which ask one thing of them: since when an account is there."""


@dataclass(frozen=True)
class Told:
    """A notice as its reader has it; `audience` is the token of those it was for, "" for them alone."""

    id: str
    kind: Kind
    thing: str
    at: datetime
    is_read: bool
    audience: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


def _theirs(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition of the notices that somebody gets in the app."""
    off = select(NoticeChoice.kind).where(
        NoticeChoice.person_id == viewer.person_id, NoticeChoice.way == Way.APP, ~NoticeChoice.wanted
    )
    # Whoever is new is not told of the half year before them.
    since = select(_PEOPLE.c.created_at).where(_PEOPLE.c.id == viewer.person_id).scalar_subquery()
    of_all = Notice.audience.in_(sorted(rules.audiences_of(viewer)))
    mine = or_(Notice.person_id == viewer.person_id, and_(of_all, Notice.at >= since))
    return and_(mine, Notice.kind.not_in(off))


def _is_read(viewer: Viewer) -> ColumnElement[bool]:
    to = select(NoticeReader.all_read_to).where(NoticeReader.person_id == viewer.person_id)
    by_row: ColumnElement[bool] = exists().where(
        NoticeRead.person_id == viewer.person_id, NoticeRead.notice_id == Notice.id
    )
    return or_(func.coalesce(Notice.at <= to.scalar_subquery(), False), by_row)


def unread(session: Session, viewer: Viewer) -> int:
    """Return how many of somebody's newest notices they have not read."""
    wanted = number_unread(viewer)
    return (session.scalar(wanted) or 0) if wanted is not None else 0


def number_unread(viewer: Viewer) -> Select[int] | None:
    """Return a SELECT of what `unread` returns, which stands on every page; None for nobody."""
    if viewer.person_id is None:
        return None
    newest = select(_is_read(viewer).label("is_read")).where(_theirs(viewer))
    rows = newest.order_by(Notice.at.desc(), Notice.id.desc()).limit(MOST).subquery()
    return select(func.count()).select_from(rows).where(~rows.c.is_read)


def page(session: Session, viewer: Viewer, number: int = 1) -> Page[Told]:
    """Return a page of somebody's notices, the newest first."""
    number = clean_number(number)
    if viewer.person_id is None:
        return Page([], number, PAGE_SIZE, 0)
    theirs = _theirs(viewer)
    total = min(MOST, session.scalar(select(func.count()).select_from(Notice).where(theirs)) or 0)
    skipped = (number - 1) * PAGE_SIZE
    wanted = select(Notice, _is_read(viewer)).where(theirs)
    wanted = wanted.order_by(Notice.at.desc(), Notice.id.desc())
    rows = session.execute(wanted.offset(skipped).limit(max(0, min(PAGE_SIZE, MOST - skipped)))).all()
    return Page([_told(row, is_read) for row, is_read in rows], number, PAGE_SIZE, total)


def _told(row: Notice, is_read: bool) -> Told:
    return Told(row.id, row.kind, row.thing, row.at, is_read, row.audience or "", row.told)


def one(session: Session, viewer: Viewer, notice_id: str) -> Told | None:
    """Return one of somebody's notices, None for one that is not theirs."""
    row = session.get(Notice, notice_id)
    if row is None or not ids_among(session, viewer, [notice_id]):
        return None
    return _told(row, False)


def ids_among(session: Session, viewer: Viewer, notice_ids: Collection[str]) -> list[str]:
    """Return which of some notices are somebody's."""
    if viewer.person_id is None or not notice_ids:
        return []
    wanted = select(Notice.id).where(Notice.id.in_(list(notice_ids)), _theirs(viewer))
    return list(session.scalars(wanted))


def chosen(session: Session, person_id: str) -> dict[tuple[Kind, Way], bool]:
    """Return on which ways somebody is told of each kind."""
    found = {(kind, way): BY_ITSELF[way] for kind in Kind for way in Way}
    rows = select(NoticeChoice.kind, NoticeChoice.way, NoticeChoice.wanted)
    for kind, way, wanted in session.execute(rows.where(NoticeChoice.person_id == person_id)):
        found[kind, way] = wanted
    return found
