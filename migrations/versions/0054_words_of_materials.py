"""works: what is written in materials, and how often each was taken along"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("works_file", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("works_file", sa.Column("downloads", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Undo."""
    op.drop_column("works_file", "downloads")
    op.drop_column("works_file", "words")
