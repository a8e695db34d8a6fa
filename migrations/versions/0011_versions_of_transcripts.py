"""every transcript that a lesson was given is kept

What lessons have become their first version when it is next fitted or when another one comes
(library/catalog/transcript_versions.keep_present).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalog_transcript",
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("quality", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("cues", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("clock", sa.JSON(), nullable=True),
        sa.Column("shift_s", sa.Double(), nullable=False),
        sa.Column("shift_reason", sa.String(16), nullable=False),
        sa.Column("fit", sa.JSON(), nullable=True),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_catalog_transcript_lesson_id_catalog_lesson"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_catalog_transcript_person_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "n", name=op.f("pk_catalog_transcript")),
    )
    op.create_index(op.f("ix_catalog_transcript_person_id"), "catalog_transcript", ["person_id"])


def downgrade() -> None:
    """Undo; the transcripts in use stay, the others are gone."""
    op.drop_index(op.f("ix_catalog_transcript_person_id"), "catalog_transcript")
    op.drop_table("catalog_transcript")
