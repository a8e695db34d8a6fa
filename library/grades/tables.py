"""Tables of grades: rule sets, what is waived of 减负, what was entered, the months, decisions, appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex
from library.core.permits import MemberState
from library.grades.burden import Burden
from library.grades.language import NAME_MAX, TITLE_MAX, RuleKind
from library.grades.rules import (
    BAND_MAX,
    BASIS_MAX,
    PERIOD_LENGTH,
    REASON_MAX,
    AppealState,
    PeriodState,
    RulesState,
)


class Rules(Base):
    """A version of a node's rule set, for the node and all below it until a nearer one has its own.

    `document` is the JSON of language.RuleSet. It holds from the month `valid_from` on, once in force, and is
    then never changed. `tried_at` is when it was last tried on a past month, None since it was changed, and
    for a draft that was given up: so what was ended and has one has been in force. `changes` grows with every
    change of a draft.
    """

    __tablename__ = "grades_rules"
    __table_args__ = (UniqueConstraint("node_id", "kind", "n"), Index(None, "node_id", "state"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    kind: Mapped[RuleKind] = mapped_column(one_of(RuleKind, 8))
    n: Mapped[int]
    name: Mapped[str] = mapped_column(String(TITLE_MAX))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    valid_from: Mapped[str] = mapped_column(String(PERIOD_LENGTH))
    state: Mapped[RulesState] = mapped_column(one_of(RulesState, 12))
    changes: Mapped[int] = mapped_column(default=1)
    tried_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Waiver(Base):
    """That a point of the 减负 profile is switched off at a node and below it, on a legal basis."""

    __tablename__ = "grades_waiver"
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_grades_waiver_held", ("node_id", "point"), "ended_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    point: Mapped[Burden] = mapped_column(one_of(Burden, 12))
    basis: Mapped[str] = mapped_column(String(BASIS_MAX))
    at: Mapped[datetime]
    by_person: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Item(Base):
    """What somebody entered by hand for a person and a period: points in hundredths, and why.

    What is entered again takes the place of what stood: that row gets `ended_at` and stays.
    """

    __tablename__ = "grades_item"
    __table_args__ = (Index(None, "person_id", "period"),)
    __partial_indexes__: ClassVar = (
        PartialIndex("uq_grades_item_held", ("person_id", "period", "name"), "ended_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(PERIOD_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    cents: Mapped[int]
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    at: Mapped[datetime]
    by_person: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]


class Period(Base):
    """A month, or a year's 民主评议, of a branch: by which rules, proposed when, frozen when.

    `asked_at` is the moment up to which the ledger was read. `version` grows with every change.
    """

    __tablename__ = "grades_period"
    __table_args__ = (UniqueConstraint("node_id", "period"), Index(None, "period", "state"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    period: Mapped[str] = mapped_column(String(PERIOD_LENGTH))
    rules_id: Mapped[str] = mapped_column(ForeignKey("grades_rules.id"))
    state: Mapped[PeriodState] = mapped_column(one_of(PeriodState, 8))
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Grade(Base):
    """The `n`-th decision about a person's period, from 1: the last one holds, the others stay to be seen.

    Until the period is frozen there is one, which changes; then rows are only added. `proposed` is what the
    rules said, `band` what people decided (None: without a grade), with their `reason` where it is another.
    `facts` is rules.Facts, `lines` rules.Line; points are hundredths.
    """

    __tablename__ = "grades_grade"
    __table_args__ = (UniqueConstraint("period_id", "person_id", "n"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("grades_period.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    n: Mapped[int] = mapped_column(default=1)
    status: Mapped[MemberState | None] = mapped_column(one_of(MemberState, 16))
    facts: Mapped[dict[str, int]] = mapped_column(JSON)
    lines: Mapped[list[list[Any]]] = mapped_column(JSON)
    daily: Mapped[int]
    appraisal: Mapped[int | None]
    score: Mapped[int | None]
    proposed: Mapped[str | None] = mapped_column(String(BAND_MAX))
    band: Mapped[str | None] = mapped_column(String(BAND_MAX))
    without: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    at: Mapped[datetime]
    by_person: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Appeal(Base):
    """That a person asks for another decision; `answer` is the branch's, `corrected_id` the new decision."""

    __tablename__ = "grades_appeal"
    __table_args__ = (Index(None, "person_id"),)
    __partial_indexes__: ClassVar = (PartialIndex("uq_grades_appeal_open", ("grade_id",), "state = 'open'"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    grade_id: Mapped[str] = mapped_column(ForeignKey("grades_grade.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[AppealState] = mapped_column(one_of(AppealState, 12))
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    corrected_id: Mapped[str | None] = mapped_column(ForeignKey("grades_grade.id", ondelete="SET NULL"))
