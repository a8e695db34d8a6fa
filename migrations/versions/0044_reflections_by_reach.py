"""reflections: the newest about a lesson or a week are found by who may read them"""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_TABLE = "reflections_reflection"
_THEN = ["reach_node_id", "state", "published_at"]


def upgrade() -> None:
    """Apply."""
    op.create_index(op.f("ix_reflections_reflection_lesson_reach"), _TABLE, ["lesson_id", *_THEN])
    op.create_index(op.f("ix_reflections_reflection_week_reach"), _TABLE, ["week", *_THEN])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_reflections_reflection_week_reach"), _TABLE)
    op.drop_index(op.f("ix_reflections_reflection_lesson_reach"), _TABLE)
