"""The only reader of the ledger of deeds, but for its chain (verifying).

Every way of asking goes along one index that ends in the moment, so that a page costs as much as its rows and
those before it, however long the ledger is (tests/library/audit/test_searching.py shows the plans).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from library.audit.rules import Deed
from library.audit.tables import AuditEntry, AuditSeal
from library.core.clock import midnight
from library.core.paging import Page, clean_number

PAGE_SIZE = 50

MOST_SHOWN = 10_000
"""Entries of an answer that are counted and paged through: whoever needs older ones names a day."""

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Wanted:
    """What is asked for: deeds by or to a person, of a kind, with a thing, from an address, from one Chinese
    day to another; None and "" for all.
    """

    person_id: str | None = None
    deed: Deed | None = None
    first: date | None = None
    last: date | None = None
    thing: str = ""
    address: str = ""


def entries(session: Session, wanted: Wanted, number: int = 1, size: int = PAGE_SIZE) -> Page[AuditEntry]:
    """Return one page of the ledger, the newest first; of very many the newest MOST_SHOWN are counted."""
    last = max(1, MOST_SHOWN // size)
    number = min(clean_number(number), last)
    total = count_up_to(session, wanted, MOST_SHOWN)
    rows = select(AuditEntry).where(_matching(wanted, number * size)).order_by(*_newest())
    return Page(session.scalars(rows.limit(size).offset((number - 1) * size)).all(), number, size, total)


def count_up_to(session: Session, wanted: Wanted, most: int) -> int:
    """Return how many there are, counted no further than `most`."""
    return session.scalar(select(func.count()).select_from(_ids(wanted, most).subquery())) or 0


def is_cut(page: Page[AuditEntry]) -> bool:
    """Tell whether there may be more than are counted."""
    return page.total >= MOST_SHOWN


def latest(session: Session, wanted: Wanted, most: int) -> Iterator[AuditEntry]:
    """Give what is asked for, the newest first, some at a time and at most `most`."""
    before: tuple[Any, str] | None = None
    while most > 0:
        rows = select(AuditEntry).where(_matching(wanted, None))
        if before is not None:
            at, its_id = before
            rows = rows.where(AuditEntry.at <= at, or_(AuditEntry.at < at, AuditEntry.id < its_id))
        found = session.scalars(rows.order_by(*_newest()).limit(min(_AT_ONCE, most))).all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        most -= len(found)
        before = (found[-1].at, found[-1].id)
        session.expunge_all()


def last_seal(session: Session) -> AuditSeal | None:
    """Return the seal of the last day that is over, None while there is none."""
    return session.scalars(select(AuditSeal).order_by(AuditSeal.day.desc()).limit(1)).first()


def _newest() -> tuple[UnaryExpression[Any], UnaryExpression[Any]]:
    return AuditEntry.at.desc(), AuditEntry.id.desc()


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what is asked for beside a person."""
    where: list[ColumnElement[bool]] = []
    if wanted.deed is not None:
        where.append(AuditEntry.deed == wanted.deed)
    if wanted.thing:
        where.append(AuditEntry.thing == wanted.thing)
    if wanted.address:
        where.append(AuditEntry.address == wanted.address)
    if wanted.first is not None:
        where.append(AuditEntry.at >= midnight(wanted.first))
    if wanted.last is not None:
        where.append(AuditEntry.at < midnight(wanted.last + timedelta(days=1)))
    return where


def _ids(wanted: Wanted, most: int) -> Select[str, datetime]:
    """Return the ids of the newest `most` entries: of a person along two indexes, what they did and what was
    done to them, each as far as it is needed."""
    where = _narrowed(wanted)
    if wanted.person_id is None:
        return select(AuditEntry.id, AuditEntry.at).where(*where).order_by(*_newest()).limit(most)
    by, of = AuditEntry.by_person, AuditEntry.of_person
    to_others = or_(by.is_(None), by != wanted.person_id)
    halves = [
        select(AuditEntry.id, AuditEntry.at).where(*half, *where).order_by(*_newest()).limit(most)
        for half in ((by == wanted.person_id,), (of == wanted.person_id, to_others))
    ]
    both = union_all(*(select(half.subquery()) for half in halves)).subquery()
    return select(both.c.id, both.c.at).order_by(both.c.at.desc(), both.c.id.desc()).limit(most)


def _matching(wanted: Wanted, most: int | None) -> ColumnElement[bool]:
    if wanted.person_id is None:
        return and_(True, *_narrowed(wanted))
    if most is None:
        by, of = AuditEntry.by_person, AuditEntry.of_person
        return and_(or_(by == wanted.person_id, of == wanted.person_id), *_narrowed(wanted))
    return AuditEntry.id.in_(select(_ids(wanted, most).subquery().c.id))
