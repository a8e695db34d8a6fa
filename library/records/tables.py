"""Tables of records, their lines, signatures and additions, and of the templates they are written with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.records.rules import LINE_ID_MAX, LinePart, RecordState, SignerRole

NAME_MAX = 80
CAPTION_MAX = 60


class Record(Base):
    """The record of a gathering, from the first line that was written. `version` grows with every change.

    `content` and `digest` are what was signed, None until both have; `kind` and the rest of a record that is
    not signed is asked of the gathering each time.
    """

    __tablename__ = "records_record"

    gathering_id: Mapped[str] = mapped_column(
        ForeignKey("gatherings_gathering.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[RecordState] = mapped_column(one_of(RecordState, 8), default=RecordState.OPEN)
    version: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str | None] = mapped_column(String(64))
    locked_at: Mapped[datetime | None]


class RecordLine(Base):
    """A line that somebody wrote; `id` is made by their page, `gone` ones were taken out again.

    `speaker` is "" for what nobody said. `beside` is the line into which this was written when somebody else
    had just changed it: both stay until somebody has looked.
    """

    __tablename__ = "records_line"
    __table_args__ = (Index(None, "gathering_id", "part", "place"),)

    id: Mapped[str] = mapped_column(String(LINE_ID_MAX), primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    part: Mapped[LinePart] = mapped_column(one_of(LinePart, 12))
    place: Mapped[int]
    speaker: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    beside: Mapped[str | None] = mapped_column(String(LINE_ID_MAX))
    gone: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    written_at: Mapped[datetime]


class RecordSignature(Base):
    """A signature; `name` is the signer's as it was. Taken back it stays, with `taken_back_at`."""

    __tablename__ = "records_signature"
    __table_args__ = (Index(None, "gathering_id", "at"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    role: Mapped[SignerRole] = mapped_column(one_of(SignerRole, 8))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    for_other: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]


class RecordAddition(Base):
    """What was added after a record was signed; never changed."""

    __tablename__ = "records_addition"
    __table_args__ = (Index(None, "gathering_id", "at"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class RecordTemplate(Base):
    """The .docx with which a node, and every one below it that has none, writes its records."""

    __tablename__ = "records_template"

    node_id: Mapped[str] = mapped_column(
        ForeignKey("organisation_node.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(120))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    put_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    put_at: Mapped[datetime]


class BookTemplate(Base):
    """The .docx with which a node, and every one below it that has none, writes a year of records."""

    __tablename__ = "records_book_template"

    node_id: Mapped[str] = mapped_column(
        ForeignKey("organisation_node.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(120))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    put_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    put_at: Mapped[datetime]


class RecordPhoto(Base):
    """A photo of a gathering, a JPEG of our own making. It is no part of what is signed."""

    __tablename__ = "records_photo"
    __table_args__ = (Index(None, "gathering_id", "put_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    gathering_id: Mapped[str] = mapped_column(ForeignKey("gatherings_gathering.id", ondelete="CASCADE"))
    caption: Mapped[str] = mapped_column(String(CAPTION_MAX), default="")
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    put_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    put_at: Mapped[datetime]
