"""What people suggest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.suggestions.rules import CONTACT_MAX, DONE_MAX, PAGE_MAX, SuggestionState


class Suggestion(Base):
    """One suggestion, for the staff of a node.

    `person_id` is who wrote it, only where they put their name to it. `receipt` is a hash: what its writer
    holds is stored nowhere. `contact` is for the staff alone. `origin` is a keyed hash of an address, and ""
    after an hour. `answer` says what staff think, `done` what was done; both are public once it is released,
    `text` only with `text_shown`. `version` grows with every change: of two at once the second sees it.
    """

    __tablename__ = "suggestions_suggestion"
    __table_args__ = (
        Index(None, "state", "created_at"),
        Index(None, "node_id", "state"),
        Index(None, "person_id"),
        Index(None, "lesson_id"),
        Index(None, "answered_by"),
        Index(None, "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    receipt: Mapped[str] = mapped_column(String(32), unique=True)
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(CONTACT_MAX))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    origin: Mapped[str] = mapped_column(String(32))
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))
    page: Mapped[str] = mapped_column(String(PAGE_MAX))
    state: Mapped[SuggestionState] = mapped_column(one_of(SuggestionState, 16))
    answer: Mapped[str] = mapped_column(Text)
    done: Mapped[str] = mapped_column(String(DONE_MAX))
    text_shown: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
