"""Tables of what was chosen at run time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from library.choices.rules import Change
from library.core.database import Base, one_of


class Choice(Base):
    """A setting that somebody chose, by its name; `value` as it is typed. No row: it was not chosen."""

    __tablename__ = "choices_value"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class ChoiceChange(Base):
    """Who chose what. Rows are added, never changed; None is what the machine's settings said."""

    __tablename__ = "choices_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(40), index=True)
    what: Mapped[Change] = mapped_column(one_of(Change, 8))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


class ChoicesVersion(Base):
    """The one counter that rises with every change, by which each process notices that it goes by old ones.
    Writers lock its row first; the row is made by the migration."""

    __tablename__ = "choices_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class Emblem(Base):
    """A picture that was the site's own, as we wrote it anew (PNG), by the hash of its bytes. It stays, so
    that what was chosen before can be chosen again."""

    __tablename__ = "choices_emblem"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
