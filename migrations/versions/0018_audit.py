"""who did what to whom, and when"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(32), nullable=False),
        sa.Column("by_person", sa.String(16), nullable=True),
        sa.Column("of_person", sa.String(16), nullable=True),
        sa.Column("thing", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    for column in ("at", "by_person", "of_person"):
        op.create_index(op.f(f"ix_audit_entry_{column}"), "audit_entry", [column])


def downgrade() -> None:
    """Undo. What was written down is gone."""
    op.drop_table("audit_entry")
