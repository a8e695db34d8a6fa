"""The table of looks at what takes space."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import Base, one_of
from library.upkeep.rules import Task


class Look(Base):
    """One look at what takes space, or one clearing; first it is asked for, then a worker takes it.

    `figures` are a `rules.Figures` as JSON, of a clearing how much went (`files`, `size_bytes`), of a trial
    what it showed; `reason` is why it failed. `asked_by` is None for the worker's own look of the day.
    `about` is the backup that is tried out. `holder` is the worker that is at it, `turn` how often one took
    it, `beat_at` its last sign of life: whoever gives none is dead, and the next one takes it.
    """

    __tablename__ = "upkeep_look"
    __table_args__ = (Index(None, "done_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[Task] = mapped_column(one_of(Task, 8))
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(40), default="")
    about: Mapped[str] = mapped_column(String(40), default="")
    percent: Mapped[float] = mapped_column(default=0.0)
    turn: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(String(64), default="")
    beat_at: Mapped[datetime | None]
