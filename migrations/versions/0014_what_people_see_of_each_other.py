"""views without an account are limited by address; frequent searches of members alone, with a stop list

What was counted of searches is forgotten: who asked is not known any more, and much of it came from people
without an account, as they typed it. It begins anew. The seconds of visitors are told apart from now on;
those of before are in `watched_s` alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = library.core.database.UtcDateTime(timezone=True)
_SUMS = ("plays_day", "plays_lesson_day", "plays_branch_day", "plays_lesson_sum", "plays_clip_sum")


def upgrade() -> None:
    """Apply."""
    op.add_column("plays_play", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in _SUMS:
        op.add_column(table, sa.Column("visitor_s", sa.Double(), nullable=False, server_default="0"))
    op.create_index(
        "ix_plays_play_held",
        "plays_play",
        ["lesson_id", "started_at"],
        sqlite_where=sa.text("held"),
        postgresql_where=sa.text("held"),
    )
    op.create_index(
        "ix_plays_play_place",
        "plays_play",
        ["branch_id", "started_at"],
        sqlite_where=sa.text("kind = 'group'"),
        postgresql_where=sa.text("kind = 'group'"),
    )
    op.create_table(
        "plays_origin",
        sa.Column("id", _ID, nullable=False),
        sa.Column("origin", sa.String(22), nullable=False),
        sa.Column("clip_id", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plays_origin")),
    )
    op.create_index(op.f("ix_plays_origin_origin_at"), "plays_origin", ["origin", "at"])
    op.create_index(op.f("ix_plays_origin_at"), "plays_origin", ["at"])
    op.create_table(
        "searches_stopped",
        sa.Column("id", _ID, nullable=False),
        sa.Column("folded", sa.String(60), nullable=False),
        sa.Column("text", sa.String(60), nullable=False),
        sa.Column("stopped_by", _ID, nullable=True),
        sa.Column("stopped_at", _MOMENT, nullable=False),
        sa.Column("lifted_by", _ID, nullable=True),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["stopped_by"],
            ["people_person.id"],
            name=op.f("fk_searches_stopped_stopped_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"],
            ["people_person.id"],
            name=op.f("fk_searches_stopped_lifted_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches_stopped")),
    )
    for column in ("stopped_by", "lifted_by", "lifted_at"):
        op.create_index(op.f(f"ix_searches_stopped_{column}"), "searches_stopped", [column])
    op.execute("DELETE FROM searches_asker")
    op.execute("DELETE FROM searches_day")


def downgrade() -> None:
    """Undo; the stop list is gone, and what the earlier version counts of searches begins anew, too."""
    op.execute("DELETE FROM searches_asker")
    op.execute("DELETE FROM searches_day")
    op.drop_table("searches_stopped")
    op.drop_table("plays_origin")
    op.drop_index("ix_plays_play_place", "plays_play")
    op.drop_index("ix_plays_play_held", "plays_play")
    for table in _SUMS:
        op.drop_column(table, "visitor_s")
    op.drop_column("plays_play", "held")
