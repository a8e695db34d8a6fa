"""clips that are made anew while the old ones play, pictures to choose from, cancelled runs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATES = "'receiving', 'waiting', 'working', 'ready', 'failed', 'refused'"


def upgrade() -> None:
    """Apply."""
    moment = library.core.database.UtcDateTime(timezone=True)
    with op.batch_alter_table("catalog_clip") as clip:
        clip.alter_column("n", existing_type=sa.Integer(), nullable=True)
        clip.alter_column(
            "poster",
            existing_type=sa.Boolean(),
            type_=sa.String(40),
            existing_nullable=False,
            postgresql_using="CASE WHEN poster THEN '1' ELSE '0' END",
        )
        # PostgreSQL's INTEGER ends at 2 GiB.
        clip.alter_column("size_bytes", existing_type=sa.Integer(), type_=sa.BigInteger())
        clip.add_column(sa.Column("title", sa.String(200), nullable=False, server_default=""))
        clip.add_column(sa.Column("stills", sa.Integer(), nullable=False, server_default="0"))
        clip.add_column(sa.Column("strip", sa.Boolean(), nullable=False, server_default=sa.false()))
        clip.add_column(sa.Column("early", sa.String(32), nullable=True))
        clip.add_column(sa.Column("copied", sa.String(32), nullable=False, server_default=""))
        clip.add_column(sa.Column("sizes", sa.JSON(), nullable=False, server_default="{}"))
        clip.add_column(sa.Column("replaced_at", moment, nullable=True))
    op.execute("UPDATE catalog_clip SET poster = CASE WHEN poster = '1' THEN 'poster.jpg' ELSE '' END")
    with op.batch_alter_table("intake_original") as original:
        original.alter_column("size_bytes", existing_type=sa.Integer(), type_=sa.BigInteger())
    with op.batch_alter_table("intake_recording") as recording:
        recording.alter_column("size_bytes", existing_type=sa.Integer(), type_=sa.BigInteger())
        recording.add_column(sa.Column("wanted", sa.JSON(), nullable=True))
        recording.drop_constraint(op.f("ck_intake_recording_state"), type_="check")
        recording.create_check_constraint(
            op.f("ck_intake_recording_state"), f"state IN ({_STATES}, 'cancelled')"
        )


def downgrade() -> None:
    """Undo; clips that hold no place in their lesson are lost, and cancelled runs have failed."""
    op.execute("UPDATE intake_recording SET state = 'failed' WHERE state = 'cancelled'")
    with op.batch_alter_table("intake_recording") as recording:
        recording.drop_constraint(op.f("ck_intake_recording_state"), type_="check")
        recording.create_check_constraint(op.f("ck_intake_recording_state"), f"state IN ({_STATES})")
        recording.drop_column("wanted")
        recording.alter_column("size_bytes", existing_type=sa.BigInteger(), type_=sa.Integer())
    with op.batch_alter_table("intake_original") as original:
        original.alter_column("size_bytes", existing_type=sa.BigInteger(), type_=sa.Integer())
    op.execute("DELETE FROM catalog_clip WHERE n IS NULL")
    op.execute("UPDATE catalog_clip SET poster = CASE WHEN poster = 'poster.jpg' THEN '1' ELSE '0' END")
    with op.batch_alter_table("catalog_clip") as clip:
        for name in ("replaced_at", "sizes", "copied", "early", "strip", "stills", "title"):
            clip.drop_column(name)
        clip.alter_column("size_bytes", existing_type=sa.BigInteger(), type_=sa.Integer())
        clip.alter_column(
            "poster",
            existing_type=sa.String(40),
            type_=sa.Boolean(),
            existing_nullable=False,
            postgresql_using="poster = '1'",
        )
        clip.alter_column("n", existing_type=sa.Integer(), nullable=False)
