"""Contexts of the page on which staff keep the dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from library.dictionary.rules import GROUP_MAX, WORD_MAX, Change
from server.web.parts import Context, Pager, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntry:
    """One line of the dictionary: a word, or several that mean the same.

    `shipped` ones can be switched off and on, the staff's own ones changed and removed. `version` goes back
    with a change. `changed_by` is "" for the command line.
    """

    id: str
    words: tuple[str, ...]
    shipped: bool = False
    on: bool = True
    version: int = 0
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change that was not saved: what was typed, and what the entry is now."""

    id: str
    version: int
    typed: str
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A group of the staff's that a new one could join: its `id` and `version`, and the words of both."""

    id: str
    version: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedLine:
    """What became of a pasted line: added, a shipped entry switched off, there already, or left out.

    `text` is the entry as it is kept, or the line as it was pasted; `same`: words that the search takes for
    another one of the line, so that they were left out.
    """

    number: int
    what: Literal[Change.ADD, Change.OFF, "there", "left"]
    text: str
    same: tuple[str, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedWord:
    """A word that a search looks for. `known`: it is in the dictionary; `synonyms` are looked for too."""

    text: str
    known: bool = False
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A query as a search takes it. `found`: the clips that this viewer gets, None where `problem` says why.

    `relaxed`: no clip has all the words.
    """

    text: str
    words: tuple[TriedWord, ...]
    phrases: tuple[str, ...] = ()
    found: int | None = None
    relaxed: bool = False
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryChange:
    """Who changed what."""

    at: datetime
    who: str
    what: Change
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryPage(Context):
    """GET /vocabulary?q=&page=&try= (role staff); `q` filters the list, `try` is a query to be tried.

    Forms: POST /vocabulary/words (word), POST /vocabulary/groups (words), POST /vocabulary/{id} (words,
    version, next), POST /vocabulary/{id}/remove (version, next), POST /vocabulary/{id}/switch (on=0|1, next),
    POST /vocabulary/paste (lines). GET /vocabulary/download is the staff's part as text.

    `problem` belongs to the form named in `problem_at` ("" for none of them); `typed_...` is what
    was typed and not taken. `edit`: a change that was not saved. `pasted`: what became of each line.
    `own` and `off` count the staff's entries and the shipped ones that are switched off.
    """

    template: ClassVar[str] = "dictionary/dictionary.html"
    entries: tuple[DictionaryEntry, ...]
    pager: Pager
    own: int
    off: int
    q: str = ""
    typed_word: str = ""
    typed_group: str = ""
    typed_lines: str = ""
    edit: Edit | None = None
    join: Join | None = None
    pasted: tuple[PastedLine, ...] = ()
    tried: Tried | None = None
    history: tuple[DictionaryChange, ...] = ()
    word_max: int = WORD_MAX
    group_max: int = GROUP_MAX
    problem: Reason | None = None
    problem_at: Literal["", "word", "group", "paste", "edit"] = ""
