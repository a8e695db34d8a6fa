"""Tables of works, beside those of lessons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.core.database import ID, Base, one_of
from library.core.text import NAME_MAX
from library.organisation.tables import Node
from library.works.formats import FileFormat, WordsRead
from library.works.rules import (
    AWARD_MAX,
    BODY_MAX,
    FILE_NAME_MAX,
    PLACE_MAX,
    TITLE_MAX,
    HonourLevel,
    Shown,
)


class Series(Base):
    """Lessons that belong together, in an order. `node_id` is the node whose staff keep it, with its owner;
    `changed_at` moves with its title, text and episodes."""

    __tablename__ = "works_series"
    __table_args__ = (Index(None, "changed_at"), Index(None, "owner_id"), Index(None, "node_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    text: Mapped[str] = mapped_column(Text, default="")
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    node: Mapped[Node] = relationship(lazy="joined", innerjoin=True)


class Episode(Base):
    """A lesson of a series: of one, so that what comes next is one answer. They stand in the order of `n`."""

    __tablename__ = "works_episode"
    __table_args__ = (Index(None, "series_id", "n"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    series_id: Mapped[str] = mapped_column(ForeignKey("works_series.id", ondelete="CASCADE"))
    n: Mapped[int]


class Honour(Base):
    """What a lesson was awarded, by whom, and in which year; `standing` says who sees it."""

    __tablename__ = "works_honour"
    __table_args__ = (Index(None, "lesson_id"), Index(None, "granted_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    award: Mapped[str] = mapped_column(String(AWARD_MAX))
    level: Mapped[HonourLevel] = mapped_column(one_of(HonourLevel, 16, check="level"))
    year: Mapped[int]
    body: Mapped[str] = mapped_column(String(BODY_MAX), default="")
    granted_at: Mapped[datetime]
    granted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    standing: Mapped[Shown] = mapped_column(one_of(Shown, 8), default=Shown.SHOWN, server_default=Shown.SHOWN)

    certificate: Mapped[LessonFile | None] = relationship(lazy="joined", viewonly=True)


class LessonFile(Base):
    """A file that belongs to a lesson: a material, or the certificate of an honour.

    It lies in the store under its id (`places`). `name` is what it is called, without the ending that
    `format` gives it. `pages` of a PDF, `drawn` how many of them are there as pictures. `standing` says who
    sees a material; a certificate is seen by whoever sees its honour. `words` is what is written in a
    material (None: nobody looked yet), `words_read` how much of it (None: nobody knows), `downloads` how
    often viewers took it along.
    """

    __tablename__ = "works_file"
    __table_args__ = (Index(None, "lesson_id"), Index(None, "honour_id"), Index(None, "added_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    honour_id: Mapped[str | None] = mapped_column(ForeignKey("works_honour.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(FILE_NAME_MAX))
    format: Mapped[FileFormat] = mapped_column(one_of(FileFormat, 8, check="format"))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int] = mapped_column(default=0)
    drawn: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
    added_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    standing: Mapped[Shown] = mapped_column(one_of(Shown, 8), default=Shown.SHOWN, server_default=Shown.SHOWN)
    words: Mapped[str | None] = mapped_column(Text, deferred=True)
    words_read: Mapped[WordsRead | None] = mapped_column(one_of(WordsRead, 16))
    downloads: Mapped[int] = mapped_column(default=0, server_default="0")


class GoneFile(Base):
    """A file that was taken from its lesson: its bytes may be swept. Those of a file that no row names at all
    are left, for an older database may have been brought back."""

    __tablename__ = "works_gone_file"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gone_at: Mapped[datetime]


class TakenAway(Base):
    """An honour or a material that somebody took away from a lesson for good: an import of an old list does
    not bring it back. `digest` is the SHA-256 of a file's bytes, or of an honour's words (`digest_of`)."""

    __tablename__ = "works_taken_away"

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class About(Base):
    """What is written of a lecturer or a topic, under its id; one of the two keys is set. `picture` is a JPEG
    as we wrote it, `sha256` its name."""

    __tablename__ = "works_about"
    __table_args__ = (Index(None, "lecturer_id"), Index(None, "topic_id"), Index(None, "sha256"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lecturer_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lecturer.id", ondelete="CASCADE"))
    topic_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_topic.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str | None] = mapped_column(String(64))
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    changed_at: Mapped[datetime]


class Site(Base):
    """Where lessons are held. `folded` is the name as it is compared; degrees of WGS 84, both or none."""

    __tablename__ = "works_site"
    __table_args__ = (Index(None, "node_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    folded: Mapped[str] = mapped_column(String(NAME_MAX), unique=True)
    place: Mapped[str] = mapped_column(String(PLACE_MAX), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text, default="")
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    created_at: Mapped[datetime]

    node: Mapped[Node] = relationship(lazy="joined", innerjoin=True)


class LessonSite(Base):
    """Where a lesson was held."""

    __tablename__ = "works_lesson_site"
    __table_args__ = (Index(None, "site_id"),)

    lesson_id: Mapped[str] = mapped_column(
        ForeignKey("catalog_lesson.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[str] = mapped_column(ForeignKey("works_site.id", ondelete="CASCADE"))
