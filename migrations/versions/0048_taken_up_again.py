"""upkeep: who is at a look, and its last sign of life; a backup tried out when asked; corrections lifted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_MOMENT = library.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("upkeep_look") as looks:
        looks.add_column(sa.Column("about", sa.String(40), nullable=False, server_default=""))
        looks.add_column(sa.Column("percent", sa.Double(), nullable=False, server_default="0"))
        looks.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        looks.add_column(sa.Column("holder", sa.String(64), nullable=False, server_default=""))
        looks.add_column(sa.Column("beat_at", _MOMENT, nullable=True))
    op.add_column("outbox_letter", sa.Column("held_until", _MOMENT, nullable=True))
    with op.batch_alter_table("evidence_correction") as corrections:
        corrections.add_column(sa.Column("again_id", sa.String(16), nullable=True))
        corrections.add_column(sa.Column("lifted_for", sa.String(200), nullable=False, server_default=""))
        corrections.create_foreign_key(
            op.f("fk_evidence_correction_again_id_evidence_entry"), "evidence_entry", ["again_id"], ["id"]
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("evidence_correction") as corrections:
        corrections.drop_constraint(
            op.f("fk_evidence_correction_again_id_evidence_entry"), type_="foreignkey"
        )
        for name in ("lifted_for", "again_id"):
            corrections.drop_column(name)
    with op.batch_alter_table("outbox_letter") as letters:
        letters.drop_column("held_until")
    with op.batch_alter_table("upkeep_look") as looks:
        for name in ("beat_at", "holder", "turn", "percent", "about"):
            looks.drop_column(name)
