"""Tables of declarations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.core.partial_indexes import PartialIndex
from library.declaring.rules import REASON_MAX, REMARK_MAX, AnswerKind, Period
from library.declaring.states import State, Step


class LevelSetting(Base):
    """What a node says of levels for itself and all below it (`rules.Setting`); `levels` as JSON."""

    __tablename__ = "declaring_setting"
    __table_args__ = (Index(None, "set_by"),)

    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"), primary_key=True)
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    quota: Mapped[int]
    period: Mapped[Period] = mapped_column(one_of(Period, 8))
    set_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    set_at: Mapped[datetime]


class Declaration(Base):
    """A lesson on its way up. It stays the same one however often it is returned.

    `node_id` is the node that declares, `owner_id` whose lesson it is, `declared_by` who sent it up last.
    `route` are its levels (`rules.Level`), as the settings were when it was declared; `level` is the place of
    the present one in it, `level_node_id` its node. `round` counts from 1 how often it was declared; `moves`
    counts what changed where it stands, so that of two who decide at once the second is told. `due_at` is by
    when the present level is to decide. `chosen_at_node` is the node that chose it (精品).
    """

    __tablename__ = "declaring_declaration"
    __table_args__ = (
        Index(None, "level_node_id", "state", "due_at", "id"),
        Index(None, "node_id", "declared_at"),
        Index(None, "lesson_id", "declared_at"),
        Index(None, "owner_id"),
        Index(None, "declared_by"),
    )
    __partial_indexes__: ClassVar = (
        PartialIndex(
            "uq_declaring_declaration_open", ("lesson_id",), "state IN ('declared', 'returned', 'selected')"
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"))
    node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    declared_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    state: Mapped[State] = mapped_column(one_of(State, 16))
    route: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    level: Mapped[int]
    level_node_id: Mapped[str] = mapped_column(ForeignKey("organisation_node.id"))
    round: Mapped[int]
    moves: Mapped[int]
    declared_at: Mapped[datetime]
    due_at: Mapped[datetime]
    chosen_at_node: Mapped[str | None] = mapped_column(ForeignKey("organisation_node.id"))
    chosen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class DeclarationStep(Base):
    """One step of a declaration's history, in the order of `n`. Rows are added, never changed.

    `level` is the place in the route at which it was taken, `checked` the points that were ticked.
    """

    __tablename__ = "declaring_step"
    __table_args__ = (UniqueConstraint("declaration_id", "n"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    declaration_id: Mapped[str] = mapped_column(ForeignKey("declaring_declaration.id", ondelete="CASCADE"))
    n: Mapped[int]
    round: Mapped[int]
    level: Mapped[int]
    step: Mapped[Step] = mapped_column(one_of(Step, 16))
    state: Mapped[State] = mapped_column(one_of(State, 16))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    checked: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime]


class Remark(Base):
    """What a reviewer remarks: at a second of the lecture, at a line (`cue_n`, with its second), or about the
    whole. `quote` is the line as it was. `answer_kind` is None until the lecturer has answered.
    """

    __tablename__ = "declaring_remark"
    __table_args__ = (UniqueConstraint("declaration_id", "n"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    declaration_id: Mapped[str] = mapped_column(ForeignKey("declaring_declaration.id", ondelete="CASCADE"))
    n: Mapped[int]
    round: Mapped[int]
    level: Mapped[int]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    at_s: Mapped[float | None]
    cue_n: Mapped[int | None]
    quote: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(REMARK_MAX))
    made_at: Mapped[datetime]
    answer_kind: Mapped[AnswerKind | None] = mapped_column(one_of(AnswerKind, 8))
    answer: Mapped[str] = mapped_column(String(REMARK_MAX))
    answered_at: Mapped[datetime | None]
