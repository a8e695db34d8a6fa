"""which tracks of a recording were chosen, and which clips are to be made again for it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("intake_recording") as recording:
        recording.add_column(sa.Column("tracks", sa.JSON(none_as_null=True), nullable=True))
        recording.add_column(sa.Column("remake", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Undo. Choices are forgotten; what was made of them plays on."""
    with op.batch_alter_table("intake_recording") as recording:
        recording.drop_column("remake")
        recording.drop_column("tracks")
