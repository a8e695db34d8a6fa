"""The ledger of deeds, and the seals of its days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.audit.origin import ADDRESS_MAX, Program
from library.audit.rules import Deed
from library.audit.sealing import MARK_LENGTH
from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex


class AuditEntry(Base):
    """One deed. The database refuses every change of it (migration 0023) but three: its place in the chain is
    given once, a person is erased, what is old enough is deleted.

    `by_person` did it, None for the command line and the machine itself, and for nobody knows whom where a
    sign-in failed. `of_person` is to whom it was done, `thing` the id of what it was done with (a lesson, a
    link, a token). People's ids and not keys: the ledger outlives accounts. `details` are codes and numbers,
    `changed` are fields with [before, after], or [] where the values are not told. `program` and `address`
    are from where it came.

    `n`, `link`, `by_mark` and `of_mark` are given by the chain (library.audit.chain) seconds later: the place
    in the chain, the hash up to it, and what the hash knows of the two people (library.audit.sealing).
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "by_person", "at", "id"),
        Index(None, "of_person", "at", "id"),
        Index(None, "deed", "at", "id"),
        Index(None, "thing", "at", "id"),
        Index(None, "address", "at", "id"),
        Index(None, "n", unique=True),
    )
    __partial_indexes__: ClassVar = (
        PartialIndex("ix_audit_entry_pending", ("at", "id"), "n IS NULL", unique=False),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime]
    deed: Mapped[Deed] = mapped_column(one_of(Deed, 32))
    by_person: Mapped[str | None] = mapped_column(ID)
    of_person: Mapped[str | None] = mapped_column(ID)
    thing: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    program: Mapped[Program] = mapped_column(one_of(Program, 16), server_default=Program.UNKNOWN.value)
    address: Mapped[str] = mapped_column(String(ADDRESS_MAX), default="", server_default="")
    n: Mapped[int | None] = mapped_column(BigInteger)
    link: Mapped[str | None] = mapped_column(String(64))
    by_mark: Mapped[str | None] = mapped_column(String(MARK_LENGTH))
    of_mark: Mapped[str | None] = mapped_column(String(MARK_LENGTH))


class AuditSeal(Base):
    """A Chinese day of the ledger that is over: its entries are those of the chain after the seal before it,
    up to place `through`, where the chain has `link`. Stays when its entries are forgotten."""

    __tablename__ = "audit_seal"

    day: Mapped[date] = mapped_column(primary_key=True)
    through: Mapped[int] = mapped_column(BigInteger, unique=True)
    link: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
