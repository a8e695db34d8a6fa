"""when a lesson was taken from some who could watch it, and which clips a deleted one had"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("catalog_lesson") as lesson:
        lesson.add_column(sa.Column("narrowed_at", sa.DateTime(timezone=True), nullable=True))
        lesson.create_index("ix_catalog_lesson_narrowed_at", ["narrowed_at"])
    with op.batch_alter_table("catalog_deleted_lesson") as deleted:
        deleted.add_column(sa.Column("clips", sa.JSON(), nullable=False, server_default="[]"))
        deleted.create_index("ix_catalog_deleted_lesson_deleted_at", ["deleted_at"])


def downgrade() -> None:
    """Undo; addresses of what was withdrawn then play until they expire."""
    with op.batch_alter_table("catalog_deleted_lesson") as deleted:
        deleted.drop_index("ix_catalog_deleted_lesson_deleted_at")
        deleted.drop_column("clips")
    with op.batch_alter_table("catalog_lesson") as lesson:
        lesson.drop_index("ix_catalog_lesson_narrowed_at")
        lesson.drop_column("narrowed_at")
