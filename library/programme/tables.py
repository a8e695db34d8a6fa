"""Tables of the programme of weeks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.programme.rules import THEME_MAX, WeekMode


class WeekPlan(Base):
    """What a node planned for a week. `week` is 2026-W49, which sorts as weeks do.

    `reading` is a list of {"text", "url"}. `version` grows with every change: of two at once the second sees
    it. `planned_by` is who changed it last, None for the machine and for whoever was erased.
    """

    __tablename__ = "programme_week"
    __table_args__ = (UniqueConstraint("node_id", "week"), Index(None, "planned_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    week: Mapped[str] = mapped_column(String(8))
    mode: Mapped[WeekMode] = mapped_column(one_of(WeekMode, 8))
    theme: Mapped[str] = mapped_column(String(THEME_MAX))
    text: Mapped[str] = mapped_column(Text)
    reading: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    version: Mapped[int]
    planned_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class WeekLesson(Base):
    """The `n`-th lesson of a plan, from 1; without an id it was deleted, and staff are told so."""

    __tablename__ = "programme_week_lesson"
    __table_args__ = (Index(None, "lesson_id"),)

    plan_id: Mapped[str] = mapped_column(
        ForeignKey("programme_week.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))


class Release(Base):
    """That a plan is to come out at `due_at`, and when it did (library.programme.releasing).

    A row of its own, so that letting it out takes one statement and never waits for whoever edits the plan.
    """

    __tablename__ = "programme_release"
    # In PostgreSQL the index has the condition too (migration 0029).
    __table_args__ = (Index("ix_programme_release_due", "due_at", sqlite_where=text("released_at IS NULL")),)

    plan_id: Mapped[str] = mapped_column(
        ForeignKey("programme_week.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
