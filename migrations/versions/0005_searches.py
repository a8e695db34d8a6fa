"""saved searches, and what several people searched for on a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    moment = library.core.database.UtcDateTime(timezone=True)
    op.create_table(
        "searches_saved",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("folded", sa.String(80), nullable=False),
        sa.Column("query", sa.String(300), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(16), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_searches_saved_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches_saved")),
        sa.UniqueConstraint("person_id", "folded", name=op.f("uq_searches_saved_person_id_folded")),
    )
    op.create_table(
        "searches_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("folded", sa.String(60), nullable=False),
        sa.Column("text", sa.String(60), nullable=False),
        sa.Column("searchers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "folded", name=op.f("pk_searches_day")),
    )
    op.create_table(
        "searches_asker",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("folded", sa.String(60), nullable=False),
        sa.Column("mark", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("day", "folded", "mark", name=op.f("pk_searches_asker")),
    )


def downgrade() -> None:
    """Undo; saved searches and the counts are lost."""
    op.drop_table("searches_asker")
    op.drop_table("searches_day")
    op.drop_table("searches_saved")
