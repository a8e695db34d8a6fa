"""lessons for chosen nodes, learning groups and kinds of members"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

_CHECK = "ck_catalog_lesson_audience"
_BEFORE = "audience IN ('everyone', 'signed_in')"
_SINCE = "audience IN ('everyone', 'signed_in', 'organisation', 'chosen')"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("catalog_lesson") as lesson:
        lesson.add_column(sa.Column("chosen", sa.JSON(), nullable=False, server_default="[]"))
        lesson.drop_constraint(op.f(_CHECK), type_="check")
        lesson.create_check_constraint(op.f(_CHECK), _SINCE)
    op.create_table(
        "catalog_audience",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_catalog_audience_lesson_id_catalog_lesson"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "token", name=op.f("pk_catalog_audience")),
    )
    op.create_index(op.f("ix_catalog_audience_token"), "catalog_audience", ["token"])


def downgrade() -> None:
    """Undo. What was for some is withdrawn, for nobody can say it in the words of before: it would be shown
    to all who sign in."""
    op.execute(
        sa.text(
            "UPDATE catalog_lesson SET state = CASE WHEN state = 'published' THEN 'withdrawn' "
            "ELSE state END, "
            "audience = 'signed_in' WHERE audience IN ('organisation', 'chosen')"
        )
    )
    op.drop_table("catalog_audience")
    with op.batch_alter_table("catalog_lesson") as lesson:
        lesson.drop_constraint(op.f(_CHECK), type_="check")
        lesson.create_check_constraint(op.f(_CHECK), _BEFORE)
        lesson.drop_column("chosen")
