"""The ledger of evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex
from library.evidence.rules import CORRECTION_MAX, EvidenceKind, Source, StudyForm

SOURCE_MAX = 40


class Evidence(Base):
    """One piece of evidence, or the reversal of one (`reverses_id`, with the amount below zero).

    So the sum of a person's rows is what stands. Rows are added and never changed; ids and not keys, since
    the ledger outlives what it tells of. `recorded_by` is who said so, None for the machine. When a person is
    erased, rules.token takes the place of their id, which no seal notices; triggers of the database refuse
    every other change, and every deletion (migration 0039).
    """

    __tablename__ = "evidence_entry"
    __table_args__ = (
        Index(None, "person_id", "day"),
        Index(None, "node_id", "day"),
        Index(None, "source", "source_id"),
        Index(None, "recorded_at", "id"),
    )
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_evidence_entry_reversed", ("reverses_id",), "reverses_id IS NOT NULL"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ID)
    node_id: Mapped[str | None] = mapped_column(ID)
    kind: Mapped[EvidenceKind] = mapped_column(one_of(EvidenceKind, 16))
    form: Mapped[StudyForm] = mapped_column(one_of(StudyForm, 16))
    amount: Mapped[int]
    day: Mapped[date]
    source: Mapped[Source] = mapped_column(one_of(Source, 16))
    source_id: Mapped[str] = mapped_column(String(SOURCE_MAX))
    lesson_id: Mapped[str | None] = mapped_column(ID)
    made_up: Mapped[bool] = mapped_column(default=False)
    rule_version: Mapped[int]
    reverses_id: Mapped[str | None] = mapped_column(ID)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str | None] = mapped_column(ID)


class EvidenceCorrection(Base):
    """Why a piece was taken back by hand; who did it stands in the reversing row.

    `again_id` is the row that says the same again, once the correction was lifted (who did that stands
    there), `lifted_for` why.
    """

    __tablename__ = "evidence_correction"

    entry_id: Mapped[str] = mapped_column(ForeignKey("evidence_entry.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(CORRECTION_MAX))
    again_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_entry.id"))
    lifted_for: Mapped[str] = mapped_column(String(CORRECTION_MAX), default="")


class EvidenceSeal(Base):
    """A day of the ledger that is over: the rows that were written on it, whatever day they tell of.

    `digest` is that of its `rows` in the order of their ids, `link` the day's link in the chain (sealing.py).
    Days follow each other without a gap, and a row is never changed.
    """

    __tablename__ = "evidence_seal"

    day: Mapped[date] = mapped_column(primary_key=True)
    rows: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    link: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
