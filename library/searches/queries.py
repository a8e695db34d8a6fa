"""The only reader of saved searches and of the days' queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog.tables import Lecturer
from library.core.errors import NotFound
from library.core.text import name_key
from library.people.tables import Person
from library.searches import rules
from library.searches.tables import DayQuery, SavedSearch, StoppedSearch

_PARTS_A_STATEMENT = 2_000


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


def frequent(session: Session, since: date, least: int, most: int) -> dict[str, int]:
    """Return what at least `least` different people searched for on one of the days from `since` on, with how
    many they were over all those days.

    On one day, because nobody is known again on another: three days of one person are not three people.
    The most frequent first.
    """
    rows = session.execute(
        select(func.max(DayQuery.text), func.sum(DayQuery.searchers))
        .where(DayQuery.day >= since)
        .group_by(DayQuery.folded)
        .having(func.max(DayQuery.searchers) >= least)
        .order_by(func.sum(DayQuery.searchers).desc(), DayQuery.folded)
        .limit(most)
    )
    return {text: int(searchers) for text, searchers in rows}


def stopped_keys(session: Session) -> list[str]:
    """Return what no offered query may hold, as the stop list compares it."""
    return list(session.scalars(select(StoppedSearch.folded).where(StoppedSearch.lifted_at.is_(None))))


def stopped(session: Session, most: int) -> Sequence[StoppedSearch]:
    """Return the stop list: what is in force, then what was lifted, the latest first of each."""
    rows = select(StoppedSearch).order_by(
        StoppedSearch.lifted_at.is_not(None),
        func.coalesce(StoppedSearch.lifted_at, StoppedSearch.stopped_at).desc(),
        StoppedSearch.id.desc(),
    )
    return session.scalars(rows.limit(most)).all()


def naming(session: Session, texts: Collection[str]) -> set[str]:
    """Return those of some texts in which the name of somebody with an account, or of a lecturer, stands."""
    parts = {text: rules.pieces(text) | rules.pieces(name_key(text)) for text in texts}
    every = sorted(set().union(*parts.values()))
    names: set[str] = set()
    for at in range(0, len(every), _PARTS_A_STATEMENT):
        some = every[at : at + _PARTS_A_STATEMENT]
        names.update(session.scalars(select(Person.name).where(Person.name.in_(some))))
        names.update(session.scalars(select(Lecturer.folded).where(Lecturer.folded.in_(some))))
    return {text for text, its in parts.items() if not names.isdisjoint(its)}
