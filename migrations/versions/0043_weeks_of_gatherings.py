"""gatherings: those of a week are found without looking at those of all weeks"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(op.f("ix_gatherings_gathering_week_state"), "gatherings_gathering", ["week", "state"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_gatherings_gathering_week_state"), "gatherings_gathering")
