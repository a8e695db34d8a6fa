"""the programme of weeks: what a node planned for a week, its lessons, and when it comes out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_WAITS = sa.text("released_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "programme_week",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("theme", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_by", _ID, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        _key("programme_week", "node_id", "people_branch", None),
        _key("programme_week", "planned_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_week")),
        sa.UniqueConstraint("node_id", "week", name=op.f("uq_programme_week_node_id_week")),
    )
    op.create_index(op.f("ix_programme_week_planned_by"), "programme_week", ["planned_by"])
    op.create_table(
        "programme_week_lesson",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("lesson_id", _ID, nullable=True),
        _key("programme_week_lesson", "plan_id", "programme_week", "CASCADE"),
        _key("programme_week_lesson", "lesson_id", "catalog_lesson", "SET NULL"),
        sa.PrimaryKeyConstraint("plan_id", "n", name=op.f("pk_programme_week_lesson")),
    )
    op.create_index(op.f("ix_programme_week_lesson_lesson_id"), "programme_week_lesson", ["lesson_id"])
    op.create_table(
        "programme_release",
        sa.Column("plan_id", _ID, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("released_at", _MOMENT, nullable=True),
        _key("programme_release", "plan_id", "programme_week", "CASCADE"),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_programme_release")),
    )
    op.create_index(
        "ix_programme_release_due",
        "programme_release",
        ["due_at"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def _key(table: str, column: str, to: str, on_delete: str | None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def downgrade() -> None:
    """Undo. The weeks that were planned are given up; the lessons stay."""
    op.drop_table("programme_release")
    op.drop_table("programme_week_lesson")
    op.drop_table("programme_week")
