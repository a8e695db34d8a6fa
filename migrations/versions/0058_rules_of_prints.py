"""reflections: by which rules the fingerprints of a text were made"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "reflections_reflection", sa.Column("print_rules", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        op.f("ix_reflections_reflection_print_rules_number"),
        "reflections_reflection",
        ["print_rules", "number"],
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_reflections_reflection_print_rules_number"), "reflections_reflection")
    with op.batch_alter_table("reflections_reflection") as reflections:
        reflections.drop_column("print_rules")
