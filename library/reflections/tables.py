"""Tables of reflections: texts, quotes, sounds, what was asked for, fingerprints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.evidence.rules import StudyForm
from library.reflections.rules import (
    QUESTION_MAX,
    QUOTE_MAX,
    REMARK_MAX,
    TITLE_MAX,
    Reach,
    ReflectionState,
    SoundState,
)


class Reflection(Base):
    """What somebody writes or says, about a lesson, a week (2026-W49), a gathering, or none of them.

    `node_id` is the writer's home when it was sent. `gathering_id` has no foreign key: gatherings stand
    beside this slice, and what is gone is shown as nothing. `form` is that of the gathering when it was sent.
    `number` stands for it among fingerprints (Print), which were made by `print_rules`
    (likeness.rules.RULES). What is published is for `reach`: the node `reach_node_id` and all below it, or
    everybody. `remark` is the branch's for the writer. `version` grows with every change.
    """

    __tablename__ = "reflections_reflection"
    __table_args__ = (
        Index(None, "person_id", "changed_at"),
        Index(None, "node_id", "state", "sent_at"),
        Index(None, "lesson_id", "state", "published_at"),
        Index(None, "week", "state", "published_at"),
        Index(None, "gathering_id"),
        Index(None, "state", "published_at"),
        Index(None, "reach_node_id", "state", "published_at"),
        # The newest about a lesson or a week, of each way to read one by itself (queries.published).
        Index(
            "ix_reflections_reflection_lesson_reach", "lesson_id", "reach_node_id", "state", "published_at"
        ),
        Index("ix_reflections_reflection_week_reach", "week", "reach_node_id", "state", "published_at"),
        Index(None, "decided_by"),
        Index(None, "print_rules", "number"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    node_id: Mapped[str | None] = mapped_column(ForeignKey("organisation_node.id"))
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))
    week: Mapped[str | None] = mapped_column(String(8))
    gathering_id: Mapped[str | None] = mapped_column(ID)
    form: Mapped[StudyForm | None] = mapped_column(one_of(StudyForm, 16))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[ReflectionState] = mapped_column(one_of(ReflectionState, 12))
    reach: Mapped[Reach | None] = mapped_column(one_of(Reach, 8))
    reach_node_id: Mapped[str | None] = mapped_column(ForeignKey("organisation_node.id"))
    remark: Mapped[str] = mapped_column(String(REMARK_MAX), default="")
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    print_rules: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ReflectionQuote(Base):
    """Words of a clip that a reflection quotes, at a second of the clip's clock. `n` is its mark in the text.

    The words are kept: whatever becomes of the transcript, they are what was quoted.
    """

    __tablename__ = "reflections_quote"
    __table_args__ = (Index(None, "clip_id"),)

    reflection_id: Mapped[str] = mapped_column(
        ForeignKey("reflections_reflection.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_clip.id", ondelete="SET NULL"))
    start_s: Mapped[float]
    text: Mapped[str] = mapped_column(String(QUOTE_MAX))


class ReflectionSound(Base):
    """The sound of a reflection. It lies in the store under its id (`places`), first as it came, then as
    what is played. `taken_at`: a worker is at it; `reason` says why it was refused."""

    __tablename__ = "reflections_sound"
    __table_args__ = (Index(None, "state", "made_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    reflection_id: Mapped[str] = mapped_column(
        ForeignKey("reflections_reflection.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[SoundState] = mapped_column(one_of(SoundState, 8))
    reason: Mapped[str] = mapped_column(String(40), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    size_bytes: Mapped[int] = mapped_column(Integer, default=0)
    duration_s: Mapped[float] = mapped_column(default=0.0)
    tries: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class GoneSound(Base):
    """A sound whose bytes may be swept from `gone_at` on: its reflection was deleted, another one took its
    place, or it is being brought and may never arrive (`sounds.announce`)."""

    __tablename__ = "reflections_gone_sound"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gone_at: Mapped[datetime]


class Prompt(Base):
    """What a node asks its people to write about for a week; nobody has to, nobody counts who does not."""

    __tablename__ = "reflections_prompt"
    __table_args__ = (UniqueConstraint("node_id", "week"), Index(None, "asked_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    week: Mapped[str] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(String(QUESTION_MAX))
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]


class Print(Base):
    """A fingerprint of a text that was sent or published (likeness.rules); `number` is the reflection's.

    Two numbers and nothing else, in the order in which they are asked for: a hundred thousand texts are some
    twelve million rows. No foreign key and no second index, which would double that: the text says which
    rows are its own (`likeness.prints`).
    """

    __tablename__ = "reflections_print"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy wants it

    hash: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
