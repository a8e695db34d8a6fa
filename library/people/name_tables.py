"""The tables of further names with which people sign in, and of parts of names by which they are found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import Base, one_of
from library.people.name_rules import NameKind


class SignInName(Base):
    """That a person may sign in under `key` too; nobody else has the same, and of each kind there is one."""

    __tablename__ = "people_sign_in_name"
    __table_args__ = (Index(None, "person_id", "kind", unique=True),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    kind: Mapped[NameKind] = mapped_column(one_of(NameKind, 16))
    set_at: Mapped[datetime]
    set_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class NamePart(Base):
    """What is left of a name from one of its letters on, in small letters, and the account's name as a whole.

    The database itself writes it (migration 0042), for whoever writes a person; so that a name is found by
    any part of it among a million.
    """

    __tablename__ = "people_name_part"
    __table_args__ = (Index(None, "person_id"),)

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
