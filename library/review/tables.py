"""The log of decisions about lessons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.review.rules import Decided


class Decision(Base):
    """One decision. Rows are added, never changed."""

    __tablename__ = "review_decision"
    __table_args__ = (Index(None, "lesson_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    what: Mapped[Decided] = mapped_column(one_of(Decided, 16))
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
