"""versions: covers, materials and honours of a published lesson wait in its draft, stay with versions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for table in ("works_honour", "works_file"):
        op.add_column(table, sa.Column("standing", sa.String(8), server_default="shown", nullable=False))
    op.create_table(
        "versions_cover",
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("folder", sa.String(12), nullable=False),
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["clip_id"],
            ["catalog_clip.id"],
            name=op.f("fk_versions_cover_clip_id_catalog_clip"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_versions_cover_lesson_id_catalog_lesson"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clip_id", "folder", name=op.f("pk_versions_cover")),
    )
    op.create_index(op.f("ix_versions_cover_lesson_id"), "versions_cover", ["lesson_id"])


def downgrade() -> None:
    """Undo. What viewers do not see would be seen: it goes."""
    op.execute("DELETE FROM works_file WHERE standing <> 'shown'")
    op.execute(
        "DELETE FROM works_file WHERE honour_id IN (SELECT id FROM works_honour WHERE standing <> 'shown')"
    )
    op.execute("DELETE FROM works_honour WHERE standing <> 'shown'")
    op.drop_table("versions_cover")
    op.drop_column("works_file", "standing")
    op.drop_column("works_honour", "standing")
