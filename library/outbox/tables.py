"""Table of letters on their way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.outbox.rules import LetterState


class Letter(Base):
    """A letter to one address. `key` names what it tells, so that it is written once.

    Subject and text are emptied when it was sent or given up: they carry links that open something.
    `due_at` is when it is tried next, `tries` how often it was, `problem` what the mail server said last;
    until `held_until` whoever took it may be sending it.
    """

    __tablename__ = "outbox_letter"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[LetterState] = mapped_column(one_of(LetterState, 16), default=LetterState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(200), default="")
