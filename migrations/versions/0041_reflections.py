"""reflections: texts, quotes, sounds, what was asked for, fingerprints"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_TEXT = "reflections_reflection"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        _TEXT,
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=True),
        sa.Column("lesson_id", _ID, nullable=True),
        sa.Column("week", sa.String(8), nullable=True),
        sa.Column("gathering_id", _ID, nullable=True),
        sa.Column("form", sa.String(16), nullable=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reach", sa.String(8), nullable=True),
        sa.Column("reach_node_id", _ID, nullable=True),
        sa.Column("remark", sa.String(500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.Column("decided_by", _ID, nullable=True),
        _key(_TEXT, "person_id", "people_person", "CASCADE"),
        _key(_TEXT, "node_id", "people_branch"),
        _key(_TEXT, "lesson_id", "catalog_lesson", "SET NULL"),
        _key(_TEXT, "reach_node_id", "people_branch"),
        _key(_TEXT, "decided_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TEXT}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{_TEXT}_number")),
    )
    for columns in (
        ["person_id", "changed_at"],
        ["node_id", "state", "sent_at"],
        ["lesson_id", "state", "published_at"],
        ["week", "state", "published_at"],
        ["gathering_id"],
        ["state", "published_at"],
        ["reach_node_id", "state", "published_at"],
        ["decided_by"],
    ):
        op.create_index(op.f(f"ix_{_TEXT}_{'_'.join(columns)}"), _TEXT, columns)
    op.create_table(
        "reflections_quote",
        sa.Column("reflection_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("clip_id", _ID, nullable=True),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        _key("reflections_quote", "reflection_id", _TEXT, "CASCADE"),
        _key("reflections_quote", "clip_id", "catalog_clip", "SET NULL"),
        sa.PrimaryKeyConstraint("reflection_id", "n", name=op.f("pk_reflections_quote")),
    )
    op.create_index(op.f("ix_reflections_quote_clip_id"), "reflections_quote", ["clip_id"])
    op.create_table(
        "reflections_sound",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reflection_id", _ID, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        _key("reflections_sound", "reflection_id", _TEXT, "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections_sound")),
        sa.UniqueConstraint("reflection_id", name=op.f("uq_reflections_sound_reflection_id")),
    )
    op.create_index(op.f("ix_reflections_sound_state_made_at"), "reflections_sound", ["state", "made_at"])
    op.create_table(
        "reflections_gone_sound",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gone_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections_gone_sound")),
    )
    op.create_table(
        "reflections_prompt",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("asked_by", _ID, nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        _key("reflections_prompt", "node_id", "people_branch"),
        _key("reflections_prompt", "asked_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflections_prompt")),
        sa.UniqueConstraint("node_id", "week", name=op.f("uq_reflections_prompt_node_id_week")),
    )
    op.create_index(op.f("ix_reflections_prompt_asked_by"), "reflections_prompt", ["asked_by"])
    op.create_table(
        "reflections_print",
        sa.Column("hash", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "number", name=op.f("pk_reflections_print")),
        sqlite_with_rowid=False,
    )


def _key(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    """Undo."""
    for table in (
        "reflections_print",
        "reflections_prompt",
        "reflections_gone_sound",
        "reflections_sound",
        "reflections_quote",
        _TEXT,
    ):
        op.drop_table(table)
