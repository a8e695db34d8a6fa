"""Tables of what staff teach the search."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.dictionary.rules import Change


class TaughtEntry(Base):
    """A word, or a group of words that mean the same, as they were typed.

    That no entry is there twice depends on how the search folds words, which a database cannot know: writers
    take the counter (DictionaryVersion) first and look. `version` counts the changes of this row, so that
    nobody overwrites what they have not seen.
    """

    __tablename__ = "wording_entry"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    words: Mapped[list[str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class SwitchedOff(Base):
    """A shipped entry that staff do not want; `words` as they were then, for whoever reads the table."""

    __tablename__ = "wording_switched_off"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    words: Mapped[list[str]] = mapped_column(JSON)


class DictionaryChange(Base):
    """Who changed what. Rows are added, never changed."""

    __tablename__ = "wording_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    what: Mapped[Change] = mapped_column(one_of(Change, 16))
    before: Mapped[list[str]] = mapped_column(JSON)
    after: Mapped[list[str]] = mapped_column(JSON)


class DictionaryVersion(Base):
    """The one counter that rises with every change, by which each process notices that it searches with an
    old dictionary. Writers lock its row first, so that of two at once the second sees what the first did; the
    row is made by the migration."""

    __tablename__ = "wording_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
