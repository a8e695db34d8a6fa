"""catalog: the newest lessons of a lecturer and of a topic are found in their order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import library.core.database

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None

_LESSON, _TOPIC = "catalog_lesson", "catalog_lesson_topic"
_ITS_OWN = f"(SELECT published_at FROM {_LESSON} WHERE {_LESSON}.id = {_TOPIC}.lesson_id)"  # noqa: S608


def upgrade() -> None:
    """Apply."""
    moment = library.core.database.UtcDateTime(timezone=True)
    op.add_column(_TOPIC, sa.Column("published_at", moment, nullable=True))
    op.execute(f"UPDATE {_TOPIC} SET published_at = {_ITS_OWN}")  # noqa: S608
    _exchange(_LESSON, ["lecturer_id"], ["lecturer_id", "published_at"])
    _exchange(_TOPIC, ["topic_id"], ["topic_id", "published_at", "lesson_id"])


def _exchange(table: str, before: list[str], after: list[str]) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(after)}"), table, after)
    op.drop_index(op.f(f"ix_{table}_{'_'.join(before)}"), table)


def downgrade() -> None:
    """Undo."""
    _exchange(_TOPIC, ["topic_id", "published_at", "lesson_id"], ["topic_id"])
    _exchange(_LESSON, ["lecturer_id", "published_at"], ["lecturer_id"])
    op.drop_column(_TOPIC, "published_at")
