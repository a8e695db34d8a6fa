"""where a line comes from and how sure that is; what a machine heard of recordings

Lines whose times were guessed are known by their lesson; all others were given.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.String(16)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column("catalog_cue", sa.Column("source", sa.String(16), nullable=False, server_default="given"))
    op.add_column("catalog_cue", sa.Column("confidence", sa.Double(), nullable=True))
    op.add_column("catalog_cue", sa.Column("doubtful", sa.JSON(), nullable=True))
    op.execute(
        "UPDATE catalog_cue SET source = 'estimated' WHERE lesson_id IN"
        " (SELECT id FROM catalog_lesson WHERE transcript = 'estimated')"
    )
    op.add_column("catalog_transcript", sa.Column("alignment", sa.JSON(), nullable=True))
    op.add_column("catalog_transcript", sa.Column("places", sa.JSON(), nullable=True))
    op.add_column("catalog_transcript", sa.Column("repairs", sa.JSON(), nullable=True))
    op.create_table(
        "hearing_recognition",
        sa.Column("recording_id", _ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("wanted_by", _ID, nullable=True),
        sa.Column("wanted_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("heard_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.Column("track", sa.Integer(), nullable=True),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("version_n", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("reason_args", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["intake_recording.id"],
            name=op.f("fk_hearing_recognition_recording_id_intake_recording"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wanted_by"],
            ["people_person.id"],
            name=op.f("fk_hearing_recognition_wanted_by_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_hearing_recognition")),
    )
    op.create_index(op.f("ix_hearing_recognition_state"), "hearing_recognition", ["state"])
    op.create_index(op.f("ix_hearing_recognition_wanted_by"), "hearing_recognition", ["wanted_by"])
    op.create_table(
        "hearing_chunk",
        sa.Column("recording_id", _ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["hearing_recognition.recording_id"],
            name=op.f("fk_hearing_chunk_recording_id_hearing_recognition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_id", "n", name=op.f("pk_hearing_chunk")),
    )


def downgrade() -> None:
    """Undo. What machines heard is gone; lessons whose words were heard or laid by one keep their lines,
    which then count as given, and texts keep no place in the sound.
    """
    op.drop_table("hearing_chunk")
    op.drop_index(op.f("ix_hearing_recognition_wanted_by"), "hearing_recognition")
    op.drop_index(op.f("ix_hearing_recognition_state"), "hearing_recognition")
    op.drop_table("hearing_recognition")
    op.execute("UPDATE catalog_lesson SET transcript = 'exact' WHERE transcript IN ('aligned', 'recognised')")
    op.execute("UPDATE catalog_transcript SET quality = 'exact' WHERE quality = 'recognised'")
    for column in ("repairs", "places", "alignment"):
        op.drop_column("catalog_transcript", column)
    for column in ("doubtful", "confidence", "source"):
        op.drop_column("catalog_cue", column)
