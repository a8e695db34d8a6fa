"""evidence: the ledger of what happened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "evidence_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("form", sa.String(16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("source_id", sa.String(40), nullable=False),
        sa.Column("lesson_id", _ID, nullable=True),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("reverses_id", _ID, nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_entry")),
    )
    op.create_index(op.f("ix_evidence_entry_node_id_day"), "evidence_entry", ["node_id", "day"])
    op.create_index(op.f("ix_evidence_entry_person_id_day"), "evidence_entry", ["person_id", "day"])
    op.create_index(op.f("ix_evidence_entry_recorded_at_id"), "evidence_entry", ["recorded_at", "id"])
    op.create_index(op.f("ix_evidence_entry_source_source_id"), "evidence_entry", ["source", "source_id"])
    op.create_index(
        "uq_evidence_entry_reversed",
        "evidence_entry",
        ["reverses_id"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    for table in ("evidence_entry",):
        op.drop_table(table)
