"""gatherings, their rooms, lessons, rolls and showings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "gatherings_gathering",
        sa.Column("id", _ID, nullable=False),
        sa.Column("node_id", _ID, nullable=False),
        sa.Column("group_id", _ID, nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("form", sa.String(16), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("chair_id", _ID, nullable=True),
        sa.Column("recorder_id", _ID, nullable=True),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("secret", sa.String(64), nullable=True),
        sa.Column("series", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_id"],
            ["people_person.id"],
            name=op.f("fk_gatherings_gathering_chair_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["people_group.id"], name=op.f("fk_gatherings_gathering_group_id_people_group")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people_person.id"],
            name=op.f("fk_gatherings_gathering_made_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["people_branch.id"], name=op.f("fk_gatherings_gathering_node_id_people_branch")
        ),
        sa.ForeignKeyConstraint(
            ["recorder_id"],
            ["people_person.id"],
            name=op.f("fk_gatherings_gathering_recorder_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings_gathering")),
    )
    op.create_index(
        op.f("ix_gatherings_gathering_group_id_starts_at"), "gatherings_gathering", ["group_id", "starts_at"]
    )
    op.create_index(
        op.f("ix_gatherings_gathering_node_id_starts_at"), "gatherings_gathering", ["node_id", "starts_at"]
    )
    op.create_index(op.f("ix_gatherings_gathering_node_id_week"), "gatherings_gathering", ["node_id", "week"])
    op.create_index(op.f("ix_gatherings_gathering_series"), "gatherings_gathering", ["series"])
    op.create_index(
        op.f("ix_gatherings_gathering_state_starts_at"), "gatherings_gathering", ["state", "starts_at"]
    )
    op.create_table(
        "gatherings_lesson",
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("lesson_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_lesson_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_gatherings_lesson_lesson_id_catalog_lesson"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("gathering_id", "n", name=op.f("pk_gatherings_lesson")),
    )
    op.create_index(op.f("ix_gatherings_lesson_lesson_id"), "gatherings_lesson", ["lesson_id"])
    op.create_table(
        "gatherings_room",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("host_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_room_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["host_id"],
            ["people_person.id"],
            name=op.f("fk_gatherings_room_host_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings_room")),
        sa.UniqueConstraint("gathering_id", "n", name=op.f("uq_gatherings_room_gathering_id_n")),
    )
    op.create_table(
        "gatherings_roll",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("node_id", _ID, nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("due", sa.String(8), nullable=False),
        sa.Column("mark", sa.String(12), nullable=False),
        sa.Column("how", sa.String(12), nullable=True),
        sa.Column("room_id", _ID, nullable=True),
        sa.Column("arrived_at", _MOMENT, nullable=True),
        sa.Column("left_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_roll_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_gatherings_roll_person_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["gatherings_room.id"],
            name=op.f("fk_gatherings_roll_room_id_gatherings_room"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings_roll")),
        sa.UniqueConstraint(
            "gathering_id", "person_id", name=op.f("uq_gatherings_roll_gathering_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_gatherings_roll_person_id_gathering_id"), "gatherings_roll", ["person_id", "gathering_id"]
    )
    op.create_table(
        "gatherings_showing",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("room_id", _ID, nullable=True),
        sa.Column("lesson_id", _ID, nullable=True),
        sa.Column("played", sa.JSON(), nullable=False),
        sa.Column("moments", sa.JSON(), nullable=False),
        sa.Column("played_s", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("started_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_showing_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_gatherings_showing_lesson_id_catalog_lesson"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["gatherings_room.id"],
            name=op.f("fk_gatherings_showing_room_id_gatherings_room"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["started_by"],
            ["people_person.id"],
            name=op.f("fk_gatherings_showing_started_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings_showing")),
    )
    op.create_index(
        op.f("ix_gatherings_showing_gathering_id_started_at"),
        "gatherings_showing",
        ["gathering_id", "started_at"],
    )
    op.create_index(op.f("ix_gatherings_showing_lesson_id"), "gatherings_showing", ["lesson_id"])
    op.create_table(
        "gatherings_roll_change",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("gathering_id", _ID, nullable=False),
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("mark", sa.String(12), nullable=False),
        sa.Column("how", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("said_at", _MOMENT, nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_person", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_person"],
            ["people_person.id"],
            name=op.f("fk_gatherings_roll_change_by_person_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["gatherings_roll.id"],
            name=op.f("fk_gatherings_roll_change_entry_id_gatherings_roll"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings_gathering.id"],
            name=op.f("fk_gatherings_roll_change_gathering_id_gatherings_gathering"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings_roll_change")),
    )
    op.create_index(op.f("ix_gatherings_roll_change_by_person"), "gatherings_roll_change", ["by_person"])
    op.create_index(op.f("ix_gatherings_roll_change_entry_id"), "gatherings_roll_change", ["entry_id"])
    op.create_index(
        op.f("ix_gatherings_roll_change_gathering_id_at"), "gatherings_roll_change", ["gathering_id", "at"]
    )


def downgrade() -> None:
    """Undo."""
    for table in (
        "gatherings_roll_change",
        "gatherings_showing",
        "gatherings_roll",
        "gatherings_room",
        "gatherings_lesson",
        "gatherings_gathering",
    ):
        op.drop_table(table)
