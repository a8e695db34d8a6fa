"""Tables of people and of the roles they hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.permits import Role


class Person(Base):
    """An account. `username` is folded and unique; a password is kept only as its argon2id hash."""

    __tablename__ = "people_person"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(8))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class RoleGrant(Base):
    """A role held at a branch."""

    __tablename__ = "people_role"
    __table_args__ = (UniqueConstraint("person_id", "branch_id", "role"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    branch_id: Mapped[str] = mapped_column(ForeignKey("people_branch.id"))
    role: Mapped[Role] = mapped_column(one_of(Role, 16))
    granted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    granted_at: Mapped[datetime]
