"""Tables of the studio."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.studio.rules import StepName


class StepDone(Base):
    """That somebody looked at a step of a lesson and called it done."""

    __tablename__ = "studio_step_done"
    __table_args__ = (Index(None, "person_id"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    step: Mapped[StepName] = mapped_column(one_of(StepName, 16), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    done_at: Mapped[datetime]


class Editor(Base):
    """That somebody has a lesson's words open: one row for each window (`window_id` is its own name), which
    says so again while it is open. `since` is when it began."""

    __tablename__ = "studio_editor"
    __table_args__ = (Index(None, "person_id"), Index(None, "seen_at"))

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    window_id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
