"""Tables of the catalogue."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.core.database import Base
from library.people.tables import ID, Branch, Person


class Lecturer(Base):
    """Somebody who teaches; `folded` is the name as it is compared."""

    __tablename__ = "catalog_lecturer"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80), unique=True)


class Topic(Base):
    """What lessons are about."""

    __tablename__ = "catalog_topic"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80), unique=True)


class LessonTopic(Base):
    """A topic of a lesson; `n` keeps the order in which they were typed."""

    __tablename__ = "catalog_lesson_topic"
    __table_args__ = (Index(None, "topic_id"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[str] = mapped_column(ForeignKey("catalog_topic.id"), primary_key=True)
    n: Mapped[int]
    topic: Mapped[Topic] = relationship(lazy="joined", innerjoin=True)


class Lesson(Base):
    """What people see. `key` is the name an old library knew it by; `revision` moves with every change that
    the search index must learn of; `kind` says what it is made of: video, sound or text.
    """

    __tablename__ = "catalog_lesson"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        CheckConstraint("audience IN ('everyone', 'signed_in')", name="audience"),
        CheckConstraint("kind IN ('video', 'sound', 'text')", name="kind"),
        Index(None, "revision"),
        Index(None, "state", "published_at"),
        Index(None, "owner_id"),
        Index(None, "lecturer_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    kind: Mapped[str] = mapped_column(String(8), default="text")
    lecturer_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lecturer.id"))
    taught_on: Mapped[date | None]
    branch_id: Mapped[str] = mapped_column(ForeignKey("people_branch.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    audience: Mapped[str] = mapped_column(String(16), default="everyone")
    duration_s: Mapped[float | None]
    transcript: Mapped[str] = mapped_column(String(16), default="none")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)

    # These come with the lesson's row: permits ask for the branch, and every list shows the lecturer.
    lecturer: Mapped[Lecturer | None] = relationship(lazy="joined")
    branch: Mapped[Branch] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Person | None] = relationship()
    topics: Mapped[list[LessonTopic]] = relationship(order_by=LessonTopic.n, cascade="all, delete-orphan")
    clips: Mapped[list["Clip"]] = relationship(order_by="Clip.n", cascade="all, delete-orphan")


class Clip(Base):
    """A cut of a lesson that plays on its own. Times are seconds of the lecture.

    `plan` is the digest of what was made of it (the folder of its files), None until it plays; `poster` says
    whether that folder has a picture. `reason` is why it ends where it does.
    """

    __tablename__ = "catalog_clip"
    __table_args__ = (
        UniqueConstraint("lesson_id", "n"),
        CheckConstraint("end_s > start_s", name="runs_forward"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    n: Mapped[int]
    start_s: Mapped[float]
    end_s: Mapped[float]
    reason: Mapped[str] = mapped_column(String(32), default="")
    plan: Mapped[str | None] = mapped_column(String(32))
    duration_s: Mapped[float | None]
    size_bytes: Mapped[int] = mapped_column(default=0)
    poster: Mapped[bool] = mapped_column(default=False)
    ready_at: Mapped[datetime | None]

    lesson: Mapped[Lesson] = relationship(back_populates="clips")


class Cue(Base):
    """One line of what is said, in seconds of the lecture; plain text without times has None."""

    __tablename__ = "catalog_cue"
    __table_args__ = (Index(None, "lesson_id", "start_s"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)


class Revision(Base):
    """The one counter behind Lesson.revision.

    Taking a number locks this row until the transaction ends, so that numbers become visible in the order in
    which they were taken: a reader that has seen 7 has seen 6 (a database sequence does not promise that).
    """

    __tablename__ = "catalog_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class DeletedLesson(Base):
    """A lesson that is gone, kept so that every copy of the index learns of it."""

    __tablename__ = "catalog_deleted_lesson"

    lesson_id: Mapped[str] = mapped_column(ID, primary_key=True)
    revision: Mapped[int] = mapped_column(index=True)
    deleted_at: Mapped[datetime]
