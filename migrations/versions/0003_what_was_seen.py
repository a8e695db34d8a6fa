"""what a look over a recording found: slide turns, a storyboard, key frames"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("intake_recording") as recording:
        recording.add_column(sa.Column("look", sa.JSON(), nullable=True))
        recording.add_column(sa.Column("key_frames", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo; the next run of a recording looks again."""
    with op.batch_alter_table("intake_recording") as recording:
        recording.drop_column("key_frames")
        recording.drop_column("look")
