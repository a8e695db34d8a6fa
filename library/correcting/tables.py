"""Tables of correcting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base
from library.correcting.rules import WORDING_MAX


class Stretch(Base):
    """A stretch of corrections: version `n` of a lesson's transcripts, which goes on being written.

    `origin` are the lines that were shown before it, so that a line can become again what it was. `saved_at`
    is when it was last changed: from the lines called `base`, by the edits called `edits` (`rules.tag`), so
    that the same ones sent again change nothing.
    """

    __tablename__ = "correcting_stretch"
    __table_args__ = (
        ForeignKeyConstraint(
            ["lesson_id", "n"], ["catalog_transcript.lesson_id", "catalog_transcript.n"], ondelete="CASCADE"
        ),
    )

    lesson_id: Mapped[str] = mapped_column(ID, primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)
    saved_at: Mapped[datetime]
    base: Mapped[str] = mapped_column(String(64))
    edits: Mapped[str] = mapped_column(String(64))


class Wording(Base):
    """That what is heard as `was` is always to be written `now`, in lessons of a lecturer; in those that name
    none, of the person who owns them."""

    __tablename__ = "correcting_wording"
    __table_args__ = (Index(None, "lecturer_id"), Index(None, "owner_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lecturer_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lecturer.id", ondelete="CASCADE"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    was: Mapped[str] = mapped_column(String(WORDING_MAX))
    now: Mapped[str] = mapped_column(String(WORDING_MAX))
    made_at: Mapped[datetime]
