"""words and synonyms that staff teach the search"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    moment = library.core.database.UtcDateTime(timezone=True)
    op.create_table(
        "wording_entry",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_by", sa.String(16), nullable=True),
        sa.Column("changed_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["people_person.id"],
            name=op.f("fk_wording_entry_changed_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_entry")),
    )
    op.create_table(
        "wording_switched_off",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_switched_off")),
    )
    op.create_table(
        "wording_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_wording_change_person_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_change")),
    )
    op.create_table(
        "wording_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_version")),
    )
    op.execute("INSERT INTO wording_version (id, value) VALUES (1, 0)")


def downgrade() -> None:
    """Undo; what staff have taught is lost, and what is shipped is in use again."""
    for name in ("wording_version", "wording_change", "wording_switched_off", "wording_entry"):
        op.drop_table(name)
