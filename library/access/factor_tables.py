"""Tables of the second factor: whose it is, what opens without it, and sign-ins that are half done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.access.second_factor_rules import Missing
from library.core.database import Base, one_of


class SecondFactor(Base):
    """A person's second factor, a TOTP (RFC 6238) of their phone.

    `sealed` is its secret, encrypted (library.access.sealing). It counts once `confirmed_at` stands: before,
    nobody has shown that a phone knows it. `last_step` is the step of 30 s whose code was used last: neither
    that code nor an older one is taken again.
    """

    __tablename__ = "access_second_factor"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[str] = mapped_column(String(400))
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A code that opens once instead of the phone; only its SHA-256 is kept, for it is random enough."""

    __tablename__ = "access_recovery_code"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class HalfSignIn(Base):
    """A browser whose person has shown a first proof, and not what is `missing`.

    A table of its own, so that no reader of sign-ins can take one for a whole one. `id` is the SHA-256 of the
    cookie. `provider` is who gave the first proof, "" for a password.
    """

    __tablename__ = "access_half_sign_in"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    missing: Mapped[Missing] = mapped_column(one_of(Missing, 16))
    provider: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime]
