"""Tables of calls."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.calls.awarding import PRIZE_MAX
from library.calls.rules import BODY_MAX, CATEGORY_MAX, TITLE_MAX, WHY_MAX, Criterion, Stage
from library.catalog.tables import Lecturer
from library.core.database import ID, Base, one_of
from library.organisation.tables import Node
from library.works.rules import AWARD_MAX, Shown
from library.works.tables import Honour


class Call(Base):
    """A node's call for works, for all below it. Days are Chinese and count as a whole.

    `demands` is demands.Demands, `criteria` a list of [name, weight]; `quota` the most works of each node
    right below, None for any number. `version` grows with every change: of two at once the second sees it.
    """

    __tablename__ = "calls_call"
    __table_args__ = (Index(None, "node_id", "stage"), Index(None, "changed_by"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    text: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(String(BODY_MAX))
    categories: Mapped[list[str]] = mapped_column(JSON)
    demands: Mapped[dict[str, Any]] = mapped_column(JSON)
    criteria: Mapped[list[list[Any]]] = mapped_column(JSON)
    quota: Mapped[int | None]
    scale: Mapped[int]
    blind: Mapped[bool]
    trimmed: Mapped[bool]
    stage: Mapped[Stage] = mapped_column(one_of(Stage, 8, check="stage"))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    judged_until: Mapped[date]
    results_on: Mapped[date]
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))

    node: Mapped[Node] = relationship(lazy="joined", innerjoin=True)

    @property
    def criteria_of(self) -> tuple[Criterion, ...]:
        """The criteria as values."""
        return tuple(Criterion(str(name), int(weight)) for name, weight in self.criteria)


class Entry(Base):
    """A work that was entered into a call; `n` is its number there, by which a blind judge knows it.

    `unit_id` is the node right below the caller's (or that itself) for which it counts, `slot` its place
    among what that may enter. `lesson_id` is None once the lesson was deleted; `title` stays. `report` is
    what the machine had found when it was entered. `prize` is what it was given, "" for nothing.
    """

    __tablename__ = "calls_entry"
    __table_args__ = (
        UniqueConstraint("call_id", "n"),
        UniqueConstraint("call_id", "lesson_id"),
        UniqueConstraint("call_id", "unit_id", "slot"),
        CheckConstraint("slot >= 1", name="slot"),
        Index(None, "lesson_id"),
        Index(None, "entered_by"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls_call.id", ondelete="CASCADE"))
    n: Mapped[int]
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(CATEGORY_MAX))
    unit_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    slot: Mapped[int]
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    prize: Mapped[str] = mapped_column(String(PRIZE_MAX), default="")
    entered_at: Mapped[datetime]
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))


class Judge(Base):
    """Somebody who scores a call's works. `handed_in_at` is when all their scores became final, None before.

    Without a `person_id` they were erased; their scores stay.
    """

    __tablename__ = "calls_judge"
    __table_args__ = (UniqueConstraint("call_id", "person_id"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls_call.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    invited_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]


class Score(Base):
    """What a judge gave a work: points in the order of the call's criteria, and a word of why."""

    __tablename__ = "calls_score"
    __table_args__ = (Index(None, "judge_id"),)

    entry_id: Mapped[str] = mapped_column(ForeignKey("calls_entry.id", ondelete="CASCADE"), primary_key=True)
    judge_id: Mapped[str] = mapped_column(ForeignKey("calls_judge.id", ondelete="CASCADE"), primary_key=True)
    points: Mapped[list[int]] = mapped_column(JSON)
    why: Mapped[str] = mapped_column(String(WHY_MAX))
    scored_at: Mapped[datetime]


class Certificate(Base):
    """That a work was given an honour, as it was printed: with it goes out a code that proves it.

    It keeps its own words: a certificate on a wall does not change when a lesson is renamed; who teaches is
    named as the catalogue names them. It is no longer valid once `withdrawn_at` is set, or once viewers
    do not see the honour any more (`honour_id` None: it is gone).
    """

    __tablename__ = "calls_certificate"
    __table_args__ = (
        UniqueConstraint("code"),
        Index(None, "entry_id"),
        Index(None, "honour_id"),
        Index(None, "call_id"),
        Index(None, "lecturer_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(24))
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls_call.id", ondelete="SET NULL"))
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("calls_entry.id", ondelete="SET NULL"))
    honour_id: Mapped[str | None] = mapped_column(ForeignKey("works_honour.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))
    lecturer_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_lecturer.id", ondelete="SET NULL"))
    unit: Mapped[str] = mapped_column(String(80))
    award: Mapped[str] = mapped_column(String(AWARD_MAX))
    year: Mapped[int]
    body: Mapped[str] = mapped_column(String(BODY_MAX))
    issued_on: Mapped[date]
    withdrawn_at: Mapped[datetime | None]

    lecturer: Mapped[Lecturer | None] = relationship(lazy="joined")
    honour: Mapped[Honour | None] = relationship(viewonly=True)

    @property
    def valid(self) -> bool:
        """Whether it still holds."""
        shown = self.honour is not None and self.honour.standing is Shown.SHOWN
        return self.withdrawn_at is None and shown


class LookState(StrEnum):
    """How far looking for black bars is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Look(Base):
    """That the edges of a recording's picture are to be looked at, and what was seen: demands.Bars, None for
    nothing that can be known. `taken_at` is when a worker began, `tries` how often one did."""

    __tablename__ = "calls_look"
    __table_args__ = (Index(None, "state"),)

    recording_id: Mapped[str] = mapped_column(
        ForeignKey("intake_recording.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[LookState] = mapped_column(one_of(LookState, 8))
    bars: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))
    tries: Mapped[int]
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
