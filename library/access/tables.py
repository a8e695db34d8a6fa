"""Tables of the ways to prove who one is: browsers, tokens, one-time links, failed attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.permits import Role


class SignIn(Base):
    """A browser that is signed in; `id` is the SHA-256 of the cookie, so the table opens no door."""

    __tablename__ = "people_sign_in"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """A token a person made for a program; only its SHA-256 is kept."""

    __tablename__ = "people_token"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time link that makes an account with a role, the first administrator's included."""

    __tablename__ = "people_invitation"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(one_of(Role, 16))
    branch_id: Mapped[str] = mapped_column(ForeignKey("people_branch.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailures(Base):
    """Failed sign-ins of one user name, for slowing down guesses."""

    __tablename__ = "people_sign_in_failures"

    username: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
