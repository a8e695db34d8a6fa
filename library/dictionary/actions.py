"""The only writer of the dictionary. Every action locks the counter first and raises it when it changes
something: see tables.DictionaryVersion.

`by` is the person who does it, None for the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.core.ids import new_id
from library.dictionary import lines, queries
from library.dictionary.rules import Change, Draft, Entries, Entry, shown
from library.dictionary.tables import DictionaryChange, DictionaryVersion, SwitchedOff, TaughtEntry
from search import units_of

THERE = frozenset({"entry_there", "entry_there_shipped", "entry_off_already"})
"""Codes of refusals after which nothing is left to do: what was wanted is so already."""


@dataclass(frozen=True)
class Taken:
    """A pasted line that was taken: what it did (ADD, OFF), the words kept, and those that were the same."""

    number: int
    what: Change
    words: tuple[str, ...]
    same: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """A pasted line that was not taken, and the code of why."""

    number: int
    text: str
    code: str
    values: Mapping[str, Any]

    @property
    def is_there(self) -> bool:
        """Whether what it asks for is so already, so that it needs no second look."""
        return self.code in THERE


@dataclass(frozen=True)
class Pasted:
    """What became of each line."""

    taken: tuple[Taken, ...]
    left: tuple[Left, ...]


def add(session: Session, by: str | None, wanted: Draft, now: datetime, *, apart: bool = True) -> Entry:
    """Teach a word or a group; raises Conflict (entry_there...), Invalid (words_full, groups_full).

    Unless it is to stand `apart`, a group that could join another raises Conflict("entry_shares").
    """
    counter = _lock(session)
    known = queries.entries(session)
    known.check(wanted)
    if not apart and (other := known.sharing(wanted)) is not None:
        raise Conflict("entry_shares", field="words", word=shown(wanted.words), where=shown(other.words))
    counter.value += 1
    audit.note(session, Deed.DICTIONARY, by, what=Change.ADD.value)
    return _add(session, by, wanted, now)


def change(
    session: Session, by: str | None, entry_id: str, version: int, wanted: Draft, now: datetime
) -> Entry:
    """Replace an entry's words.

    Raises NotFound("entry_gone"), Conflict("entry_changed") when it is not as it was at `version`, and as
    `add` does.
    """
    counter = _lock(session)
    row = _own(session, entry_id, version)
    before = tuple(row.words)
    if wanted.words == before:
        return _entry(row)
    known = queries.entries(session)
    known.drop(_entry(row))
    known.check(wanted)
    counter.value += 1
    row.words, row.version = list(wanted.words), row.version + 1
    row.changed_by, row.changed_at = by, now
    _note(session, by, Change.CHANGE, before, wanted.words, now)
    audit.note(session, Deed.DICTIONARY, by, thing=entry_id, what=Change.CHANGE.value)
    session.flush()
    return _entry(row)


def remove(session: Session, by: str | None, entry_id: str, version: int | None, now: datetime) -> None:
    """Forget an entry (`version` None: however it is now); raises NotFound, Conflict as `change` does."""
    counter = _lock(session)
    row = _own(session, entry_id, version)
    counter.value += 1
    _note(session, by, Change.REMOVE, tuple(row.words), (), now)
    audit.note(session, Deed.DICTIONARY, by, thing=entry_id, what=Change.REMOVE.value)
    session.delete(row)
    session.flush()


def switch(session: Session, by: str | None, entry_id: str, on: bool, now: datetime) -> Entry:
    """Let searches use a shipped entry, or not; one that is so already stays so. Raises NotFound."""
    counter = _lock(session)
    entry = queries.shipped(session, entry_id)
    if entry.on is not on:
        counter.value += 1
        _switch(session, by, entry, on, now)
        what = (Change.ON if on else Change.OFF).value
        audit.note(session, Deed.DICTIONARY, by, thing=entry_id, what=what)
    return replace(entry, on=on)


def paste(session: Session, by: str | None, text: str, now: datetime) -> Pasted:
    """Take each line that can be taken (see `lines`); raises Invalid when the text as a whole cannot be.

    A line is taken as it stands or not at all; the others do not suffer from one that cannot be.
    """
    wanted = lines.read_lines(text)
    counter = _lock(session)
    known = queries.entries(session)
    taken, left = [], []
    for line in wanted:
        try:
            taken.append(_take(session, by, known, line, now))
        except WeikeError as error:
            left.append(Left(line.number, line.text, error.code, error.values))
    counter.value += bool(taken)
    if taken:
        audit.note(session, Deed.DICTIONARY, by, what="paste", lines=len(taken))
    session.flush()
    return Pasted(tuple(taken), tuple(left))


def _take(session: Session, by: str | None, known: Entries, line: lines.Line, now: datetime) -> Taken:
    wish = lines.read_line(line.text)
    if not wish.off:
        known.check(wish.draft)
        known.put(_add(session, by, wish.draft, now))
        return Taken(line.number, Change.ADD, wish.draft.words, wish.draft.same)
    shipped = known.shipped_as(frozenset(map(units_of, wish.draft.words)))
    if shipped is None:
        raise Invalid("entry_not_shipped", field="lines", word=shown(wish.draft.words))
    if not shipped.on:
        raise Conflict("entry_off_already", field="lines", word=shown(shipped.words))
    _switch(session, by, shipped, on=False, now=now)
    known.drop(shipped)
    known.put(replace(shipped, on=False))
    return Taken(line.number, Change.OFF, shipped.words)


def _lock(session: Session) -> DictionaryVersion:
    """Wait for every other writer, and return the counter."""
    return session.scalars(select(DictionaryVersion).with_for_update()).one()


def _own(session: Session, entry_id: str, version: int | None) -> TaughtEntry:
    # As it is now that nobody else can change it, and not as it may have been read before.
    row = session.get(TaughtEntry, entry_id, populate_existing=True)
    if row is None:
        raise NotFound("entry_gone")
    if version is not None and row.version != version:
        raise Conflict("entry_changed", field="words", word=shown(row.words))
    return row


def _entry(row: TaughtEntry) -> Entry:
    return Entry(row.id, tuple(row.words), version=row.version)


def _add(session: Session, by: str | None, wanted: Draft, now: datetime) -> Entry:
    row = TaughtEntry(
        id=new_id(), words=list(wanted.words), version=1, created_at=now, changed_by=by, changed_at=now
    )
    session.add(row)
    _note(session, by, Change.ADD, (), wanted.words, now)
    return _entry(row)


def _switch(session: Session, by: str | None, entry: Entry, on: bool, now: datetime) -> None:
    if on:
        session.execute(delete(SwitchedOff).where(SwitchedOff.id == entry.id))
    else:
        session.add(SwitchedOff(id=entry.id, words=list(entry.words)))
    _note(session, by, Change.ON if on else Change.OFF, entry.words, entry.words, now)


def _note(
    session: Session,
    by: str | None,
    what: Change,
    before: tuple[str, ...],
    after: tuple[str, ...],
    now: datetime,
) -> None:
    session.add(DictionaryChange(at=now, person_id=by, what=what, before=list(before), after=list(after)))
