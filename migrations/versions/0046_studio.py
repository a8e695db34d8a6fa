"""studio: covers, steps that were looked at, who has a lesson's words open"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column("catalog_lesson", sa.Column("cover", sa.String(32), server_default="", nullable=False))
    op.add_column("catalog_clip", sa.Column("cover", sa.String(12), server_default="", nullable=False))
    op.add_column("catalog_clip", sa.Column("cover_at", _MOMENT, nullable=True))
    op.create_table(
        "studio_step_done",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_studio_step_done_lesson_id_catalog_lesson"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_studio_step_done_person_id_people_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "step", name=op.f("pk_studio_step_done")),
    )
    op.create_index(op.f("ix_studio_step_done_person_id"), "studio_step_done", ["person_id"])
    op.create_table(
        "studio_editor",
        sa.Column("lesson_id", sa.String(16), nullable=False),
        sa.Column("window_id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["catalog_lesson.id"],
            name=op.f("fk_studio_editor_lesson_id_catalog_lesson"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people_person.id"],
            name=op.f("fk_studio_editor_person_id_people_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "window_id", name=op.f("pk_studio_editor")),
    )
    op.create_index(op.f("ix_studio_editor_person_id"), "studio_editor", ["person_id"])
    op.create_index(op.f("ix_studio_editor_seen_at"), "studio_editor", ["seen_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("studio_editor")
    op.drop_table("studio_step_done")
    op.drop_column("catalog_clip", "cover_at")
    op.drop_column("catalog_clip", "cover")
    op.drop_column("catalog_lesson", "cover")
