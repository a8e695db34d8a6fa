"""gatherings: a room ends of its own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0056"
down_revision = "0054"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column("gatherings_room", sa.Column("ended_at", _MOMENT, nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("gatherings_room") as rooms:
        rooms.drop_column("ended_at")
