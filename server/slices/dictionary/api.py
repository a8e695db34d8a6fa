"""The dictionary of party terms under /api/v1, for the staff's programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from library.core.paging import clean_number
from library.dictionary import actions, queries, rules
from server.web.deps import ClockDep, DictionaryDep, Reading, Staff
from server.web.limits.fields import LineText, WordQuery
from server.web.limits.sizes import ITEMS

router = APIRouter(prefix="/api/v1/vocabulary", tags=["vocabulary"])

_PER_PAGE = 100


class EntryOut(BaseModel):
    """A word, or several words that mean the same. `shipped` ones come with Weike; `on`: searches use it.

    `version` counts the changes of an entry of the staff's own.
    """

    id: str
    words: list[str]
    shipped: bool
    on: bool
    version: int


class EntriesOut(BaseModel):
    """One page of the dictionary: the staff's own entries first."""

    total: int
    page: int
    entries: list[EntryOut]


class NewEntry(BaseModel):
    """One word, or several that mean the same."""

    words: Annotated[list[LineText], Field(max_length=ITEMS)]


class EntryChange(BaseModel):
    """What an entry's words shall be; `version` is that of the entry as you know it."""

    words: Annotated[list[LineText], Field(max_length=ITEMS)]
    version: int


class Switch(BaseModel):
    """Whether searches use a shipped entry."""

    on: bool


def _out(entry: rules.Entry) -> EntryOut:
    return EntryOut(
        id=entry.id,
        words=list(entry.words),
        shipped=entry.shipped,
        on=entry.on,
        version=entry.version,
    )


@router.get("")
def list_entries(
    session: Reading, who: Staff, q: WordQuery = "", page: Annotated[int, Query(ge=1)] = 1
) -> EntriesOut:
    """The entries with a word that holds `q` (staff)."""
    found = [row.entry for row in queries.rows(session) if row.entry.holds(q)]
    number = clean_number(page)
    shown = found[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    return EntriesOut(total=len(found), page=number, entries=[_out(entry) for entry in shown])


@router.post("", status_code=201)
def add_entry(who: Staff, clock: ClockDep, dictionary: DictionaryDep, body: NewEntry) -> EntryOut:
    """Teach the search a word, or words that mean the same (staff)."""
    wanted = rules.draft(body.words)
    with dictionary.teaching() as session:
        return _out(actions.add(session, who.viewer.person_id, wanted, clock()))


@router.patch("/{entry_id}")
def change_entry(
    who: Staff, clock: ClockDep, dictionary: DictionaryDep, entry_id: str, body: EntryChange
) -> EntryOut:
    """Change the words of an entry (staff); 409 when somebody has changed it since `version`."""
    wanted, by = rules.draft(body.words), who.viewer.person_id
    with dictionary.teaching() as session:
        return _out(actions.change(session, by, entry_id, body.version, wanted, clock()))


@router.delete("/{entry_id}", status_code=204)
def remove_entry(
    who: Staff, clock: ClockDep, dictionary: DictionaryDep, entry_id: str, version: int | None = None
) -> None:
    """Forget an entry (staff); with `version`: only if nobody has changed it since."""
    with dictionary.teaching() as session:
        actions.remove(session, who.viewer.person_id, entry_id, version, clock())


@router.post("/{entry_id}/switch")
def switch_entry(
    who: Staff, clock: ClockDep, dictionary: DictionaryDep, entry_id: str, body: Switch
) -> EntryOut:
    """Let searches use a shipped entry, or not (staff)."""
    with dictionary.teaching() as session:
        return _out(actions.switch(session, who.viewer.person_id, entry_id, body.on, clock()))
