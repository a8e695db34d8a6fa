"""the form in which the pictures of a clip are there small too"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Clips that are there have none: lists show their large pictures on."""
    with op.batch_alter_table("catalog_clip") as clip:
        clip.add_column(sa.Column("small", sa.String(8), server_default="", nullable=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("catalog_clip") as clip:
        clip.drop_column("small")
