"""people: who is a member of a committee (班子成员), and from when to when"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_TABLE = "people_committee"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("noted_at", library.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(16), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_people_committee_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"],
            ["people_person.id"],
            name=op.f("fk_people_committee_noted_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_committee")),
    )
    op.create_index(op.f("ix_people_committee_person_id_since"), _TABLE, ["person_id", "since"])


def downgrade() -> None:
    """Undo."""
    op.drop_table(_TABLE)
