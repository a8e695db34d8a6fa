"""Tables of the catalogue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.catalog.permits import Audience, LessonState
from library.catalog.rules import CueSource, Genre, LessonKind, ShiftReason, TranscriptQuality
from library.core.database import ID, Base, one_of
from library.organisation.tables import Node
from library.people.tables import Person
from transcode.transcripts.words import SPEAKER_MAX


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
    """A topic of a lesson; `n` keeps the order in which they were typed. `published_at` is the lesson's: by
    it the newest of a topic are found in their order."""

    __tablename__ = "catalog_lesson_topic"
    __table_args__ = (Index(None, "topic_id", "published_at", "lesson_id"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[str] = mapped_column(ForeignKey("catalog_topic.id"), primary_key=True)
    n: Mapped[int]
    published_at: Mapped[datetime | None]
    topic: Mapped[Topic] = relationship(lazy="joined", innerjoin=True)


class Lesson(Base):
    """What people see. `kind` is what it is made of, `genre` what kind of lesson it is. `key` is the name an
    old library knew it by; `revision` moves with every change that
    the search index must learn of. `narrowed_at` is when it was last taken from some who could watch it:
    withdrawn, or kept for signed-in people. `cover` is the picture that somebody chose for it
    (catalog.covers), "" where its first clip's stands for it.
    """

    __tablename__ = "catalog_lesson"
    __table_args__ = (
        Index(None, "revision"),
        Index(None, "state", "published_at"),
        Index(None, "owner_id"),
        Index(None, "narrowed_at"),
        Index(None, "lecturer_id", "published_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    kind: Mapped[LessonKind] = mapped_column(one_of(LessonKind, 8, check="kind"), default=LessonKind.TEXT)
    genre: Mapped[Genre] = mapped_column(
        one_of(Genre, 16, check="genre"), default=Genre.LECTURE, server_default=Genre.LECTURE
    )
    lecturer_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lecturer.id"))
    taught_on: Mapped[date | None]
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    state: Mapped[LessonState] = mapped_column(
        one_of(LessonState, 16, check="state"), default=LessonState.DRAFT
    )
    audience: Mapped[Audience] = mapped_column(
        one_of(Audience, 16, check="audience"), default=Audience.EVERYONE
    )
    # The tokens of a chosen audience: what AudienceToken has row by row, for whoever has the lesson already.
    chosen: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    duration_s: Mapped[float | None]
    transcript: Mapped[TranscriptQuality] = mapped_column(
        one_of(TranscriptQuality, 16), default=TranscriptQuality.NONE
    )
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    narrowed_at: Mapped[datetime | None]
    cover: Mapped[str] = mapped_column(String(32), default="", server_default="")
    revision: Mapped[int] = mapped_column(default=0)

    # These come with the lesson's row: permits ask for the branch, and every list shows the lecturer.
    lecturer: Mapped[Lecturer | None] = relationship(lazy="joined")
    node: Mapped[Node] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Person | None] = relationship()
    topics: Mapped[list[LessonTopic]] = relationship(order_by=LessonTopic.n, cascade="all, delete-orphan")
    # Those in the lesson's present order; `every_clip` also has what was replaced and what is being made.
    clips: Mapped[list[Clip]] = relationship(
        primaryjoin="and_(Clip.lesson_id == Lesson.id, Clip.n.is_not(None))", order_by="Clip.n", viewonly=True
    )
    every_clip: Mapped[list[Clip]] = relationship(
        order_by="Clip.start_s, Clip.id", back_populates="lesson", cascade="all, delete-orphan"
    )


class AudienceToken(Base):
    """One token of a chosen audience (library.core.permits): the index by which questions find it.

    Written with `Lesson.chosen`, and there only while the audience is `chosen`.
    """

    __tablename__ = "catalog_audience"
    __table_args__ = (Index(None, "token"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[str] = mapped_column(String(40), primary_key=True)


class Clip(Base):
    """A cut of a lesson that plays on its own. Times are seconds of the lecture.

    `n` is its place in the lesson; None while it is made for a new arrangement, and when it was replaced by
    one (at `replaced_at`). `plan` is the digest of what was made of it (the folder of its files), None until
    it plays; `poster` is the file of its picture in there, "" for none, `stills` how many pictures there are
    to choose from, `small` the form in which they are there small too (transcode.pictures.small.SmallForm),
    `strip` whether there are tiny ones for the seek bar, `copied` why its best rendition was or was not taken
    over as it is. `early` is the digest of what already plays while it is still being made. `sizes` are the
    bytes of each rendition by its name. `reason` is why it ends where it does, `title` what the lecturer
    calls it, "" for nothing. `cover` is the picture that somebody chose beside those (catalog.covers), ""
    for none; `cover_at` is when one last came into its folder, or was followed there.
    """

    __tablename__ = "catalog_clip"
    __table_args__ = (
        UniqueConstraint("lesson_id", "n"),
        CheckConstraint("end_s > start_s", name="runs_forward"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    n: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200), default="")
    start_s: Mapped[float]
    end_s: Mapped[float]
    reason: Mapped[str] = mapped_column(String(32), default="")
    plan: Mapped[str | None] = mapped_column(String(32))
    early: Mapped[str | None] = mapped_column(String(32))
    duration_s: Mapped[float | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    poster: Mapped[str] = mapped_column(String(40), default="")
    cover: Mapped[str] = mapped_column(String(12), default="", server_default="")
    cover_at: Mapped[datetime | None]
    stills: Mapped[int] = mapped_column(default=0)
    small: Mapped[str] = mapped_column(String(8), default="")
    strip: Mapped[bool] = mapped_column(default=False)
    copied: Mapped[str] = mapped_column(String(32), default="")
    sizes: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    ready_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]

    lesson: Mapped[Lesson] = relationship(back_populates="every_clip")

    @property
    def number(self) -> int:
        """The place of a clip that is known to have one, as those of `Lesson.clips` do."""
        if self.n is None:
            raise ValueError("a clip outside of its lesson's order has no number")
        return self.n


class Cue(Base):
    """One line of what is said, in seconds of the lecture; plain text without times has None.

    `speaker` is who says it, as the transcript names them; "" when it does not. `source` is where the line
    comes from; `confidence` and `doubtful` (spans of characters) as in `rules.CueLine`.
    """

    __tablename__ = "catalog_cue"
    __table_args__ = (Index(None, "lesson_id", "start_s"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    speaker: Mapped[str] = mapped_column(String(SPEAKER_MAX), default="", server_default="")
    source: Mapped[CueSource] = mapped_column(
        one_of(CueSource, 16), default=CueSource.GIVEN, server_default=CueSource.GIVEN
    )
    confidence: Mapped[float | None]
    doubtful: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))


class TranscriptVersion(Base):
    """One transcript that a lesson was given, as it was read; the cues are made from the one in use.

    `n` counts from 1. `quality` is that of the file: exact or plain; recognised is what a machine heard.
    `places` is where the lines of a plain one are said (`aligning.Places`), `alignment` the figures of
    that; None while no machine has heard it. `repairs` are the words of a recognised one that were exchanged
    for others that sound the same (`repairing.Repaired`). `digest` names its `lines`, so that the same
    ones are kept once; `words` are its characters that are said. `remarks` are those of reading it, `clock`
    what its header says of its times (`fitting.StreamClock`). `shift_s` is added to its times, for
    `shift_reason`; `fit` is how it then lies over the recording (`intake.transcripts.rules.Fitting`), None
    until the recording has been heard. `person_id` gave it, None for the machine and for whoever is gone;
    `used_at` is when it was last put in use, None for never.

    `waits`: it is in use for those who work on the lesson, and viewers see other words until somebody
    publishes it; then `waiting` has its lines as they will be shown, and the way back. `kept`: viewers saw
    it, and it is never let go nor written over.
    """

    __tablename__ = "catalog_transcript"
    __table_args__ = (Index(None, "person_id"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    file_name: Mapped[str] = mapped_column(String(255), default="")
    quality: Mapped[TranscriptQuality] = mapped_column(one_of(TranscriptQuality, 16))
    digest: Mapped[str] = mapped_column(String(64))
    cues: Mapped[int]
    words: Mapped[int]
    # Loaded when asked for: a list of versions shows none of them.
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    clock: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    shift_s: Mapped[float] = mapped_column(default=0.0)
    shift_reason: Mapped[ShiftReason] = mapped_column(one_of(ShiftReason, 16), default=ShiftReason.OPEN)
    fit: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    alignment: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    places: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    repairs: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    in_use: Mapped[bool] = mapped_column(default=False)
    used_at: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False, server_default=false())
    waiting: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    kept: Mapped[bool] = mapped_column(default=False, server_default=false())

    person: Mapped[Person | None] = relationship()


class Revision(Base):
    """The one counter behind Lesson.revision.

    Taking a number locks this row until the transaction ends, so that numbers become visible in the order in
    which they were taken: a reader that has seen 7 has seen 6 (a database sequence does not promise that).
    """

    __tablename__ = "catalog_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class DeletedLesson(Base):
    """A lesson that is gone, kept so that every copy of the index learns of it.

    `clips` are the ids of those that played: addresses of them may still be about.
    """

    __tablename__ = "catalog_deleted_lesson"

    lesson_id: Mapped[str] = mapped_column(ID, primary_key=True)
    revision: Mapped[int] = mapped_column(index=True)
    deleted_at: Mapped[datetime] = mapped_column(index=True)
    clips: Mapped[list[str]] = mapped_column(JSON, default=list)
