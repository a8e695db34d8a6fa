"""Tables of what people mark for themselves; every row goes with its person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base
from library.marks.rules import NOTE_MAX


class Seen(Base):
    """How far somebody was in a clip when they last stopped: `at_s` seconds of the clip, at the moment `at`.

    One row a person and clip: the history of a person are these rows, the newest first. What came later
    (by `at`) stands, in whichever order it is told.
    """

    __tablename__ = "marks_seen"
    __table_args__ = (Index(None, "person_id", "at"), Index(None, "clip_id"), Index(None, "at"))

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    clip_id: Mapped[str] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"), primary_key=True)
    at_s: Mapped[float]
    at: Mapped[datetime]


class HistoryChoice(Base):
    """That a person's history is paused, and since when what was before it is forgotten."""

    __tablename__ = "marks_history_choice"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    paused: Mapped[bool] = mapped_column(default=False)
    forgotten_to: Mapped[datetime | None]


class Favourite(Base):
    """A lesson, or one clip of it, that somebody keeps. `thing_id` is the id of the one or the other."""

    __tablename__ = "marks_favourite"
    __table_args__ = (Index(None, "person_id", "at"), Index(None, "lesson_id"), Index(None, "clip_id"))

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    thing_id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    clip_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"))
    at: Mapped[datetime]


class Note(Base):
    """What somebody wrote for themselves at a second of the lecture (`moment_s`, on its whole clock: other
    cuts leave it where it is). It outlives its lesson. `version` grows with every change."""

    __tablename__ = "marks_note"
    __table_args__ = (Index(None, "person_id", "lesson_id", "moment_s"), Index(None, "lesson_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))
    moment_s: Mapped[float]
    text: Mapped[str] = mapped_column(String(NOTE_MAX))
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
