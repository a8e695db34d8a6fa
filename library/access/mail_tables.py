"""Table of the mail addresses that people have given for themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base


class MailAddress(Base):
    """Where somebody gets letters, each at one address. Nothing is sent to it but what they ask for.

    `address` is confirmed, "" while none is; `wanted` ("" none) waits for whoever reads it to open a link,
    of whose secret `wanted_hash` is the hash, within rules.MAIL_LINK_H of `wanted_at`.
    """

    __tablename__ = "people_mail_address"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), type_=ID, primary_key=True
    )
    address: Mapped[str] = mapped_column(String(254), default="")
    confirmed_at: Mapped[datetime | None]
    wanted: Mapped[str] = mapped_column(String(254), default="")
    wanted_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    wanted_at: Mapped[datetime | None]
