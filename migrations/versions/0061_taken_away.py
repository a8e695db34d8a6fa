"""works: what was taken away from lessons, so that no import brings it back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "works_taken_away",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_works_taken_away_lesson_id_catalog_lesson"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "digest", name=op.f("pk_works_taken_away")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("works_taken_away")
