"""stretches of corrections, and what is always to be written so"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID = sa.String(16)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "correcting_stretch",
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("saved_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("edits", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id", "n"],
            ["catalog_transcript.lesson_id", "catalog_transcript.n"],
            name=op.f("fk_correcting_stretch_lesson_id_catalog_transcript"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "n", name=op.f("pk_correcting_stretch")),
    )
    op.create_table(
        "correcting_wording",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lecturer_id", _ID, nullable=True),
        sa.Column("owner_id", _ID, nullable=True),
        sa.Column("was", sa.String(60), nullable=False),
        sa.Column("now", sa.String(60), nullable=False),
        sa.Column("made_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lecturer_id"],
            ["catalog_lecturer.id"],
            name=op.f("fk_correcting_wording_lecturer_id_catalog_lecturer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["people_person.id"],
            name=op.f("fk_correcting_wording_owner_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correcting_wording")),
    )
    op.create_index(op.f("ix_correcting_wording_lecturer_id"), "correcting_wording", ["lecturer_id"])
    op.create_index(op.f("ix_correcting_wording_owner_id"), "correcting_wording", ["owner_id"])


def downgrade() -> None:
    """Undo. What was corrected stays, as transcripts like others."""
    op.drop_table("correcting_wording")
    op.drop_table("correcting_stretch")
