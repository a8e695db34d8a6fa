"""records: photos, and a template for the book of a year"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "records_photo",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("caption", sa.String(60), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("put_by", _ID, nullable=True),
        sa.Column("put_at", _MOMENT, nullable=False),
        _key("records_photo", "gathering_id", "gatherings_gathering", "CASCADE"),
        _key("records_photo", "put_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records_photo")),
    )
    op.create_index(op.f("ix_records_photo_gathering_id_put_at"), "records_photo", ["gathering_id", "put_at"])
    op.create_table(
        "records_book_template",
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("put_by", _ID, nullable=True),
        sa.Column("put_at", _MOMENT, nullable=False),
        _key("records_book_template", "node_id", "organisation_node", "CASCADE"),
        _key("records_book_template", "put_by", "people_person", "SET NULL"),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_records_book_template")),
    )


def _key(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    """Undo."""
    op.drop_table("records_book_template")
    op.drop_table("records_photo")
