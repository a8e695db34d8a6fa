"""Tables of the rules of books, of self-study and of practice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.books.entries import (
    PLACE_MAX,
    REFUSAL_MAX,
    TITLE_MAX,
    PracticeState,
    StudyState,
)
from library.core.database import ID, Base, one_of


class HoursTable(Base):
    """By what a node and those below it count, from the day `first` until its next one begins; `content` is
    rules.HoursRules as JSON."""

    __tablename__ = "books_table"
    __table_args__ = (UniqueConstraint("node_id", "first"), Index(None, "made_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    first: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]


class WatchedDay(Base):
    """A day whose watching the ledger has: how many `pieces` the night's run found in it."""

    __tablename__ = "books_watched_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    pieces: Mapped[int]
    ran_at: Mapped[datetime]


class Study(Base):
    """What somebody plans to study by themselves (自学): a lesson, or a text by its `title`.

    `notes` are theirs alone. Once it is done `account` says in a few words what came of it, and `seconds` how
    long it took, as they declare it; both are read by the branch's secretary too.
    """

    __tablename__ = "books_study"
    __table_args__ = (Index(None, "person_id", "first"), Index(None, "lesson_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    first: Mapped[date]
    last: Mapped[date]
    notes: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[StudyState] = mapped_column(one_of(StudyState, 8))
    account: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[int] = mapped_column(default=0)
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class Practice(Base):
    """What somebody did (实践): what, where, when, and a few words; the secretary of their home on that day
    (`node_id`) confirms it, or says why not."""

    __tablename__ = "books_practice"
    __table_args__ = (
        Index(None, "person_id", "day"),
        Index(None, "node_id", "state"),
        Index(None, "answered_by"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    place: Mapped[str] = mapped_column(String(PLACE_MAX))
    day: Mapped[date]
    account: Mapped[str] = mapped_column(Text)
    state: Mapped[PracticeState] = mapped_column(one_of(PracticeState, 12))
    answer: Mapped[str] = mapped_column(String(REFUSAL_MAX), default="")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    said_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
