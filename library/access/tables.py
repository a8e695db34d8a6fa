"""Tables of the ways to prove who one is: browsers, tokens, one-time links, failed attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.access.rules import LinkPurpose, TokenScope
from library.core.database import ID, Base, one_of
from library.core.permits import Role


class SignIn(Base):
    """A browser that is signed in; `id` is the SHA-256 of the cookie, so the table opens no door.

    `second_at` is when a second factor was shown, None for a password alone. `provider` is who vouched for
    the person, "" for a password: whoever signs out can sign out there too.
    `network` is where it was last seen, as a network of many (IPv4: /24, IPv6: /48) and never as an address;
    "" as long as nobody has looked. Shown to its owner alone.
    """

    __tablename__ = "people_sign_in"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    second_at: Mapped[datetime | None] = mapped_column(default=None)
    provider: Mapped[str] = mapped_column(String(40), default="")
    network: Mapped[str] = mapped_column(String(48), default="", server_default="")


class ApiToken(Base):
    """A token a person made for a program, good for what `scope` says; only its SHA-256 is kept."""

    __tablename__ = "people_token"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[TokenScope] = mapped_column(one_of(TokenScope, 16))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FeedLink(Base):
    """A person's private link to feeds (library.access.feed_links); `serial` is what is signed."""

    __tablename__ = "access_feed_link"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    serial: Mapped[str] = mapped_column(ID, unique=True)
    made_at: Mapped[datetime]


class Invitation(Base):
    """A one-time link. One that makes an account gives it `role` at the branch; one with which the person
    `person_id` chooses a new password is good while their roles are those of `made_for` (queries.roles_key).

    `code_hash` is that of the code on paper, None for a link without one; whoever types it is given a link of
    their own, whose hash is `ticket_hash`: the one on paper goes on working.
    """

    __tablename__ = "people_invitation"
    __table_args__ = (
        Index(None, "code_hash", unique=True),
        Index(None, "ticket_hash", unique=True),
        Index(None, "person_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(one_of(LinkPurpose, 16))
    made_for: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(one_of(Role, 16))
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    ticket_hash: Mapped[str | None] = mapped_column(String(64))


class SignInAttempts(Base):
    """Failed attempts of one kind, for slowing down guesses; `mark` is a keyed hash of whom or where from."""

    __tablename__ = "people_sign_in_attempts"
    __table_args__ = (Index(None, "last_at"),)

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    weight: Mapped[float] = mapped_column(Double)
    last_at: Mapped[datetime]
