"""Tables of what was published of lessons, and of what waits to be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import Base, one_of
from library.versions.rules import WHY_MAX, Origin


class PublishedVersion(Base):
    """The `n`-th version of a lesson that viewers saw, from 1. Rows are added, never changed.

    `snapshot` is rules.Snapshot. `person_id` published it, None for the machine and for whoever was erased.
    """

    __tablename__ = "versions_published"
    __table_args__ = (Index(None, "person_id"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    origin: Mapped[Origin] = mapped_column(one_of(Origin, 16))
    why: Mapped[str] = mapped_column(String(WHY_MAX), default="")
    # Loaded when asked for: a list of versions shows none of them.
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)


class KeptCover(Base):
    """A cover that some version of a lesson had, of the lesson or of the clip in whose folder it lies: it is
    not swept while the clip is there."""

    __tablename__ = "versions_cover"
    __table_args__ = (Index(None, "lesson_id"),)

    clip_id: Mapped[str] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"), primary_key=True)
    folder: Mapped[str] = mapped_column(String(12), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))


class Draft(Base):
    """What waits to be published of a lesson: at most one draft, which all who work on it share.

    `version` grows whenever its fields are saved, and when it is given up or published, and so outlives each
    draft: of two who change it the second sees that; `words_version` grows with its words. `values` are the
    fields (rules.FIELDS) and what else (rules.ASIDE) is to be other than what viewers see, `words` the
    transcript that waits
    (catalog.tables.TranscriptVersion.waits); both are None while there is no draft, and so is `begun_at`.
    `based_on` is the version that
    was published when it was begun, `restored` the old one that it takes up, if any. `person_id` saved it
    last.
    """

    __tablename__ = "versions_draft"
    __table_args__ = (Index(None, "begun_at"), Index(None, "person_id"))

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(default=0)
    words_version: Mapped[int] = mapped_column(default=0)
    values: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    words: Mapped[int | None]
    based_on: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int | None]
    begun_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
