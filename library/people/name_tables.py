"""The table of further names with which people sign in."""

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
