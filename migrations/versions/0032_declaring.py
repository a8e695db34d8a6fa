"""declaring: levels as nodes set them, declarations, their steps and remarks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_OPEN = sa.text("state IN ('declared', 'returned', 'selected')")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "declaring_setting",
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("set_by", _ID, nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        _key("declaring_setting", "node_id", "people_branch", None),
        _key("declaring_setting", "set_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_declaring_setting")),
    )
    op.create_index(op.f("ix_declaring_setting_set_by"), "declaring_setting", ["set_by"])
    op.create_table(
        "declaring_declaration",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=True),
        sa.Column("declared_by", _ID, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("route", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_node_id", _ID, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("declared_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("chosen_at_node", _ID, nullable=True),
        sa.Column("chosen_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _key("declaring_declaration", "lesson_id", "catalog_lesson", "CASCADE"),
        _key("declaring_declaration", "node_id", "people_branch", None),
        _key("declaring_declaration", "owner_id", "people_person", "SET NULL"),
        _key("declaring_declaration", "declared_by", "people_person", "SET NULL"),
        _key("declaring_declaration", "level_node_id", "people_branch", None),
        _key("declaring_declaration", "chosen_at_node", "people_branch", None),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaring_declaration")),
    )
    for columns in (
        ["level_node_id", "state", "due_at", "id"],
        ["node_id", "declared_at"],
        ["lesson_id", "declared_at"],
        ["owner_id"],
        ["declared_by"],
    ):
        name = op.f(f"ix_declaring_declaration_{'_'.join(columns)}")
        op.create_index(name, "declaring_declaration", columns)
    op.create_index(
        "uq_declaring_declaration_open",
        "declaring_declaration",
        ["lesson_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "declaring_step",
        sa.Column("id", _ID, nullable=False),
        sa.Column("declaration_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("checked", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _key("declaring_step", "declaration_id", "declaring_declaration", "CASCADE"),
        _key("declaring_step", "person_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaring_step")),
        sa.UniqueConstraint("declaration_id", "n", name=op.f("uq_declaring_step_declaration_id_n")),
    )
    op.create_index(op.f("ix_declaring_step_person_id"), "declaring_step", ["person_id"])
    op.create_table(
        "declaring_remark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("declaration_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("at_s", sa.Double(), nullable=True),
        sa.Column("cue_n", sa.Integer(), nullable=True),
        sa.Column("quote", sa.String(200), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("answer_kind", sa.String(8), nullable=True),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        _key("declaring_remark", "declaration_id", "declaring_declaration", "CASCADE"),
        _key("declaring_remark", "person_id", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaring_remark")),
        sa.UniqueConstraint("declaration_id", "n", name=op.f("uq_declaring_remark_declaration_id_n")),
    )
    op.create_index(op.f("ix_declaring_remark_person_id"), "declaring_remark", ["person_id"])


def _key(table: str, column: str, to: str, on_delete: str | None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def downgrade() -> None:
    """Undo. Declarations are given up; the lessons stay as they are."""
    op.drop_table("declaring_remark")
    op.drop_table("declaring_step")
    op.drop_table("declaring_declaration")
    op.drop_table("declaring_setting")
