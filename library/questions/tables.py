"""The table of questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.questions.rules import ANSWER_MAX, REASON_MAX, TEXT_MAX, QuestionState


class Question(Base):
    """What somebody asks at a second of a lecture (`moment_s`, on its whole clock: other cuts leave it).

    `named`: others may read who asked. `answer_s` is the second of the lecture where it is said, None for
    nowhere. `reason` says why it was declined. `version` grows with every change.
    """

    __tablename__ = "questions_question"
    __table_args__ = (
        Index(None, "lesson_id", "state", "moment_s"),
        Index(None, "person_id", "asked_at"),
        Index(None, "state", "asked_at"),
        Index(None, "answered_by"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    moment_s: Mapped[float]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    named: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    state: Mapped[QuestionState] = mapped_column(one_of(QuestionState, 12))
    answer: Mapped[str] = mapped_column(String(ANSWER_MAX), default="")
    answer_s: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
