"""works: what is written of lecturers and topics, with a picture"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_ID = sa.String(16)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "works_about",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lecturer_id", _ID, nullable=True),
        sa.Column("topic_id", _ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        _key("lecturer_id", "catalog_lecturer"),
        _key("topic_id", "catalog_topic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_about")),
    )
    for column in ("lecturer_id", "topic_id", "sha256"):
        op.create_index(op.f(f"ix_works_about_{column}"), "works_about", [column])


def _key(column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_works_about_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Undo."""
    op.drop_table("works_about")
