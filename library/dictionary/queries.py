"""The only reader of the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.dictionary.rules import Change, Entries, Entry, shipped_id, shown
from library.dictionary.tables import DictionaryChange, DictionaryVersion, SwitchedOff, TaughtEntry
from library.people.tables import Person
from search import shipped_entries, units_of


def version(session: Session) -> int:
    """Return the number of changes so far; another number means another dictionary."""
    return session.scalars(select(DictionaryVersion.value)).one()


def in_use(session: Session) -> list[tuple[str, ...]]:
    """Return the words of every entry that searches use: what staff teach, then what is shipped and on."""
    off = set(session.scalars(select(SwitchedOff.id)))
    taught = session.scalars(select(TaughtEntry.words).order_by(TaughtEntry.created_at.desc()))
    return [*map(tuple, taught), *(words for words in shipped_entries() if shipped_id(words) not in off)]


@dataclass(frozen=True)
class EntryRow:
    """An entry in a list; who taught it so and when (None, "" for shipped ones and for the command line)."""

    entry: Entry
    changed_at: datetime | None = None
    changed_by: str = ""


def rows(session: Session) -> list[EntryRow]:
    """Return all entries: the staff's, the newest first, then the shipped."""
    taught = session.execute(
        select(TaughtEntry, Person.name)
        .outerjoin(Person, Person.id == TaughtEntry.changed_by)
        .order_by(TaughtEntry.created_at.desc(), TaughtEntry.id)
    )
    own = [
        EntryRow(Entry(row.id, tuple(row.words), version=row.version), row.changed_at, name or "")
        for row, name in taught
    ]
    return [*own, *map(EntryRow, _shipped(session))]


def _shipped(session: Session) -> list[Entry]:
    off = set(session.scalars(select(SwitchedOff.id)))
    named = ((shipped_id(words), words) for words in shipped_entries())
    return [Entry(id, words, shipped=True, on=id not in off) for id, words in named]


def entries(session: Session) -> Entries:
    """Return all entries, to be asked what is there already."""
    return Entries(row.entry for row in rows(session))


def own(session: Session, entry_id: str) -> Entry:
    """Return an entry that staff have taught; raises NotFound("entry_gone")."""
    row = session.get(TaughtEntry, entry_id)
    if row is None:
        raise NotFound("entry_gone")
    return Entry(row.id, tuple(row.words), version=row.version)


def shipped(session: Session, entry_id: str) -> Entry:
    """Return an entry that came with Weike; raises NotFound("entry_gone")."""
    found = next((entry for entry in _shipped(session) if entry.id == entry_id), None)
    if found is None:
        raise NotFound("entry_gone")
    return found


def own_of(session: Session, words: Sequence[str]) -> Entry:
    """Return the staff's entry of exactly these words; raises NotFound("entry_unknown")."""
    found = entries(session).own_as(frozenset(map(units_of, words))) if words else None
    if found is None:
        raise NotFound("entry_unknown", word=shown(words))
    return found


def shipped_of(session: Session, words: Sequence[str]) -> Entry:
    """Return the shipped entry of exactly these words; raises NotFound("entry_not_shipped")."""
    found = entries(session).shipped_as(frozenset(map(units_of, words))) if words else None
    if found is None:
        raise NotFound("entry_not_shipped", word=shown(words))
    return found


@dataclass(frozen=True)
class ChangeLine:
    """Who did what when ("" for the command line)."""

    at: datetime
    who: str
    what: Change
    before: tuple[str, ...]
    after: tuple[str, ...]


def history(session: Session, most: int) -> Sequence[ChangeLine]:
    """Return the last changes, newest first."""
    found = session.execute(
        select(DictionaryChange, Person.name)
        .outerjoin(Person, Person.id == DictionaryChange.person_id)
        .order_by(DictionaryChange.id.desc())
        .limit(most)
    )
    return [ChangeLine(c.at, name or "", c.what, tuple(c.before), tuple(c.after)) for c, name in found]
