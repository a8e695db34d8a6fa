"""hearing: whether lecturers want to be heard, and as what each recognition was asked for; works: how much of
a material's words was read

Materials in which nothing was found are read again: those that could not be read were not told from those in
which nothing is written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hearing_choice",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("chosen_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_hearing_choice_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_hearing_choice")),
    )
    op.add_column("hearing_recognition", sa.Column("asked_as", sa.String(16), nullable=True))
    op.add_column("works_file", sa.Column("words_read", sa.String(16), nullable=True))
    op.execute("UPDATE works_file SET words = NULL WHERE words = ''")


def downgrade() -> None:
    """Undo."""
    op.drop_column("works_file", "words_read")
    op.drop_column("hearing_recognition", "asked_as")
    op.drop_table("hearing_choice")
