"""who says a line of a transcript"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; of lines that are there nobody is known to have said them."""
    op.add_column("catalog_cue", sa.Column("speaker", sa.String(60), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo; who said a line is forgotten."""
    with op.batch_alter_table("catalog_cue") as cue:
        cue.drop_column("speaker")
