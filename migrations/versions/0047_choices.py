"""choices: what administrators choose at run time; upkeep: what takes space"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "choices_value",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_by", _ID, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        _key("choices_value", "changed_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_choices_value")),
    )
    op.create_table(
        "choices_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        _key("choices_change", "person_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choices_change")),
    )
    op.create_index(op.f("ix_choices_change_name"), "choices_change", ["name"])
    op.create_table(
        "choices_emblem",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_choices_emblem")),
    )
    counter = op.create_table(
        "choices_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choices_version")),
    )
    op.bulk_insert(counter, [{"id": 1, "value": 0}])
    op.create_table(
        "upkeep_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(8), nullable=False),
        sa.Column("asked_by", _ID, nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=True),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("figures", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=False),
        _key("upkeep_look", "asked_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep_look")),
    )
    op.create_index(op.f("ix_upkeep_look_done_at"), "upkeep_look", ["done_at"])
    op.create_table(
        "handling_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        _key("handling_batch", "person_id", "people_person", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_batch")),
    )
    op.create_index(op.f("ix_handling_batch_person_id_at"), "handling_batch", ["person_id", "at"])
    op.create_table(
        "handling_item",
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        _key("handling_item", "batch_id", "handling_batch", "CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "lesson_id", name=op.f("pk_handling_item")),
    )
    op.create_table(
        "handling_view",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        _key("handling_view", "person_id", "people_person", "CASCADE"),
        _key("handling_view", "node_id", "people_branch", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_view")),
    )
    op.create_index(op.f("ix_handling_view_person_id"), "handling_view", ["person_id"])
    op.create_index(op.f("ix_handling_view_node_id"), "handling_view", ["node_id"])


def _key(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    """Undo."""
    for table in (
        "handling_view",
        "handling_item",
        "handling_batch",
        "upkeep_look",
        "choices_version",
        "choices_emblem",
        "choices_change",
        "choices_value",
    ):
        op.drop_table(table)
