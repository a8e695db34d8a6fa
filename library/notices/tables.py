"""Tables of what people are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex
from library.notices.rules import ENDPOINT_MAX, KEY_MAX, THING_MAX, Kind, Way


class Notice(Base):
    """Something of which one person (`person_id`) or an audience (`audience`, a token) was told, once.

    `thing` is what it is about, as the kind has it: a lesson's id, a week, a suggestion's id. `told` are
    codes and numbers, never words that somebody wrote: whether its reader may see the thing is asked when it
    is shown. `key` keeps it from being told twice. `spread_at` is when it was
    put into the queues of browsers (library.notices.pushing).
    """

    __tablename__ = "notices_notice"
    __table_args__ = (
        Index(None, "person_id", "at"),
        Index(None, "audience", "at"),
        Index(None, "at"),
    )
    __partial_indexes__: ClassVar = (
        PartialIndex("ix_notices_notice_waits", ("at",), "spread_at IS NULL", unique=False),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_MAX), unique=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 32))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    audience: Mapped[str | None] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(THING_MAX))
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
    spread_at: Mapped[datetime | None]


class NoticeRead(Base):
    """That a person has read one notice; what was read with all others has no row (NoticeReader)."""

    __tablename__ = "notices_read"
    __table_args__ = (Index(None, "notice_id"),)

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    notice_id: Mapped[str] = mapped_column(
        ForeignKey("notices_notice.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[datetime]


class NoticeReader(Base):
    """Up to which moment a person has read all notices."""

    __tablename__ = "notices_reader"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    all_read_to: Mapped[datetime]


class NoticeChoice(Base):
    """That a person wants notices of a kind on a way, or does not, where that is not so by itself."""

    __tablename__ = "notices_choice"
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 32), primary_key=True)
    way: Mapped[Way] = mapped_column(one_of(Way, 8), primary_key=True)
    wanted: Mapped[bool]


class PushSubscription(Base):
    """A browser that is told of its person's notices: its address at a push service, and its keys.

    `endpoint_hash` is the SHA-256 of the address, which is longer than an index takes.
    """

    __tablename__ = "notices_push_subscription"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(String(ENDPOINT_MAX))
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[str] = mapped_column(String(100))
    secret: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]


class Push(Base):
    """A notice on its way to a browser; the row goes when it was taken or given up. `due_at` is when it is
    tried next, `tries` how often it was."""

    __tablename__ = "notices_push"
    __table_args__ = (Index(None, "due_at"), Index(None, "notice_id"))

    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("notices_push_subscription.id", ondelete="CASCADE"), primary_key=True
    )
    notice_id: Mapped[str] = mapped_column(
        ForeignKey("notices_notice.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[datetime]
    tries: Mapped[int]
