"""The only reader of saved searches and of the days' queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.searches.tables import DayQuery, SavedSearch


def saved_by(session: Session, person_id: str) -> Sequence[SavedSearch]:
    """Return the searches a person saved, those opened last first."""
    return session.scalars(
        select(SavedSearch)
        .where(SavedSearch.person_id == person_id)
        .order_by(SavedSearch.opened_at.desc(), SavedSearch.id.desc())
    ).all()


def saved(session: Session, person_id: str, search_id: str) -> SavedSearch:
    """Return one of a person's searches; raises NotFound, also for somebody else's."""
    found = session.get(SavedSearch, search_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    return found


def frequent(session: Session, since: date, least: int, most: int) -> list[str]:
    """Return what at least `least` different people searched for on one of the days from `since` on.

    On one day, because nobody is known again on another: three days of one person are not three people.
    The most frequent first.
    """
    rows = session.execute(
        select(func.max(DayQuery.text))
        .where(DayQuery.day >= since)
        .group_by(DayQuery.folded)
        .having(func.max(DayQuery.searchers) >= least)
        .order_by(func.sum(DayQuery.searchers).desc(), DayQuery.folded)
        .limit(most)
    )
    return [text for (text,) in rows]
