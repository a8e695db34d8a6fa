"""gatherings: those below, who is asked by name, wrong digits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "gatherings_gathering", sa.Column("below", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("gatherings_gathering", sa.Column("late_from", _MOMENT, nullable=True))
    op.create_table(
        "gatherings_asked",
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_asked_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_gatherings_asked_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gathering_id", "person_id", name=op.f("pk_gatherings_asked")),
    )
    op.create_index(op.f("ix_gatherings_asked_person_id"), "gatherings_asked", ["person_id"])
    op.create_table(
        "gatherings_guess",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_guess_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_gatherings_guess_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings_guess")),
    )
    op.create_index(op.f("ix_gatherings_guess_gathering_id_at"), "gatherings_guess", ["gathering_id", "at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("gatherings_guess")
    op.drop_table("gatherings_asked")
    op.drop_column("gatherings_gathering", "late_from")
    op.drop_column("gatherings_gathering", "below")
