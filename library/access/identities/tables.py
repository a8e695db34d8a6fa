"""The table of the links between people here and accounts at identity providers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.access.identities.rules import LinkedBy
from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex

_OPEN = "until IS NULL"


class IdentityLink(Base):
    """An account at a provider, `subject` of `issuer`, is a person here, from `since` until `until`.

    Of the links that hold, a person has one for each issuer, and an account leads to one person. `how`
    says what it was made from, `made_by` who invited (None: nobody did).
    """

    __tablename__ = "access_identity_link"
    __table_args__ = (Index("ix_access_identity_link_made_by", "made_by"),)
    __partial_indexes__: ClassVar = (
        PartialIndex("ix_access_identity_link_account", ("issuer", "subject"), _OPEN),
        PartialIndex("ix_access_identity_link_person", ("person_id", "issuer"), _OPEN),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(40))
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    how: Mapped[LinkedBy] = mapped_column(one_of(LinkedBy, 16))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    since: Mapped[datetime]
    used_at: Mapped[datetime]
    until: Mapped[datetime | None]
