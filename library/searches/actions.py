"""The only writer of saved searches and of the days' queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.database import insert_new
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.text import required_name
from library.people.tables import Person
from library.searches import queries, rules
from library.searches.tables import Asker, DayQuery, SavedSearch, StoppedSearch

log = structlog.get_logger()


def save(
    session: Session,
    person_id: str,
    name: str,
    query: str,
    filters: Mapping[str, str],
    sort: str,
    seen: int,
    now: datetime,
) -> SavedSearch:
    """Save a search under a name; `seen` is how many hits it has now.

    Raises Invalid, Conflict("search_name_taken") and Conflict("searches_full").
    """
    name, folded = required_name(name, "name")
    cleaned = {"query": rules.clean_query(query), "filters": rules.clean_filters(filters)}
    others = _others(session, person_id)
    if folded in {other.folded for other in others}:
        raise Conflict("search_name_taken", field="name", name=name)
    if len(others) >= rules.MOST_SAVED:
        raise Conflict("searches_full", most=rules.MOST_SAVED)
    row = SavedSearch(
        id=new_id(),
        person_id=person_id,
        name=name,
        folded=folded,
        sort=sort,
        seen=seen,
        created_at=now,
        opened_at=now,
        **cleaned,
    )
    session.add(row)
    session.flush()
    return row


def rename(session: Session, person_id: str, search_id: str, name: str) -> SavedSearch:
    """Call one of a person's searches otherwise; raises NotFound, Invalid, Conflict("search_name_taken")."""
    row = queries.saved(session, person_id, search_id)
    name, folded = required_name(name, "name")
    if folded in {other.folded for other in _others(session, person_id) if other.id != row.id}:
        raise Conflict("search_name_taken", field="name", name=name)
    row.name, row.folded = name, folded
    session.flush()
    return row


def _others(session: Session, person_id: str) -> list[SavedSearch]:
    """The searches a person saved; of two changes at once the second waits here and sees the first."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    return list(queries.saved_by(session, person_id))


def remove(session: Session, person_id: str, search_id: str) -> None:
    """Forget one of a person's searches; raises NotFound."""
    session.delete(queries.saved(session, person_id, search_id))
    session.flush()


def opened(session: Session, person_id: str, search_id: str, seen: int | None, now: datetime) -> SavedSearch:
    """Note that a person opens a search, which has `seen` hits (None: nobody knows); raises NotFound."""
    row = queries.saved(session, person_id, search_id)
    row.opened_at = now
    if seen is not None:
        row.seen = seen
    session.flush()
    return row


def stop(session: Session, text: str, by: str | None, now: datetime) -> StoppedSearch:
    """Let no query be offered that holds a text, from this transaction's commit on; raises Invalid.

    `by` is who says so, None for the machine itself. What is stopped already stays as it is.
    """
    written, key = rules.clean_stopped(text)
    same = select(StoppedSearch).where(StoppedSearch.folded == key, StoppedSearch.lifted_at.is_(None))
    row = session.scalars(same).first()
    if row is None:
        row = StoppedSearch(id=new_id(), folded=key, text=written, stopped_by=by, stopped_at=now)
        session.add(row)
        session.flush()
        log.warning("a search is not offered any more", text=written, by=by or "-")
        audit.note(session, Deed.STOP_LIST, by, thing=row.id, what="stop")
    return row


def lift(session: Session, stopped_id: str, by: str | None, now: datetime) -> StoppedSearch:
    """Let a text be offered again where people search for it; raises NotFound."""
    row = session.get(StoppedSearch, stopped_id)
    if row is None or row.lifted_at is not None:
        raise NotFound
    row.lifted_by, row.lifted_at = by, now
    session.flush()
    log.warning("a search may be offered again", text=row.text, by=by or "-")
    audit.note(session, Deed.STOP_LIST, by, thing=row.id, what="lift")
    return row


@dataclass(frozen=True, order=True)
class Asked:
    """That somebody searched for something on a day; `text` as in rules.asked_as, `mark` as in
    rules.mark_of."""

    day: date
    folded: str
    mark: str
    text: str


def count_asked(session: Session, asked: Iterable[Asked]) -> None:
    """Count every searcher once per day and query, whichever process reports them, and however often.

    Rows are taken in one order: two processes at once wait for each other, and never in a circle.
    """
    for (day, folded), some in groupby(sorted(asked), key=lambda one: (one.day, one.folded)):
        which = {"day": day, "folded": folded}
        first, *more = some
        insert_new(session, DayQuery, list(which), {**which, "text": first.text, "searchers": 0})
        marks = dict.fromkeys(one.mark for one in (first, *more))
        new = sum(insert_new(session, Asker, [*which, "mark"], {**which, "mark": mark}) for mark in marks)
        if new:
            session.execute(
                update(DayQuery)
                .where(DayQuery.day == day, DayQuery.folded == folded)
                .values(searchers=DayQuery.searchers + new)
            )


def forget(session: Session, today: date, least: int, keep_days: int) -> None:
    """Forget of the days before `today` who is counted, what fewer than `least` people searched for, and all
    that is older than `keep_days`."""
    session.execute(delete(Asker).where(Asker.day < today))
    session.execute(delete(DayQuery).where(DayQuery.day < today, DayQuery.searchers < least))
    session.execute(delete(DayQuery).where(DayQuery.day < today - timedelta(days=keep_days)))
