"""showings that were counted; records, their lines, signatures and additions; templates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)


def _of_gathering(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["gathering_id"],
        ["gatherings_gathering.id"],
        name=op.f(f"fk_{table}_gathering_id_gatherings_gathering"),
        ondelete="CASCADE",
    )


def _of_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["people_person.id"], name=op.f(f"fk_{table}_{column}_people_person"), ondelete="SET NULL"
    )


def upgrade() -> None:
    """Apply."""
    op.add_column("gatherings_showing", sa.Column("counted_at", _MOMENT, nullable=True))
    op.create_table(
        "records_record",
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("locked_at", _MOMENT, nullable=True),
        _of_gathering("records_record"),
        sa.PrimaryKeyConstraint("gathering_id", name=op.f("pk_records_record")),
    )
    op.create_table(
        "records_line",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("beside", sa.String(36), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("written_by", _ID, nullable=True),
        sa.Column("written_at", _MOMENT, nullable=False),
        _of_gathering("records_line"),
        _of_person("records_line", "written_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records_line")),
    )
    op.create_index(
        op.f("ix_records_line_gathering_id_part_place"), "records_line", ["gathering_id", "part", "place"]
    )
    op.create_table(
        "records_signature",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("taken_back_at", _MOMENT, nullable=True),
        _of_gathering("records_signature"),
        _of_person("records_signature", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records_signature")),
    )
    op.create_table(
        "records_addition",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _of_gathering("records_addition"),
        _of_person("records_addition", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records_addition")),
    )
    for table in ("records_signature", "records_addition"):
        op.create_index(op.f(f"ix_{table}_gathering_id_at"), table, ["gathering_id", "at"])
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    op.create_table(
        "records_template",
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("put_by", _ID, nullable=True),
        sa.Column("put_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["people_branch.id"],
            name=op.f("fk_records_template_node_id_people_branch"),
            ondelete="CASCADE",
        ),
        _of_person("records_template", "put_by"),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_records_template")),
    )


def downgrade() -> None:
    """Undo."""
    for table in (
        "records_template",
        "records_addition",
        "records_signature",
        "records_line",
        "records_record",
    ):
        op.drop_table(table)
    op.drop_column("gatherings_showing", "counted_at")
