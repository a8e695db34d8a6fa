"""which workers there are, and their signs of life"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "intake_worker",
        sa.Column("executor_id", sa.String(200), nullable=False),
        sa.Column("signs", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name=op.f("pk_intake_worker")),
    )


def downgrade() -> None:
    """Undo. Workers that died are left to start again by themselves."""
    op.drop_table("intake_worker")
