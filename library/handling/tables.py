"""Tables of what was done with several lessons at once, and of kept views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.handling.rules import Outcome, What


class Batch(Base):
    """One thing that somebody did with several lessons; `value` is with what, `undone_at` when it was taken
    back."""

    __tablename__ = "handling_batch"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    what: Mapped[What] = mapped_column(one_of(What, 12))
    value: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class BatchItem(Base):
    """What became of one lesson: `before` is what its way back needs, `reason` why nothing was done."""

    __tablename__ = "handling_item"

    batch_id: Mapped[str] = mapped_column(
        ForeignKey("handling_batch.id", ondelete="CASCADE"), primary_key=True
    )
    lesson_id: Mapped[str] = mapped_column(ID, primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, 12))
    reason: Mapped[str] = mapped_column(String(64), default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class View(Base):
    """A list as somebody narrowed it, kept under a name; with `node_id` for all who handle lessons there."""

    __tablename__ = "handling_view"
    __table_args__ = (Index(None, "person_id"), Index(None, "node_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    node_id: Mapped[str | None] = mapped_column(ForeignKey("organisation_node.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    filters: Mapped[dict[str, str]] = mapped_column(JSON)
    made_at: Mapped[datetime]
