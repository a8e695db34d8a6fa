"""letters that are sent by mail, and the addresses that people give for themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "people_mail_address",
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("wanted", sa.String(254), nullable=False),
        sa.Column("wanted_hash", sa.String(64), nullable=True),
        sa.Column("wanted_at", _MOMENT, nullable=True),
        _person("people_mail_address"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_mail_address")),
        sa.UniqueConstraint("wanted_hash", name=op.f("uq_people_mail_address_wanted_hash")),
    )
    op.create_table(
        "outbox_letter",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("written_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("problem", sa.String(200), nullable=False),
        _person("outbox_letter"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_letter_key")),
    )
    op.create_index(op.f("ix_outbox_letter_state_due_at"), "outbox_letter", ["state", "due_at"])
    op.create_index(op.f("ix_outbox_letter_person_id"), "outbox_letter", ["person_id"])


def _person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id_people_person")
    return sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Undo."""
    op.drop_table("outbox_letter")
    op.drop_table("people_mail_address")
