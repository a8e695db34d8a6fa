"""who has begun uploads, and from where, for limits; clips whose files are lost and made again

Nothing is known of uploads that were begun before: they count for nobody's hour and day.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "intake_begun_upload",
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_intake_begun_upload")),
    )
    op.create_index(op.f("ix_intake_begun_upload_begun_at"), "intake_begun_upload", ["begun_at"])
    op.create_index(op.f("ix_intake_begun_upload_account"), "intake_begun_upload", ["account"])
    op.create_index(op.f("ix_intake_begun_upload_address"), "intake_begun_upload", ["address"])
    op.add_column("intake_recording", sa.Column("lost", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo; recordings whose clips are being made again go on, and make only what has no files."""
    op.drop_column("intake_recording", "lost")
    op.drop_index(op.f("ix_intake_begun_upload_address"), "intake_begun_upload")
    op.drop_index(op.f("ix_intake_begun_upload_account"), "intake_begun_upload")
    op.drop_index(op.f("ix_intake_begun_upload_begun_at"), "intake_begun_upload")
    op.drop_table("intake_begun_upload")
